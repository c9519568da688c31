// Rings of a split virtqueue and their memory ordering (virtio 1.2, section 2.7).
#include "libs/virtqueue/split_queue.hpp"

#include <bit>

namespace virtio {
namespace {

constexpr u16 flag_next = 1;
constexpr u16 flag_device_writes = 2;
constexpr u16 no_interrupt = 1; // in the available ring's flags
constexpr u16 no_notify = 1;    // in the used ring's flags
constexpr usize ring_flags = 0;
constexpr usize ring_index = 1;
constexpr usize ring_entries = 2; // in 16-bit words

} // namespace

struct SplitQueue::Descriptor {
    u64 address;
    u32 length;
    u16 flags;
    u16 next;
};

struct SplitQueue::UsedEntry {
    u32 head;
    u32 length;
};

SplitQueue::Layout SplitQueue::layout(u16 size) {
    Layout layout{};
    layout.available = sizeof(Descriptor) * size;
    usize const available_size = 2 * (ring_entries + size) + 2; // and used_event, unused
    layout.used = align_up(layout.available + available_size, 4);
    layout.total = layout.used + 4 + sizeof(UsedEntry) * size + 2;
    return layout;
}

SplitQueue::SplitQueue(Bytes memory, PhysAddr base, u16 size)
    : memory_(memory), base_(base), size_(size), free_count_(size), requests_(size) {
    ensure(std::has_single_bit(size) && size <= 32768, "a virtqueue's size is a power of two");
    ensure(memory.size() >= layout(size).total, "too little memory for a virtqueue");
    for (u16 i = 0; i < size; ++i)
        descriptor(i).next = static_cast<u16>(i + 1);
}

// Safe because the rings are only what layout() says, and the memory is large enough for it.
SplitQueue::Descriptor& SplitQueue::descriptor(u16 index) {
    ensure(index < size_, "a descriptor index out of range");
    return pointer_to<Descriptor>(address_of(memory_.data()))[index];
}

u16& SplitQueue::available_word(usize index) {
    return pointer_to<u16>(address_of(&memory_[layout(size_).available]))[index];
}

u16& SplitQueue::used_word(usize index) {
    return pointer_to<u16>(address_of(&memory_[layout(size_).used]))[index];
}

SplitQueue::UsedEntry& SplitQueue::used_entry(u16 index) {
    return pointer_to<UsedEntry>(address_of(&memory_[layout(size_).used + 4]))[index];
}

Result<void> SplitQueue::add(Slice<Buffer const> readable, Slice<Buffer const> writable,
                             u64 token) {
    usize const count = readable.size() + writable.size();
    if (count == 0)
        return fail(Errno::einval);
    if (broken_)
        return fail(Errno::eio);
    if (count > free_count_)
        return fail(Errno::enospc);

    // Until the index is published, all this is written into what is free.
    u16 const head = free_head_;
    u16 last = head;
    u16 next = head;
    u32 writable_size = 0;
    auto const fill = [&](Slice<Buffer const> buffers, u16 flags) {
        for (Buffer const& buffer : buffers) {
            Descriptor& slot = descriptor(next);
            slot.address = buffer.at.value();
            slot.length = buffer.size;
            slot.flags = flags | flag_next; // `next` already leads to the next free one
            last = next;
            next = slot.next;
            if (flags != 0)
                writable_size += buffer.size;
        }
    };
    fill(readable, 0);
    fill(writable, flag_device_writes);
    descriptor(last).flags &= static_cast<u16>(~flag_next);
    available_word(ring_entries + next_available_ % size_) = head;
    Request& request = requests_[head];
    request.token = token;
    request.writable = writable_size;
    request.place = next_available_;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    request.count = static_cast<u16>(count);

    free_head_ = next;
    free_count_ = static_cast<u16>(free_count_ - count);
    ++next_available_;
    // 2.7.13.3: everything above must be visible before the index is.
    __atomic_store_n(&available_word(ring_index), next_available_, __ATOMIC_RELEASE);
    return {};
}

bool SplitQueue::should_notify() {
    if (announced_ == next_available_ || broken_)
        return false;
    announced_ = next_available_;
    // 2.7.13.4.1: the index must be visible before the flags are read.
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return (__atomic_load_n(&used_word(ring_flags), __ATOMIC_RELAXED) & no_notify) == 0;
}

void SplitQueue::allow_interrupts(bool allowed) {
    __atomic_store_n(&available_word(ring_flags), allowed ? u16{0} : no_interrupt,
                     __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_SEQ_CST); // before the caller's next look at the used ring
}

bool SplitQueue::has_completions() {
    return !broken_ && __atomic_load_n(&used_word(ring_index), __ATOMIC_ACQUIRE) != next_used_;
}

std::optional<SplitQueue::Completion> SplitQueue::peek() {
    u16 const index = __atomic_load_n(&used_word(ring_index), __ATOMIC_ACQUIRE);
    if (broken_ || index == next_used_)
        return std::nullopt;
    // Copied out once: the device could change it while it is checked.
    UsedEntry& slot = used_entry(next_used_ % size_);
    u32 const head = __atomic_load_n(&slot.head, __ATOMIC_RELAXED);
    u32 const length = __atomic_load_n(&slot.length, __ATOMIC_RELAXED);
    if (static_cast<u16>(index - next_used_) > in_flight() || head >= size_ ||
        requests_[head].count == 0) {
        broken_ = true;
        return std::nullopt;
    }
    done_head_ = static_cast<u16>(head);
    Request const& request = requests_[head];
    return Completion{request.token, length < request.writable ? length : request.writable};
}

void SplitQueue::drop() {
    u16 const head = done_head_;
    u16 const count = requests_[head].count;
    u16 last = head;
    for (u16 i = 1; i < count; ++i)
        last = descriptor(last).next;
    Descriptor& end = descriptor(last);
    requests_[head].count = 0; // from here on it is over
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    ++next_used_;
    end.next = free_head_;
    free_head_ = head;
    free_count_ = static_cast<u16>(free_count_ + count);
}

std::optional<SplitQueue::Completion> SplitQueue::take() {
    auto const completion = peek();
    if (completion)
        drop();
    return completion;
}

void SplitQueue::recover() {
    next_available_ = __atomic_load_n(&available_word(ring_index), __ATOMIC_RELAXED);
    announced_ = static_cast<u16>(next_available_ - 1); // the device may not have been told
    u16 flying = 0;
    free_head_ = size_;
    free_count_ = 0;
    for (u16 head = 0; head < size_; ++head) {
        Request& request = requests_[head];
        if (request.count != 0 && request.place == next_available_)
            request.count = 0; // not offered
        flying += request.count != 0;
    }
    next_used_ = static_cast<u16>(next_available_ - flying);
    for (u16 i = size_; i-- != 0;)
        if (!in_chain(i)) {
            descriptor(i).next = free_head_;
            free_head_ = i;
            ++free_count_;
        }
}

/// Whether a request in flight has the descriptor.
bool SplitQueue::in_chain(u16 index) {
    for (u16 head = 0; head < size_; ++head) {
        u16 at = head;
        for (u16 left = requests_[head].count; left != 0; --left) {
            if (at == index)
                return true;
            at = descriptor(at).next;
        }
    }
    return false;
}

} // namespace virtio
