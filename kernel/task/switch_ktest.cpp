// What switching and locking cost; in instructions when the machine runs with `-icount shift=0`.
#include "kernel/arch/api/timer.hpp"
#include "kernel/ktest/ktest.hpp"
#include "kernel/log/log.hpp"
#include "kernel/sync/wait_queue.hpp"
#include "kernel/task/scheduler.hpp"

namespace {

constexpr i64 rounds = 1000;

template <class Action>
i64 cost_of(Action action) {
    action();
    Nanoseconds const start = arch::now();
    for (i64 i = 0; i < rounds; ++i)
        action();
    return (arch::now() - start).count() / rounds;
}

} // namespace

KTEST(cost_of_locks_and_switches) {
    static constinit ksync::SpinLocked<int, ksync::Rank::timers> spin(0);
    static constinit ksync::IrqLocked<int, ksync::Rank::timers> irq(0);
    static constinit ksync::SleepLocked<int, ksync::Rank::inode> mutex(0);
    static constinit Atomic<bool> stop{false};
    klog::info("ktest: clock {} ns", cost_of([] { (void)arch::now(); }));
    klog::info("ktest: SpinLock {} ns", cost_of([] { ++*spin.lock(); }));
    klog::info("ktest: IrqLock {} ns", cost_of([] { ++*irq.lock(); }));
    klog::info("ktest: Mutex {} ns", cost_of([] { ++*mutex.lock(); }));
    klog::info("ktest: yield alone {} ns", cost_of([] { task::yield(); }));

    task::CpuSet here;
    here.set(task::Thread::current().cpu());
    KCHECK(task::Thread::current().set_affinity(here).has_value());
    stop.store(false);
    auto const other = task::Thread::create(
        "other",
        [](void*) {
            while (!stop.load())
                task::yield();
        },
        nullptr);
    KCHECK(other.has_value());
    KCHECK((*other)->set_affinity(here).has_value());
    (*other)->start();
    u64 const before = task::context_switches();
    i64 const cost = cost_of([] { task::yield(); });
    i64 const switches = static_cast<i64>(task::context_switches() - before);
    klog::info("ktest: yield between two {} ns, {} switches per round", cost,
               (switches + rounds / 2) / rounds);
    stop.store(true);
    task::yield();

    struct Table {
        ksync::WaitQueue queue;
        Atomic<u32> turn{0};
    };

    Table table;
    auto const partner = task::Thread::create(
        "partner",
        [](void* at) {
            auto& shared = *static_cast<Table*>(at);
            for (i64 i = 0; i <= rounds; ++i) {
                (void)shared.queue.wait([&] { return shared.turn.load() % 2 == 1; });
                shared.turn.fetch_add(1);
                shared.queue.wake_all();
            }
        },
        &table);
    KCHECK(partner.has_value());
    KCHECK((*partner)->set_affinity(here).has_value());
    (*partner)->start();
    klog::info("ktest: there and back by wait queues {} ns", cost_of([&] {
                   table.turn.fetch_add(1);
                   table.queue.wake_all();
                   (void)table.queue.wait([&] { return table.turn.load() % 2 == 0; });
               }));
    while ((*partner)->state() != task::State::dead)
        task::yield(); // it uses the table
    KCHECK(task::Thread::current().set_affinity(~task::CpuSet()).has_value());
}
