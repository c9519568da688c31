// Tests of what judges injections: intervals, verdicts, decoding, packets.
#include "tests/faults/campaign.hpp"
#include "tests/faults/code.hpp"
#include "tests/faults/gdb_client.hpp"
#include "tests/faults/injection.hpp"
#include "tests/faults/lines.hpp"

#include <gtest/gtest.h>

namespace {

using namespace faults;

TEST(Confidence, IsWilsonsInterval) {
    auto const all = confidence(10, 10); // worked out by hand: low = 1 / (1 + z^2 / 10)
    EXPECT_NEAR(all.low, 0.7225, 0.0005);
    EXPECT_NEAR(all.high, 1.0, 1e-9);
    auto const half = confidence(50, 100);
    EXPECT_NEAR(half.low, 0.4038, 0.0005);
    EXPECT_NEAR(half.high, 0.5962, 0.0005);
    auto const none = confidence(0, 0);
    EXPECT_EQ(none.low, 0);
    EXPECT_EQ(none.high, 1);
}

TEST(Judge, TellsWhatBecameOfAnInjection) {
    Ending clean;
    clean.kind = Ending::Kind::finished;
    clean.load = clean.check = "a\r\nb\r\n";
    clean.held = {{"objects of 16", 3}};
    EXPECT_EQ(judge(clean, clean).verdict, Verdict::nothing);

    auto ending = clean;
    ending.load = "a\r\n";
    EXPECT_EQ(judge(ending, clean).verdict, Verdict::silent) << "nobody said anything";
    ending.log = "[ 1.0] BUG: null pointer\r\n";
    EXPECT_EQ(judge(ending, clean).verdict, Verdict::contained);
    ending.held["objects of 16"] = 4;
    EXPECT_EQ(judge(ending, clean).verdict, Verdict::damaged);
    EXPECT_EQ(judge(ending, clean).why, "held: objects of 16: +1");
    ending.held = clean.held;
    ending.check = "a\r\nc\r\n";
    EXPECT_EQ(judge(ending, clean).verdict, Verdict::damaged);
    EXPECT_EQ(judge(ending, clean).why, "afterwards 'c' instead of 'b'");

    ending = clean;
    ending.held.clear();
    EXPECT_EQ(judge(ending, clean).verdict, Verdict::silent);
    ending.kind = Ending::Kind::hung;
    EXPECT_EQ(judge(ending, clean).verdict, Verdict::hung);
    ending.kind = Ending::Kind::halted;
    EXPECT_EQ(judge(ending, clean).verdict, Verdict::halted);
    ending.kind = Ending::Kind::crashed;
    EXPECT_EQ(judge(ending, clean).verdict, Verdict::crashed);
}

TEST(Tally, CountsWhatManifested) {
    Tally tally;
    tally.add(Verdict::nothing);
    tally.add(Verdict::contained);
    tally.add(Verdict::silent);
    EXPECT_EQ(tally.injected(), 3u);
    EXPECT_EQ(tally.manifested(), 2u);
}

TEST(GdbPacket, EndsWithItsSum) {
    EXPECT_EQ(runner::gdb_packet("g"), "$g#67");
    EXPECT_EQ(runner::gdb_packet("Z1,10,1"), "$Z1,10,1#75");
}

/// The kernel itself: each check that was found is a jump whose failing side calls panic().
TEST(Code, FindsChecksAndMemoryOperands) {
    Code const code(LINNET_BUILD "/linnet.elf");
    EXPECT_GT(code.checks().size(), 500u);
    for (auto const& [address, check] : code.checks()) {
        auto const jump = code.at(address);
        EXPECT_TRUE(jump.size == 2 || jump.size == 6) << code.name(address);
        EXPECT_FALSE(jump.memory.has_value());
    }
    u64 const start = code.symbol("sys::umask(");
    EXPECT_EQ(code.name(start), "sys::umask(process::Thread&, unsigned int)+0");
    EXPECT_EQ(code.function(start), "sys::umask(process::Thread&, unsigned int)");
    EXPECT_TRUE(Lines(LINNET_BUILD "/linnet.elf").at(start).contains("kernel/process/thread.hpp:"));
    EXPECT_THROW(code.symbol("no such function("), std::exception);
    EXPECT_EQ(code.at(start - start).size, 0u) << "outside the text";
    u64 const check = code.checks().begin()->first;
    std::vector const sites{check, start};
    EXPECT_EQ(candidates(code, Kind::ensure, sites), std::vector{check});
    EXPECT_EQ(candidates(code, Kind::text_bit, sites), sites);
}

TEST(MemoryOperand, AddsItsParts) {
    MemoryOperand operand;
    operand.base = Registers::rbx;
    operand.index = Registers::rcx;
    operand.scale = 8;
    operand.displacement = -16;
    Registers registers;
    registers.values[Registers::rbx] = 0x1000;
    registers.values[Registers::rcx] = 3;
    EXPECT_EQ(operand.address(registers), 0x1000u + 24 - 16);
}

} // namespace
