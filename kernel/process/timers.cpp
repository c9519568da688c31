// Timers of processes: expiry in an interrupt, the signal from the worker.
#include "kernel/process/timers.hpp"

#include "kernel/arch/api/timer.hpp"
#include "kernel/process/signals.hpp"

#include <algorithm>

namespace process {

namespace {

/// 0 as a limit means as little as possible, as on Linux.
Nanoseconds cpu_seconds(u64 seconds) {
    constexpr u64 most = 1'000'000'000;
    return Nanoseconds::seconds(static_cast<i64>(std::clamp<u64>(seconds, 1, most)));
}

Nanoseconds cpu_time(Process& process) {
    auto const usage = process.usage();
    return usage.user + usage.system;
}

bool reached_hard_limit(Process& process) {
    u64 const hard = process.limit(uapi::Limit::cpu).hard;
    return hard != uapi::unlimited && cpu_time(process) >= cpu_seconds(hard);
}

} // namespace

ProcessTimer::ProcessTimer(Process& owner, Basis basis, TimerNotice const& notice)
    : owner_(owner.id()),
      basis_(basis),
      notice_(notice),
      timer_(&ProcessTimer::expired, this),
      work_(&ProcessTimer::handle, this) {}

Ref<Process> ProcessTimer::owner() {
    return pid_space().find_process(owner_);
}

Nanoseconds ProcessTimer::now(Process& process) {
    if (basis_ == Basis::real)
        return arch::now();
    auto const usage = process.usage();
    return basis_ == Basis::user_cpu ? usage.user : usage.user + usage.system;
}

void ProcessTimer::arm_for(Nanoseconds left, Process& process) {
    // CPU time runs at most once per thread as fast as the clock; do not look too often either.
    if (basis_ != Basis::real) {
        auto const threads = static_cast<i64>(std::max<usize>(process.thread_count, 1));
        left = std::max(Nanoseconds(left.count() / threads), Nanoseconds::milliseconds(1));
    }
    timer_.arm(arch::now() + left);
}

TimerSetting ProcessTimer::setting() {
    auto const process = owner();
    if (!process)
        return {};
    auto const time = now(*process);
    auto const state = state_.lock();
    auto const due = state->due; // read here, as what compares is noexcept
    if (due == Nanoseconds::never())
        return {state->interval, {}};
    return {state->interval, std::max(due - time, Nanoseconds(1))};
}

TimerSetting ProcessTimer::set(TimerSetting wanted) {
    auto const before = setting();
    auto const process = owner();
    if (!process)
        return before;
    auto const time = now(*process);
    bool const armed = wanted.left > Nanoseconds();
    auto state = state_.lock();
    timer_.cancel();
    state->interval = wanted.interval;
    state->due = armed ? time + wanted.left : Nanoseconds::never();
    state->overrun = 0;
    if (armed)
        arm_for(wanted.left, *process);
    return before;
}

void ProcessTimer::cancel() noexcept {
    auto state = state_.lock_even_poisoned();
    state->due = Nanoseconds::never();
    timer_.cancel();
}

u32 ProcessTimer::overrun() {
    return state_.lock()->last_overrun;
}

u32 ProcessTimer::settle_overrun() {
    auto const state = state_.lock();
    state->last_overrun += std::exchange(state->overrun, 0);
    return state->last_overrun;
}

/// In an interrupt: the signal must wait for a thread.
void ProcessTimer::expired(void* self) {
    auto& timer = *static_cast<ProcessTimer*>(self);
    if (timer.handling_.exchange(true))
        return;
    timer.retain();
    timer.work_.schedule();
}

void ProcessTimer::handle(void* self) {
    auto const timer = Ref<ProcessTimer>::adopt(static_cast<ProcessTimer*>(self));
    timer->handling_.store(false);
    timer->handle_expiry();
}

void ProcessTimer::handle_expiry() {
    auto const process = owner();
    if (!process)
        return;
    auto const time = now(*process);
    Nanoseconds left{};
    u64 periods = 0;
    {
        auto state = state_.lock();
        if (state->due == Nanoseconds::never())
            return;
        if (state->due > time)
            left = state->due - time; // a CPU timer that looked early, or one set anew
        else if (state->interval > Nanoseconds()) {
            periods = 1 + static_cast<u64>((time - state->due).count() / state->interval.count());
            state->due += Nanoseconds(state->interval.count() * static_cast<i64>(periods));
            left = state->due - time;
        } else {
            periods = 1;
            state->due = Nanoseconds::never();
        }
        if (left > Nanoseconds())
            arm_for(left, *process);
    }
    if (periods != 0)
        notify(*process, periods - 1);
}

void ProcessTimer::notify(Process& process, u64 missed) {
    if (!is_valid_signal(std::to_underlying(notice_.signal)))
        return;
    uapi::SigInfo info{};
    info.signo = std::to_underlying(notice_.signal);
    info.code = notice_.code;
    if (notice_.cpu_limit && reached_hard_limit(process))
        info.signo = std::to_underlying(Signal::kill);
    auto tree = pid_space().lock();
    auto* const thread = notice_.thread != Pid{} ? tree->thread(notice_.thread) : nullptr;
    bool pending = false;
    if (notice_.code == uapi::si_timer) {
        auto const handlers = process.handlers();
        auto const signals = handlers->lock();
        pending = (thread != nullptr ? thread->pending : process.pending).set().has(notice_.signal);
    }
    {
        auto state = state_.lock();
        state->overrun += static_cast<u32>(missed) + (pending ? 1 : 0);
        if (!pending)
            state->last_overrun = std::exchange(state->overrun, 0);
        info.timer = {notice_.id, static_cast<i32>(state->last_overrun), notice_.value};
    }
    if (pending)
        return;
    if (notice_.code != uapi::si_timer)
        info.timer = {};
    if (thread != nullptr)
        static_cast<void>(send_to_thread(tree, *thread, info));
    else
        static_cast<void>(send(tree, process, info));
}

void settle_overrun(Process& process, uapi::SigInfo& info) {
    auto* const timers = process.timers_if_any();
    if (info.code != uapi::si_timer || timers == nullptr)
        return;
    if (auto const timer = timers->find(info.timer.id))
        info.timer.overrun = static_cast<i32>((*timer)->settle_overrun());
}

TimerSet::TimerSet(Process& owner) : owner_(owner) {
    using Basis = ProcessTimer::Basis;
    auto const notice = [](Signal signal) {
        return TimerNotice{.signal = signal, .code = uapi::si_kernel};
    };
    intervals_[0] = make_ref<ProcessTimer>(owner, Basis::real, notice(Signal::alrm));
    intervals_[1] = make_ref<ProcessTimer>(owner, Basis::user_cpu, notice(Signal::vtalrm));
    intervals_[2] = make_ref<ProcessTimer>(owner, Basis::cpu, notice(Signal::prof));
    auto limit = notice(Signal::xcpu);
    limit.cpu_limit = true;
    cpu_limit_ = make_ref<ProcessTimer>(owner, Basis::cpu, limit);
}

TimerSet::~TimerSet() {
    for (auto& timer : intervals_)
        if (timer)
            timer->cancel();
    if (cpu_limit_)
        cpu_limit_->cancel();
    auto created = created_.lock_even_poisoned();
    for (auto& timer : *created)
        if (timer)
            timer->cancel();
}

ProcessTimer& TimerSet::interval(uapi::ITimer which) {
    return *Slice<Ref<ProcessTimer>>(intervals_)[static_cast<usize>(which)];
}

Result<i32> TimerSet::create(uapi::Clock clock, ProcessTimer::Basis basis, TimerNotice notice) {
    auto list = created_.lock();
    usize index = 0;
    while (index < list->size() && (*list)[index])
        ++index;
    if (index >= most)
        return fail(Errno::eagain);
    notice.id = static_cast<i32>(index);
    auto timer = make_ref<ProcessTimer>(owner_, basis, notice);
    timer->clock = clock;
    if (index == list->size())
        list->push_back(std::move(timer));
    else
        (*list)[index] = std::move(timer);
    return static_cast<i32>(index);
}

Result<Ref<ProcessTimer>> TimerSet::find(i32 id) {
    auto const list = created_.lock();
    auto const index = static_cast<usize>(id);
    if (id < 0 || index >= list->size() || !(*list)[index])
        return fail(Errno::einval);
    return (*list)[index];
}

Result<void> TimerSet::remove(i32 id) {
    auto const timer = TRY(find(id));
    timer->cancel();
    auto list = created_.lock();
    (*list)[static_cast<usize>(id)] = nullptr;
    return {};
}

void TimerSet::remove_created() {
    List gone;
    gone.swap(*created_.lock());
    for (auto& timer : gone)
        if (timer)
            timer->cancel();
}

void TimerSet::cancel_all() {
    for (auto& timer : intervals_)
        timer->cancel();
    cpu_limit_->cancel();
    remove_created();
}

void TimerSet::watch_cpu_limit() {
    u64 const soft = owner_.soft_limit(uapi::Limit::cpu);
    if (soft == uapi::unlimited)
        return cpu_limit_->cancel();
    auto const left = cpu_seconds(soft) - cpu_time(owner_);
    cpu_limit_->set({Nanoseconds::seconds(1), std::max(left, Nanoseconds(1))});
}

} // namespace process
