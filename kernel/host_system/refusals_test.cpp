// Runs the tests of the host's system, plainly or with each of their allocations refused in turn.
//
// With LINNET_REFUSE=N in the environment every test runs again and again, up to N times (0: as
// often as it allocates), and each time another allocation of the kernel is refused. A call that
// fails so is repeated and must then do what it does without a refusal; nothing may be left behind.
#include "kernel/arch/host/machine.hpp"
#include "kernel/host_system/leaks.hpp"
#include "kernel/host_system/refusals.hpp"
#include "kernel/host_system/system.hpp"
#include "kernel/mem/out_of_memory.hpp"
#include "kernel/mem/testing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

using namespace host_system;

/// They read the log, which tells of refusals, or use up the memory themselves.
constexpr std::string_view left_out[] = {"Calls.TheLogIsReadRecordByRecord",
                                         "Calls.ATraceTellsArgumentsAndResults",
                                         "Calls.WhoUsesUpTheMemoryIsKilled"};

constexpr i64 plenty = i64{1} << 40;

char running[200]; ///< for the handler of an abort

void say_what_ran(int) {
    static_cast<void>(write(STDERR_FILENO, running, std::char_traits<char>::length(running)));
}

/// Prints failures only.
class Quiet final : public testing::EmptyTestEventListener {
    void OnTestPartResult(testing::TestPartResult const& result) override {
        if (result.failed())
            std::fprintf(stderr, "%s:%d: %s\n%s", result.file_name(), result.line_number(),
                         result.message(), running);
    }
};

/// One test, the allocation after `count` others refused. Returns what it had left.
i64 run_with(i64 count, bool& good) {
    refuse_after(count);
    good = RUN_ALL_TESTS() == 0;
    static_cast<void>(host::take_console());
    static_cast<void>(host::take_reports());
    i64 const left = left_to_refusal();
    refuse_after(-1);
    return left;
}

/// Something that is made once and kept does not come again; a leak does.
bool leaks(i64 count) {
    bool good = true;
    Living before{};
    for (int i = 0; i < 4; ++i) {
        before = living();
        if (i == 3)
            note_allocations();
        run_with(count, good);
        if (!living().more_than(before))
            return false;
    }
    std::fprintf(stderr, "something is left behind\n%s", running);
    print_leaks(before);
    return true;
}

bool refuse() {
    return !host::MachineWork::going_on() && mem::testing::must_fail();
}

struct Score {
    i64 refused = 0;
    i64 bad = 0;
};

Score refuse_each(std::string const& test, i64 most) {
    testing::FLAGS_gtest_filter = test;
    bool good = true;
    std::snprintf(running, sizeof running, "in %s\n", test.c_str());
    run_with(plenty, good); // makes what is made once
    i64 const allocations = plenty - run_with(plenty, good);
    i64 const tries = most == 0 ? allocations : std::min(allocations, most);
    Score score;
    for (i64 i = 0; i < tries; ++i) {
        i64 const count = i * allocations / tries;
        std::snprintf(running, sizeof running, "in %s, allocation %ld of %ld refused\n",
                      test.c_str(), count, allocations);
        auto const before = living();
        if (run_with(count, good) < 0)
            ++score.refused;
        if (!good || (living().more_than(before) && leaks(count)))
            ++score.bad;
    }
    return score;
}

int refuse_all(i64 most) {
    auto* const unit = testing::UnitTest::GetInstance();
    std::vector<std::string> tests;
    std::string const filter = testing::FLAGS_gtest_filter;
    for (int i = 0; i < unit->total_test_suite_count(); ++i) {
        auto const* const suite = unit->GetTestSuite(i);
        for (int j = 0; j < suite->total_test_count(); ++j) {
            std::string const name =
                std::string(suite->name()) + "." + suite->GetTestInfo(j)->name();
            if ((filter == "*" || name.find(filter) != name.npos) &&
                std::ranges::find(left_out, name) == std::end(left_out))
                tests.push_back(name);
        }
    }
    delete unit->listeners().Release(unit->listeners().default_result_printer());
    unit->listeners().Append(new Quiet);
    std::signal(SIGABRT, say_what_ran);
    boot();
    mem::set_victim_policy([] { return mem::Relief::retry; }); // the next attempt succeeds
    Score all;
    for (auto const& test : tests) {
        auto const score = refuse_each(test, most);
        std::printf("%-50s %6ld refused, %ld wrong\n", test.c_str(), score.refused, score.bad);
        std::fflush(stdout);
        all.refused += score.refused;
        all.bad += score.bad;
    }
    std::printf("%ld allocations refused, %ld times something was wrong\n", all.refused, all.bad);
    return all.bad == 0 && all.refused != 0 ? 0 : 1;
}

} // namespace

int main(int count, char** words) {
    testing::InitGoogleTest(&count, words);
    char const* const most = std::getenv("LINNET_REFUSE");
    return most != nullptr ? refuse_all(std::atol(most)) : RUN_ALL_TESTS();
}

// The test program is linked with --wrap for these, so that the sanitizer's own allocator stays.

extern "C" {

// NOLINTBEGIN(*-identifier-naming, bugprone-reserved-identifier): the linker's names.
void* __real__Znwm(size_t);
void* __real__ZnwmSt11align_val_t(size_t, std::align_val_t);

void* __wrap__Znwm(size_t size) {
    if (refuse())
        throw std::bad_alloc();
    return __real__Znwm(size);
}

void* __wrap__ZnwmSt11align_val_t(size_t size, std::align_val_t alignment) {
    if (refuse())
        throw std::bad_alloc();
    return __real__ZnwmSt11align_val_t(size, alignment);
}

void* __real__ZnwmRKSt9nothrow_t(size_t, std::nothrow_t const&);
void* __real__ZnwmSt11align_val_tRKSt9nothrow_t(size_t, std::align_val_t, std::nothrow_t const&);

void* __wrap__ZnwmRKSt9nothrow_t(size_t size, std::nothrow_t const& how) {
    return refuse() ? nullptr : __real__ZnwmRKSt9nothrow_t(size, how);
}

void* __wrap__ZnwmSt11align_val_tRKSt9nothrow_t(size_t size, std::align_val_t alignment,
                                                std::nothrow_t const& how) {
    return refuse() ? nullptr : __real__ZnwmSt11align_val_tRKSt9nothrow_t(size, alignment, how);
}

// NOLINTEND(*-identifier-naming, bugprone-reserved-identifier)
}
