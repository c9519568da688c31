// Wait queues: a list of entries under one interrupt-safe lock.
#include "kernel/sync/wait_queue.hpp"

#include "kernel/arch/api/timer.hpp"
#include "libs/base/owned.hpp"
#include "libs/base/retry.hpp"

namespace ksync {

WaitEntry::~WaitEntry() {
    if (WaitQueue* const queue = owned::again([this] { return queue_; }))
        queue->remove(*this);
}

/// Whatever bug comes amid a change of the list costs its repetition: a waiter that stays linked
/// when its stack is gone, or is not woken, would cost far more.
template <class Step>
void WaitQueue::retry_on_list(Step const& step) {
    retry_after_bug(
        [&] {
            auto list = list_.lock_even_poisoned();
            step(*list);
        },
        [&] {
            count_.store(list_.lock_even_poisoned()->repair());
            list_.clear_poison();
        });
}

WaitQueue::~WaitQueue() {
    retry_on_list([](List& list) {
        while (WaitEntry* const entry = list.first()) {
            entry->queue_ = nullptr;
            list.remove(*entry);
        }
    });
}

void WaitQueue::add(WaitEntry& entry) {
    retry_on_list([&](List& list) {
        entry.queue_ = this;
        if (entry.links_.link != nullptr)
            return; // before a bug
        list.add(entry);
        count_.fetch_add(1);
    });
}

void WaitQueue::remove(WaitEntry& entry) noexcept {
    retry_on_list([&](List& list) {
        if (entry.queue_ != this)
            return;
        if (list.remove(entry))
            count_.fetch_sub(1);
        entry.queue_ = nullptr;
    });
}

/// Whether it was a thread that this woke. A bug of a callback's is its own: the others' turn
/// comes.
bool WaitQueue::run(WaitEntry& entry) noexcept {
    try {
        if (entry.callback_ == nullptr)
            return wake(*static_cast<Sleeper*>(entry.context_));
        entry.callback_(entry);
    } catch (KernelBug const&) { // has been reported
    }
    return false;
}

void WaitQueue::wake_all() noexcept {
    if (empty())
        return;
    retry_on_list([](List& list) {
        for (WaitEntry* entry = list.first(); entry != nullptr;) {
            WaitEntry* const next = list.next(*entry); // a callback may be done with its entry
            run(*entry);
            entry = next;
        }
    });
}

void WaitQueue::wake_one() noexcept {
    if (empty())
        return;
    retry_on_list([](List& list) {
        for (WaitEntry* entry = list.first(); entry != nullptr;) {
            WaitEntry* const next = list.next(*entry);
            if (run(*entry))
                return;
            entry = next;
        }
    });
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
