// Allocations of the shipped kernel that fail, one at a time, each in another place of the work
// load: what fails says so, everything else goes on, and nothing is left behind.
#include "tests/faults/campaign.hpp"
#include "tests/faults/load.hpp"
#include "tests/faults/qemu_target.hpp"

#include <algorithm>
#include <cstdlib>
#include <regex>

#include <gtest/gtest.h>

namespace {

using namespace faults;

/// The kernel counts down to the allocation that it shall refuse (kernel/mem/testing.hpp); nothing
/// in it asks for that.
class Refusals {
public:
    Refusals()
        : target_(machine_with_load(LINNET_BUILD "/linnet.elf", LINNET_BUILD "/initramfs.cpio",
                                    "linnet.strace=1")),
          counter_(target_.code().symbol("mem::(anonymous namespace)::until_failure")) {}

    Ending run(std::int64_t until_failure) {
        target_.restart();
        target_.write(counter_, std::as_bytes(std::span(&until_failure, 1)));
        return target_.finish(std::nullopt);
    }

    /// What a run without a refusal leaves of a large number.
    std::int64_t allocations() {
        constexpr std::int64_t plenty = std::int64_t{1} << 40;
        (void)run(plenty);
        return plenty - static_cast<std::int64_t>(target_.read_word(counter_).value_or(0));
    }

    std::int64_t left() {
        return static_cast<std::int64_t>(target_.read_word(counter_).value_or(0));
    }

private:
    QemuTarget target_;
    u64 counter_;
};

/// How a call, a fault or the kernel itself tells of too little memory.
bool tells_of_memory(std::string const& log) {
    return log.contains("= -ENOMEM") || log.contains("ut of memory");
}

/// Cached names, of 16 bytes, and their dentries, of 80: reclaim drops and keeps others than a run
/// with enough memory.
bool is_cached_names(std::string const& why) {
    return std::regex_match(why, std::regex(R"(held: objects of 16: \+(\d), objects of 80: \+\1)"));
}

TEST(Refusals, CostOneCallAndNothingElse) {
    Refusals machine;
    auto const clean = machine.run(-1);
    ASSERT_EQ(clean.kind, Ending::Kind::finished) << clean.log;
    ASSERT_FALSE(tells_of_memory(clean.log)) << clean.log;
    auto const allocations = machine.allocations();
    ASSERT_GT(allocations, 1000);
    char const* const wanted = std::getenv("LINNET_REFUSALS");
    auto const samples = wanted != nullptr ? std::max(std::atol(wanted), 1L) : 12;
    long felt = 0;
    for (long i = 0; i < samples; ++i) {
        // The load is the first of the two times that the work is done.
        auto const at = allocations / 2 * (2 * i + 1) / (2 * samples);
        auto const ending = machine.run(at);
        EXPECT_EQ(machine.left(), -1) << "no allocation was refused";
        auto const judgement = judge(ending, clean);
        auto const told = tells_of_memory(ending.log);
        bool const visible = ending.load != clean.load;
        felt += visible;
        // Processes may fail, and then print something else; that is judged by what the calls say.
        bool const good = judgement.verdict == Verdict::nothing ||
                          (judgement.verdict == Verdict::silent && ending.check == clean.check &&
                           ((visible && told) || is_cached_names(judgement.why)));
        EXPECT_TRUE(good) << "allocation " << at << ": "
                          << verdict_names[static_cast<std::size_t>(judgement.verdict)] << ": "
                          << judgement.why << "\nprinted:\n"
                          << ending.load << "\nlog:\n"
                          << ending.log.substr(0, 20'000);
    }
    EXPECT_GT(felt, 0) << "somebody must notice";
}

} // namespace
