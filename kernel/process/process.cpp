// Processes: identity, limits, usage, groups, and the list of their threads.
#include "kernel/process/process.hpp"

#include "kernel/arch/api/timer.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/process/thread.hpp"
#include "kernel/process/timers.hpp"

#include <algorithm>

namespace process {

namespace {

/// RLIMIT_NPROC and RLIMIT_SIGPENDING, as Linux computes them from the size of memory.
u64 threads_for_memory() {
    u64 const bytes = static_cast<u64>(mem::managed_pages()) * page_size;
    constexpr u64 stack_bytes = 16_KiB;
    return std::max<u64>(bytes / (8 * stack_bytes) / 2, 64);
}

void set_first_limits(Process::Limits& limits) {
    for (auto& limit : limits)
        limit = {uapi::unlimited, uapi::unlimited};
    Slice<uapi::ResourceLimit> const view(limits);
    auto const set = [&](uapi::Limit which, u64 soft, u64 hard) {
        view[static_cast<usize>(which)] = {soft, hard};
    };
    u64 const threads = threads_for_memory();
    set(uapi::Limit::stack, 8_MiB, uapi::unlimited);
    set(uapi::Limit::core, 0, uapi::unlimited);
    set(uapi::Limit::processes, threads, threads);
    set(uapi::Limit::open_files, 1024, 4096);
    set(uapi::Limit::locked_memory, 8_MiB, 8_MiB);
    set(uapi::Limit::pending_signals, threads, threads);
    set(uapi::Limit::message_queue, 819200, 819200);
    set(uapi::Limit::nice, 0, 0);
    set(uapi::Limit::realtime_priority, 0, 0);
}

uapi::timeval to_timeval(Nanoseconds time) {
    return {time.count() / 1'000'000'000, time.count() % 1'000'000'000 / 1000};
}

} // namespace

void Usage::add(Usage const& other) {
    user += other.user;
    system += other.system;
    minor_faults += other.minor_faults;
    major_faults += other.major_faults;
    voluntary_switches += other.voluntary_switches;
    involuntary_switches += other.involuntary_switches;
    most_resident = std::max(most_resident, other.most_resident);
}

uapi::ResourceUsage Usage::abi() const {
    uapi::ResourceUsage result{};
    result.user = to_timeval(user);
    result.system = to_timeval(system);
    result.most_resident = static_cast<i64>(most_resident / 1024);
    result.minor_faults = static_cast<i64>(minor_faults);
    result.major_faults = static_cast<i64>(major_faults);
    result.voluntary_switches = static_cast<i64>(voluntary_switches);
    result.involuntary_switches = static_cast<i64>(involuntary_switches);
    return result;
}

Process::Process(Pid pid, Ref<SignalHandlers> handlers)
    : pid_(pid), started_(arch::now()), handlers_(std::move(handlers)) {
    set_first_limits(own_.lock()->limits);
}

Process::~Process() {
    persevere([this] { Box<TimerSet> const timers(timers_.exchange(nullptr)); });
}

Process& Process::current() {
    return Thread::current().process();
}

Ref<vfs::Credentials const> Process::credentials() {
    return own_.lock()->credentials;
}

void Process::set_credentials(Ref<vfs::Credentials const> credentials) {
    own_.lock()->credentials.exchange(credentials); // the old ones go after the lock
}

uapi::ResourceLimit Process::limit(uapi::Limit which) {
    return Slice<uapi::ResourceLimit>(own_.lock()->limits)[static_cast<usize>(which)];
}

void Process::set_limit(uapi::Limit which, uapi::ResourceLimit limit) {
    Slice<uapi::ResourceLimit>(own_.lock()->limits)[static_cast<usize>(which)] = limit;
}

void Process::set_limits(Process& like) {
    Limits limits;
    std::ranges::copy(like.own_.lock()->limits, limits);
    std::ranges::copy(limits, own_.lock()->limits);
}

Ref<mem::AddressSpace> Process::address_space() {
    return own_.lock()->space;
}

void Process::set_address_space(Ref<mem::AddressSpace> space) {
    own_.lock()->space.exchange(space);
}

Ref<Executable> Process::shared_executable() {
    return own_.lock()->executable;
}

Ref<vfs::File> Process::executable() {
    auto const executable = shared_executable();
    return executable ? executable->file : nullptr;
}

void Process::set_executable(Ref<Executable> executable) {
    own_.lock()->executable.exchange(executable);
}

Layout Process::layout() {
    return own_.lock()->layout;
}

void Process::set_layout(Layout const& layout) {
    own_.lock()->layout = layout;
}

Usage Process::usage(TreeGuard&) {
    Usage sum = dead_threads;
    for (auto* thread = first_thread; thread != nullptr; thread = thread->next_in_process)
        sum.add(thread->usage());
    sum.minor_faults += minor_faults.load();
    sum.major_faults += major_faults.load();
    return sum;
}

Usage Process::usage() {
    auto const space = address_space(); // looked at and released without the tree's lock
    u64 const resident = space ? space->use().peak_resident : 0;
    auto tree = pid_space().lock();
    auto sum = usage(tree);
    sum.most_resident = std::max(sum.most_resident, resident);
    return sum;
}

TimerSet& Process::timers() {
    if (auto* const existing = timers_.load())
        return *existing;
    auto fresh = make<TimerSet>(*this);
    TimerSet* expected = nullptr;
    if (timers_.compare_exchange(expected, fresh.raw()))
        return *fresh.release();
    return *expected;
}

void Process::set_parent(TreeGuard& tree, Process* to) {
    tree->undo.set(parent, to);
    tree->undo.save_bytes(parent_id);
    parent_id.store(to != nullptr ? to->id() : Pid{}, MemoryOrder::relaxed);
}

void Process::enter(TreeGuard& tree, Ref<Process>& reference) {
    auto& undo = tree->undo;
    auto& entry = tree->in_use(pid_);
    undo.save(entry.process);
    undo.save_bytes(reference);
    entry.process = reference.leak();
    undo.set(tree->processes_, tree->processes_ + 1);
    undo.set(tree->forks_, tree->forks_ + 1);
}

namespace {

/// The reference to the group stays.
void leave_group(TreeGuard& tree, Process& process) {
    auto& undo = tree->undo;
    auto& group = *process.group;
    erase(undo, group.members, process);
    if (!group.members.empty())
        return;
    undo.set(tree->in_use(group.id).group, static_cast<Group*>(nullptr));
    auto& session = *group.session;
    undo.set(session.groups, session.groups - 1);
    if (session.groups == 0)
        undo.set(tree->in_use(session.id).session, static_cast<Session*>(nullptr));
}

} // namespace

void Process::leave(TreeGuard& tree, Gone& gone) {
    auto& undo = tree->undo;
    if (parent != nullptr)
        erase(undo, parent->children, *this);
    set_parent(tree, nullptr);
    if (group)
        leave_group(tree, *this);
    undo.set(tree->in_use(pid_).process, static_cast<Process*>(nullptr));
    undo.set(tree->processes_, tree->processes_ - 1);
    tree->users.remove(undo, counted_as);
    push_back(undo, gone.processes_, *this);
}

void Process::link_thread(TreeGuard& tree, Thread& thread) {
    auto& undo = tree->undo;
    tree->users.add(undo, counted_as);
    // At the end: the first thread stays the one that others mean by the process.
    Thread* last = first_thread;
    while (last != nullptr && last->next_in_process != nullptr)
        last = last->next_in_process;
    undo.set(thread.previous_in_process, last);
    undo.set(last != nullptr ? last->next_in_process : first_thread, &thread);
    undo.set(thread_count, thread_count + 1);
    undo.save_bytes(live_threads);
    live_threads.fetch_add(1);
    undo.set(tree->threads_, tree->threads_ + 1);
    undo.set(tree->in_use(thread.id()).thread, &thread);
}

void Process::unlink_thread(TreeGuard& tree, Thread& thread) {
    auto& undo = tree->undo;
    auto* const previous = thread.previous_in_process;
    auto* const next = thread.next_in_process;
    undo.set(previous != nullptr ? previous->next_in_process : first_thread, next);
    if (next != nullptr)
        undo.set(next->previous_in_process, previous);
    undo.set(thread.next_in_process, static_cast<Thread*>(nullptr));
    undo.set(thread.previous_in_process, static_cast<Thread*>(nullptr));
    undo.set(thread_count, thread_count - 1);
    undo.set(tree->threads_, tree->threads_ - 1);
    if (thread_count != 0) // else the zombie counts
        tree->users.remove(undo, counted_as);
    else
        thread.name().copy(last_name, sizeof last_name - 1);
    undo.set(tree->in_use(thread.id()).thread, static_cast<Thread*>(nullptr));
}

bool Process::begin_leaving(TreeGuard& tree, Thread& thread) {
    if (!thread.leaving) {
        tree->undo.set(thread.leaving, true);
        tree->undo.save_bytes(live_threads);
        live_threads.fetch_sub(1);
    }
    return live_threads.load() == 0;
}

void Process::count_as(TreeGuard& tree, Uid user) {
    if (user == counted_as)
        return;
    tree->users.add(tree->undo, user, thread_count);
    tree->users.remove(tree->undo, counted_as, thread_count);
    tree->undo.set(counted_as, user);
}

void Process::replace_handlers(TreeGuard&, Ref<SignalHandlers>& handlers) {
    handlers_.exchange(handlers);
}

void join_group(TreeGuard& tree, Process& process, Ref<Group>& group) {
    if (process.group == group)
        return;
    auto& undo = tree->undo;
    if (process.group)
        leave_group(tree, process);
    if (group->members.empty()) {
        auto& session = *group->session;
        undo.set(tree->in_use(group->id).group, group.raw());
        undo.set(session.groups, session.groups + 1);
        undo.set(tree->in_use(session.id).session, &session);
    }
    push_back(undo, group->members, process);
    undo.save_bytes(process.group);
    undo.save_bytes(group);
    process.group.exchange(group);
}

Gone::~Gone() {
    Process* left = processes_.first();
    persevere([&] {
        while (Process* const process = left) {
            left = decltype(processes_)::next(*process);
            Ref<Process> const last = Ref<Process>::adopt(process);
        }
    });
}

} // namespace process
