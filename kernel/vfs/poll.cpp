// Waiting on many files at once.
#include "kernel/vfs/poll.hpp"

namespace vfs {

PollWaiter::PollWaiter() = default;

PollWaiter::~PollWaiter() = default; // its entries leave the watched queues before its own goes

void PollWaiter::woken(ksync::WaitEntry& entry) {
    auto* const self = static_cast<PollWaiter*>(entry.context());
    self->woken_.store(true);
    ksync::wake(*self->sleeper_);
}

void PollWaiter::watch(ksync::WaitQueue& queue) {
    entries_.push_back(make<ksync::WaitEntry>(woken, this));
    queue.add(*entries_.back());
}

Result<void> PollWaiter::wait(Nanoseconds deadline) {
    return queue_.wait([&] { return woken_.exchange(false); }, ksync::Wait::interruptible,
                       deadline);
}

} // namespace vfs
