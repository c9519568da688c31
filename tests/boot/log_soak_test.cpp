// The serial port while all threads and interrupts write to the log, up to a panic amid it (A6.3):
// every line is whole, none waits for ever, and the panic is reported in full.
#include "runner/session.hpp"

#include <chrono>
#include <map>
#include <regex>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

/// A line of kernel/task/log_soak_ktest.cpp.
std::string line_of(unsigned writer, unsigned number) {
    std::string_view const letters = "the quick brown fox jumps over the lazy dog";
    return fmt::format("soak {} {} {} end", writer, number,
                       letters.substr(0, (writer + number) % letters.size()));
}

/// Of each writer so many lines must be there, one after the other; those behind may have gaps.
void check_lines(std::string const& log, unsigned complete) {
    std::map<unsigned, unsigned> next; // line of each writer
    unsigned cut = 0;
    std::regex const form(R"(\[ *\d+\.\d{6}\] (soak (\d+) (\d+) .*))");
    std::istringstream text(log);
    for (std::string line; std::getline(text, line);) {
        std::erase(line, '\r');
        std::smatch parts;
        if (!line.contains("] soak "))
            continue;
        bool const is_known = std::regex_match(line, parts, form);
        auto const writer = is_known ? static_cast<unsigned>(std::stoul(parts[2])) : 0;
        auto const number = is_known ? static_cast<unsigned>(std::stoul(parts[3])) : 0;
        if (!is_known || parts[1] != line_of(writer, number)) {
            EXPECT_EQ(++cut, 1U) << line; // by the panic, which goes on in the next line
            EXPECT_EQ(line.find('[', 1), line.npos) << line;
            continue;
        }
        if (number < complete)
            EXPECT_EQ(number, next[writer]) << line;
        else
            EXPECT_GE(number, std::max(next[writer], complete)) << line;
        next[writer] = number + 1;
    }
    EXPECT_EQ(next.size(), 12U); // two threads and the interrupts of each CPU
    for (auto const& [writer, count] : next)
        EXPECT_GE(count, complete) << writer;
}

void soak(std::string_view name, unsigned complete, std::chrono::seconds patience) {
    runner::Setup setup;
    setup.accelerator = runner::best_accelerator();
    setup.kernel = LINNET_BUILD "/linnet-ktest.elf";
    setup.cpus = 4;
    setup.append = fmt::format("console=ttyS0 linnet.exit=report linnet.ktest={}", name);
    runner::Wiring wiring;
    wiring.timeout = patience;
    auto const result = runner::run_session(setup, wiring);
    auto const& log = result.log;
    EXPECT_EQ(result.ending.kind, runner::Ending::Kind::panic);
    check_lines(log, complete);
    for (auto const* const part : {"] BUG: the soak is over (", "] #0 0x", "] kernel panic: "})
        EXPECT_TRUE(log.contains(part)) << part;
    std::regex const other_cpu(R"(\] CPU [0-3] (was at|does not answer)\r\n)");
    EXPECT_EQ(std::distance(std::sregex_iterator(log.begin(), log.end(), other_cpu), {}), 3);
    if (testing::Test::HasFailure())
        fmt::print("{}\n", log.substr(log.size() - std::min<std::size_t>(log.size(), 8000)));
}

TEST(LogSoak, LinesOfThreadsAndInterruptsNeverMix) {
    soak("halt_log_soak", 5 * 60, std::chrono::seconds(110));
}

// With --gtest_also_run_disabled_tests.
TEST(LogSoak, DISABLED_ForLong) {
    soak("halt_log_soak_for_long", 100 * 60, std::chrono::hours(1));
}

} // namespace
