// Threads of programs: their resources, and what may end their sleep.
#include "kernel/process/thread.hpp"

#include "kernel/mem/heap.hpp"
#include "kernel/task/types.hpp"

namespace process {

Thread::Thread(std::string_view name, mem::KernelStack stack, Ref<mem::AddressSpace> space, Pid id,
               Ref<Process> process, Ref<Descriptors> files, Ref<vfs::FsContext> context)
    : task::Thread(name, std::move(stack), std::move(space)),
      id_(id),
      process_(std::move(process)),
      process_again_(process_.raw()),
      files_(std::move(files)),
      fs_(std::move(context)) {}

Thread::~Thread() = default;

vfs::Caller Thread::caller() {
    return vfs::Caller(process_->credentials(), *fs_);
}

Result<Reservation> Thread::reserve_descriptor(OnExec on_exec, int lowest) {
    return files_->reserve(process_->soft_limit(uapi::Limit::open_files), on_exec, lowest);
}

Ref<Descriptors> Thread::shared_files() {
    auto const guard = resources_.lock();
    return files_;
}

Ref<vfs::FsContext> Thread::shared_fs() {
    auto const guard = resources_.lock();
    return fs_;
}

void Thread::set_files(Ref<Descriptors> files) {
    auto const guard = resources_.lock();
    files_.exchange(files);
}

void Thread::set_fs(Ref<vfs::FsContext> context) {
    auto const guard = resources_.lock();
    fs_.exchange(context);
}

void Thread::become_first(TreeGuard& tree) {
    auto& undo = tree->undo;
    undo.set(tree->in_use(id_).thread, static_cast<Thread*>(nullptr));
    undo.set(id_, process_->id());
    undo.set(tree->in_use(id_).thread, this);
}

bool Thread::interrupted(ksync::Wait how) const {
    u32 const work = work_.load();
    switch (how) {
    case ksync::Wait::uninterruptible:
        return false;
    case ksync::Wait::killable:
        return (work & (std::to_underlying(Work::die) | std::to_underlying(Work::bug))) != 0;
    case ksync::Wait::interruptible:
        break;
    }
    constexpr u32 ending = std::to_underlying(Work::signal) | std::to_underlying(Work::die) |
                           std::to_underlying(Work::stop) | std::to_underlying(Work::bug) |
                           std::to_underlying(Work::trace);
    return (work & ending) != 0;
}

void Thread::mend() const noexcept {
    Process* const kept = process_again_.raw();
    if (process_.raw() == kept || !mem::is_heap_object(kept) ||
        (mem::is_heap_object(process_.raw()) && task::shared_object_at(process_.raw()) != nullptr))
        return;
    static_cast<void>(process_.leak()); // it is none
    process_ = Ref<Process>::adopt(kept);
}

void Thread::doom(char const* bug) noexcept {
    mend();
    bug_.store(bug);
    add(Work::bug);
}

void Thread::describe(klog::Task& task) const noexcept {
    mend();
    task::Thread::describe(task);
    task.process = static_cast<u32>(process_->id());
    task.thread = static_cast<u32>(id_);
}

char Thread::state_letter() {
    if (trace_stopped.load())
        return 't';
    if (process_->stop_wanted && has(Work::stop))
        return 'T';
    switch (state()) {
    case task::State::fresh:
    case task::State::runnable:
        return 'R';
    case task::State::sleeping:
        return 'S';
    case task::State::uninterruptible:
        return 'D';
    case task::State::stopped:
        return 'T';
    case task::State::dead:
        break;
    }
    return 'Z';
}

Usage Thread::usage() {
    auto const times = this->times();
    Usage usage;
    usage.user = times.user;
    usage.system = times.system;
    usage.voluntary_switches = times.voluntary_switches;
    usage.involuntary_switches = times.involuntary_switches;
    return usage;
}

} // namespace process
