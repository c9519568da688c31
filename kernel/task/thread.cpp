// Threads: creation, the trampoline of kernel threads, attributes, and the end.
#include "kernel/task/thread.hpp"

#include "kernel/arch/api/timer.hpp"
#include "kernel/log/log.hpp"
#include "kernel/runtime/hooks.hpp"
#include "kernel/sync/poison.hpp"
#include "kernel/task/containment.hpp"
#include "kernel/task/run_queue.hpp"
#include "kernel/task/scheduler.hpp"
#include "libs/base/annotations.hpp"
#include "libs/base/box.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/scope.hpp"

#include <algorithm>
#include <new>

namespace task {

namespace {

/// What a new kernel thread runs; lives until the trampoline has taken it.
struct Job {
    void (*entry)(void*);
    void* argument;
};

/// A place of containment: whatever leaves the thread's function ends this thread only.
void run_kernel_thread(void* opaque) {
    {
        Box<Job> const job(static_cast<Job*>(opaque));
        try {
            job->entry(job->argument);
        } catch (KernelBug const& bug) {
            klog::error("kernel thread {} ends: {}", Thread::current().name(), bug.what);
            note_caught_bug();
        } catch (std::bad_alloc const&) {
            klog::error("kernel thread {} ends: out of memory", Thread::current().name());
        } catch (ksync::Poisoned const& poisoned) {
            klog::error("kernel thread {} ends: {lock}", Thread::current().name(),
                        ksync::PoisonText(poisoned).view());
        }
        put_back(0);
    }
    Thread::exit();
}

} // namespace

Thread::Thread(std::string_view name, mem::KernelStack stack, Ref<mem::AddressSpace> space)
    : stack_(std::move(stack)), address_space_(std::move(space)) {
    set_name(name);
    scheduling_.thread = this;
    scheduling_.entity.owner = &scheduling_;
    scheduling_.entity.weight = scheduling_.policy.weight();
    scheduling_.affinity.set();
    scheduling_.cpu.store(static_cast<u32>(arch::cpu_index()));
    count_thread(1);
    list_thread(scheduling_);
}

Thread::~Thread() {
    unlist_thread(scheduling_);
    count_thread(-1);
}

Result<Ref<Thread>> Thread::create(std::string_view name, void (*entry)(void*), void* argument) {
    auto thread = TRY([&]() -> Result<Ref<Thread>> {
        auto* const made = new (std::nothrow) Thread(name, mem::KernelStack(), nullptr);
        if (made == nullptr)
            return fail(Errno::enomem);
        return Ref<Thread>::adopt(made);
    }());
    auto job = TRY(try_make<Job>(entry, argument));
    thread->stack_ = TRY(mem::KernelStack::allocate(thread->name_));
    TRY(thread->context_.start_at(thread->stack_.top(), run_kernel_thread, job.raw()));
    (void)job.release(); // the trampoline's from here on
    return thread;
}

void Thread::start() {
    retry_after_bug([this] {
        ensure(scheduling_.state.load() == State::fresh, "a thread is started twice");
        retain(); // the scheduler's reference, until bury()
    });
    with_queue_of(scheduling_, [&](ThreadQueueLock& lock) {
        if (scheduling_.state.load() != State::fresh)
            return; // started before a bug; it may have run, and even ended, since
        lock.move_to(scheduling_,
                     place_new(scheduling_.affinity, arch::cpu_index(), online_cpus(), load_of));
        scheduling_.state.store(State::runnable);
        lock.enqueue(*this);
    });
}

void Thread::exit() {
    ensure(arch::preemption_depth() == 0, "a thread ends with preemption off");
    leave_for_good();
}

void Thread::set_name(std::string_view name) {
    name = name.substr(0, sizeof name_ - 1);
    name_size_ = 0;
    std::ranges::copy(name, name_);
    name_[name.size()] = '\0';
    name_size_ = static_cast<u8>(name.size());
}

State Thread::state() const {
    return scheduling_.state.load(MemoryOrder::relaxed);
}

usize Thread::cpu() const {
    return scheduling_.cpu.load(MemoryOrder::relaxed);
}

Policy Thread::policy() const {
    return scheduling_.policy;
}

void Thread::set_policy(Policy policy) {
    with_queue_of(scheduling_, [&](ThreadQueueLock const& lock) {
        if (lock.queue().current == this)
            charge_running(lock.queue(), arch::now());
        scheduling_.policy = policy;
        lock.queue().fair.set_weight(scheduling_.entity, policy.weight());
        lock.queue().publish_load();
    });
}

CpuSet Thread::affinity() const {
    return scheduling_.affinity;
}

Result<void> Thread::set_affinity(CpuSet cpus) {
    CpuSet online;
    for (usize cpu = 0; cpu < online_cpus(); ++cpu)
        online.set(cpu);
    if ((cpus & online).none())
        return fail(Errno::einval);
    with_queue_of(scheduling_, [&](ThreadQueueLock& lock) {
        scheduling_.affinity = cpus;
        usize const cpu = scheduling_.cpu.load();
        if (cpus.test(cpu) || !scheduling_.entity.queued)
            return;
        if (lock.queue().current == this) {
            if (cpu == arch::cpu_index())
                arch::request_reschedule();
            else
                lock.tell_cpu();
            return;
        }
        lock.queue().fair.dequeue(scheduling_.entity);
        lock.queue().publish_load();
        lock.move_to(scheduling_,
                     place_woken(cpus, cpu, arch::cpu_index(), online_cpus(), load_of));
        lock.enqueue(*this);
    });
    return {};
}

Times Thread::times() const {
    return with_queue_of(scheduling_, [&](ThreadQueueLock const& lock) -> Times {
        Nanoseconds const now = arch::now();
        bool const running = lock.queue().current == this;
        if (running)
            charge_running(lock.queue(), now);
        Nanoseconds const user = std::min(scheduling_.user_time(running, now), scheduling_.ran);
        return {.user = user,
                .system = scheduling_.ran - user,
                .voluntary_switches = scheduling_.voluntary_switches,
                .involuntary_switches = scheduling_.involuntary_switches};
    });
}

void Thread::set_address_space(Ref<mem::AddressSpace> space) {
    ensure(this == &current(), "only a thread itself changes its address space");
    Ref<mem::AddressSpace> old;
    {
        arch::disable_preemption();
        Undo const enable([] { arch::enable_preemption(); });
        old = std::move(address_space_);
        address_space_ = std::move(space);
        if (address_space_)
            address_space_->activate();
        else
            mem::AddressSpace::deactivate();
    }
    // `old` goes here, no longer active on this CPU.
}

} // namespace task

std::string_view runtime::thread_name() noexcept {
    return task::Thread::current().name();
}

void* runtime::keep_thread() noexcept {
    if (arch::current_thread() == nullptr)
        return nullptr;
    task::Thread& thread = task::Thread::current();
    thread.retain();
    return &thread;
}

void runtime::drop_thread(void* thread) noexcept {
    static_cast<task::Thread*>(thread)->release();
}
