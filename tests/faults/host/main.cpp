// The kernel above arch as a host process for the fault campaign: its load is the tests of
// kernel/host_system, and it can be copied just before that.
#include "kernel/arch/api/boot.hpp"
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/text.hpp"
#include "kernel/arch/host/machine.hpp"
#include "kernel/arch/host/physical.hpp"
#include "kernel/host_system/refusals.hpp"
#include "kernel/host_system/system.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/mem/heap.hpp"
#include "kernel/mem/testing.hpp"
#include "kernel/runtime/text.hpp"
#include "libs/hosttest/throw_faults.hpp"
#include "tests/faults/host/heap.hpp"
#include "tests/faults/host/report.hpp"
#include "tests/faults/host/shared.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

using faults::host::Shared;

Shared* shared = nullptr;

/// What the tests find wrong, to compare with a run that nobody harmed.
class Listener final : public testing::EmptyTestEventListener {
public:
    std::string take() { return std::exchange(text_, {}); }

private:
    void OnTestStart(testing::TestInfo const& test) override {
        name_ = std::string(test.test_suite_name()) + "." + test.name();
    }

    void OnTestPartResult(testing::TestPartResult const& result) override {
        if (!result.failed())
            return;
        std::string const message = result.summary();
        text_ += name_ + " " + std::to_string(result.line_number()) + ": " +
                 message.substr(0, message.find('\n')) + "\n";
    }

    std::string name_;
    std::string text_;
};

Listener* listener = nullptr;

std::string run_load() {
    int const result = RUN_ALL_TESTS();
    return listener->take() + (result == 0 ? "good\n" : "bad\n");
}

void hold(char const* name, long count) {
    auto& held = shared->held[shared->held_count++];
    std::snprintf(held.name, sizeof held.name, "%s", name);
    held.count = count;
}

/// Frames by use and heap objects by size. Stacks stay mapped for the next threads, as many as
/// there ever were at a time.
void count_holdings() {
    mem::testing::drain_heap();
    auto const frames = mem::frame_statistics();
    hold("frames for user", static_cast<long>(frames.user));
    hold("frames for page cache", static_cast<long>(frames.page_cache));
    hold("frames for page table", static_cast<long>(frames.page_tables));
    mem::for_each_size_class([](mem::SizeClassUse const& use) {
        char name[32];
        std::snprintf(name, sizeof name, "objects of %zu", use.object_bytes);
        hold(name, static_cast<long>(use.objects_used));
    });
}

void hand_over_log() {
    shared->log.add(host::take_console());
}

/// raise() would signal the thread that was copied.
void stop_here() {
    kill(static_cast<pid_t>(syscall(SYS_getpid)), SIGSTOP);
}

/// What was interrupted may have the log's lock.
void hand_over_log_of_who_hangs(int) {
    constexpr unsigned longest_wait = 5;
    alarm(longest_wait);
    hand_over_log();
    stop_here();
}

[[noreturn]] void be_a_copy() {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    std::signal(SIGPROF, hand_over_log_of_who_hangs);
    itimerval const limit{.it_interval = {},
                          .it_value = {.tv_sec = faults::host::longest_run_ms / 1000,
                                       .tv_usec = faults::host::longest_run_ms % 1000 * 1000}};
    setitimer(ITIMER_PROF, &limit, nullptr);
    alarm(faults::host::longest_wait_s);
    stop_here();
    shared->load.add(run_load());
    hand_over_log();
    stop_here();
    shared->check.add(run_load());
    count_holdings();
    hand_over_log();
    _exit(faults::host::exit_finished);
}

void serve(int socket) {
    char command = 0;
    for (;;) {
        if (write(socket, &command, 1) != 1 || read(socket, &command, 1) != 1)
            return;
        shared->log.size = shared->load.size = shared->check.size = shared->held_count = 0;
        long const copy = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, 0);
        if (copy == 0)
            be_a_copy();
        auto const id = static_cast<int>(copy);
        if (write(socket, &id, sizeof id) != sizeof id)
            return;
    }
}

} // namespace

void faults::host::end_machine() noexcept {
    hand_over_log();
    _exit(exit_halted);
}

/// The words: numbers of the socket and of the file to share, then perhaps oops=panic.
int main(int count, char** words) {
    if (count < 3)
        return 1;
    if ((personality(~0ul) & ADDR_NO_RANDOMIZE) == 0) {
        // Addresses are the same in each run then, so that a seed does the same.
        personality(ADDR_NO_RANDOMIZE);
        execv("/proc/self/exe", words);
        return 1;
    }
    void* const memory =
        mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, std::atoi(words[2]), 0);
    if (memory == MAP_FAILED)
        return 1;
    shared = static_cast<Shared*>(memory);
    host::stay_on_one_thread();
    hosttest::throw_faults();
    faults::host::use_kernel_heap();
    shared->arena = address_of(host::arena().start).value();
    shared->arena_size = host::arena_size;
    // What the machine makes at first use is its own affair.
    static_cast<void>(arch::cpu_index());
    static_cast<void>(arch::boot_info());
    host_system::entered_kernel();
    host_system::boot();
    host_system::left_kernel();
    runtime::learn_text(arch::put_text);

    int none = 1;
    testing::InitGoogleTest(&none, words);
    // These read the log, which tells of bugs, or use up the memory.
    testing::FLAGS_gtest_filter = "-Calls.TheLogIsReadRecordByRecord:"
                                  "Calls.ATraceTellsArgumentsAndResults:"
                                  "Calls.WhoUsesUpTheMemoryIsKilled";
    auto& listeners = testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
    listener = new Listener;
    listeners.Append(listener);
    for (int i = 0; i < 2; ++i) // makes what is made once and kept
        if (auto const text = run_load(); text != "good\n") {
            std::fputs(host::take_console().c_str(), stderr);
            std::fputs(text.c_str(), stderr);
            return 1;
        }
    static_cast<void>(host::take_console());
    if (count > 3)
        faults::host::halt_on_any_bug();
    serve(std::atoi(words[1]));
    return 0;
}
