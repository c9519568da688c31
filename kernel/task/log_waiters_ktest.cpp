// A record wakes those who wait for it at once, whatever its writer holds: nothing else would.
#include "kernel/task/log_waiters.hpp"

#include "kernel/arch/api/timer.hpp"
#include "kernel/ktest/ktest.hpp"
#include "kernel/log/log.hpp"
#include "kernel/sync/locked.hpp"
#include "kernel/task/scheduler.hpp"

namespace {

struct Reader {
    u64 seen = 0;
    Atomic<bool> waits{false};
    Atomic<bool> woken{false};
};

/// Lets a thread wait for a record, calls `write`, and returns when the thread has got it.
template <class Write>
void check_wakes(Write write) {
    static constinit Reader reader;
    reader.seen = klog::next_sequence();
    reader.waits.store(false);
    reader.woken.store(false);
    auto const thread = task::Thread::create(
        "reader",
        [](void*) {
            reader.waits.store(true);
            auto const has_more = [] { return klog::next_sequence() != reader.seen; };
            if (task::log_waiters().wait(has_more))
                reader.woken.store(true);
        },
        nullptr);
    KCHECK(thread.has_value());
    (*thread)->start();
    while (!reader.waits.load() || (*thread)->state() == task::State::runnable)
        task::yield();
    write();
    while ((*thread)->state() != task::State::dead)
        task::yield();
    KCHECK(reader.woken.load());
}

} // namespace

KTEST(log_record_wakes_readers) {
    check_wakes([] { klog::info("plain"); });
}

KTEST(log_record_wakes_readers_when_the_writer_holds_a_lock) {
    static constinit ksync::SpinLocked<int, ksync::Rank::timers> spin(0);
    static constinit ksync::IrqLocked<int, ksync::Rank::timers> irq(0);
    check_wakes([] {
        auto const held = spin.lock();
        klog::info("with a spinning lock");
    });
    check_wakes([] {
        auto const held = irq.lock();
        klog::info("with interrupts off");
    });
}

KTEST(log_record_wakes_readers_from_an_interrupt) {
    check_wakes([] {
        task::Timer timer([](void*) { klog::info("in an interrupt"); }, nullptr);
        timer.arm(arch::now());
        while (timer.armed())
            task::yield();
    });
}
