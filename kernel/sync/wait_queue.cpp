// Wait queues: a list of entries under one interrupt-safe lock.
#include "kernel/sync/wait_queue.hpp"

#include "kernel/arch/api/timer.hpp"

namespace ksync {

WaitEntry::~WaitEntry() {
    if (queue_ != nullptr)
        queue_->remove(*this);
}

WaitQueue::~WaitQueue() {
    auto list = list_.lock_even_poisoned();
    while (WaitEntry* const entry = list->first) {
        list->first = entry->next_;
        entry->queue_ = nullptr;
        entry->previous_ = entry->next_ = nullptr;
    }
    list->last = nullptr;
}

void WaitQueue::add(WaitEntry& entry) {
    auto list = list_.lock_even_poisoned();
    entry.queue_ = this;
    entry.next_ = nullptr;
    entry.previous_ = list->last;
    (list->last != nullptr ? list->last->next_ : list->first) = &entry;
    list->last = &entry;
    count_.fetch_add(1);
}

void WaitQueue::remove(WaitEntry& entry) noexcept {
    auto list = list_.lock_even_poisoned();
    if (entry.queue_ != this)
        return;
    (entry.previous_ != nullptr ? entry.previous_->next_ : list->first) = entry.next_;
    (entry.next_ != nullptr ? entry.next_->previous_ : list->last) = entry.previous_;
    entry.queue_ = nullptr;
    entry.previous_ = entry.next_ = nullptr;
    count_.fetch_sub(1);
}

/// Whether it was a thread that this woke.
bool WaitQueue::run(WaitEntry& entry) {
    if (entry.callback_ == nullptr)
        return wake(*static_cast<Sleeper*>(entry.context_));
    entry.callback_(entry);
    return false;
}

void WaitQueue::wake_all() noexcept {
    if (empty())
        return;
    auto list = list_.lock_even_poisoned();
    for (WaitEntry* entry = list->first; entry != nullptr;) {
        WaitEntry* const next = entry->next_; // a callback must not unlink, but may be done with it
        run(*entry);
        entry = next;
    }
}

void WaitQueue::wake_one() noexcept {
    if (empty())
        return;
    auto list = list_.lock_even_poisoned();
    for (WaitEntry* entry = list->first; entry != nullptr;) {
        WaitEntry* const next = entry->next_;
        if (run(*entry))
            return;
        entry = next;
    }
}

// A locked operation, not a load: the caller has just made the condition true, and that store must
// be visible before this looks. A waiter adds itself and then tests the condition.
bool WaitQueue::empty() const {
    return count_.fetch_add(0) == 0;
}

WaitQueue::ThreadEntry::ThreadEntry(WaitQueue& queue) : entry_(current_sleeper()) {
    queue.add(entry_);
}

std::optional<Errno> WaitQueue::why_stop(Wait how, Nanoseconds deadline) {
    std::optional<Errno> why;
    if (wait_interrupted(how))
        why = Errno::erestartsys;
    else if (deadline != Nanoseconds::never() && arch::now() >= deadline)
        why = Errno::etimedout;
    if (why)
        cancel_block();
    return why;
}

} // namespace ksync
