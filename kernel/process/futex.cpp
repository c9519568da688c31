// Futexes: a hash table of waiters, keyed by the physical identity of the word they wait on.
#include "kernel/process/futex.hpp"

#include "kernel/arch/api/timer.hpp"
#include "kernel/arch/api/user_copy.hpp"

namespace process {

namespace {

struct Key {
    void const* object = nullptr;
    u64 offset = 0;

    friend bool operator==(Key const&, Key const&) = default;
};

constexpr usize bucket_count = 256;

struct Waiter {
    Key key;
    u32 mask = 0;
    usize bucket = 0; ///< where it is queued now; changed by requeue under both buckets' locks
    ksync::Sleeper* sleeper = nullptr;
    Atomic<bool> woken{false};
    ListHook<Waiter> hook;
};

struct Queue {
    List<Waiter, &Waiter::hook> waiters;
};

using Bucket = ksync::SpinLocked<Queue, ksync::Rank::futex>;
constinit Bucket buckets[bucket_count];

usize bucket_of(Key const& key) {
    u64 hash = address_of(static_cast<std::byte const*>(key.object)).value() ^ (key.offset >> 2);
    hash *= 0x9e37'79b9'7f4a'7c15;
    return (hash >> 40) % bucket_count;
}

/// May sleep: shared words are named by what backs them.
Result<Key> key_of(Thread& self, UserAddr word, FutexScope scope) {
    if (word.value() % sizeof(u32) != 0)
        return fail(Errno::einval);
    if (word >= arch::user_end)
        return fail(Errno::efault);
    if (scope == FutexScope::private_memory)
        return Key{self.address_space(), word.value()};
    auto const identity = TRY(self.address_space()->identify(word));
    return Key{identity.object, identity.offset};
}

/// The word's value without sleeping; EAGAIN when its page must be faulted in first.
Result<u32> load_now(UserAddr word) {
    arch::FaultsOff const off;
    return arch::load_user(word);
}

/// Under the bucket's lock. The waiter's frame may go away as soon as `woken` is true.
void wake(Queue& queue, Waiter& waiter) {
    auto& sleeper = *waiter.sleeper;
    queue.waiters.erase(waiter);
    waiter.woken.store(true);
    ksync::wake(sleeper);
}

u32 wake_matching(Queue& queue, Key const& key, u32 most, u32 mask) {
    u32 count = 0;
    for (auto* waiter = queue.waiters.first(); waiter != nullptr && count < most;) {
        auto* const next = queue.waiters.next(*waiter);
        if (waiter->key == key && (waiter->mask & mask) != 0) {
            wake(queue, *waiter);
            ++count;
        }
        waiter = next;
    }
    return count;
}

/// A waiter that leaves its bucket whatever happens, even if it was moved meanwhile.
class Enqueued {
public:
    explicit Enqueued(Waiter& waiter) : waiter_(waiter) {}

    Enqueued(Enqueued const&) = delete;
    Enqueued& operator=(Enqueued const&) = delete;

    ~Enqueued() { leave(); }

    /// False when somebody woke it.
    bool leave() noexcept {
        while (!waiter_.woken.load()) {
            usize const bucket = __atomic_load_n(&waiter_.bucket, __ATOMIC_ACQUIRE);
            auto queue = buckets[bucket].lock_even_poisoned();
            if (waiter_.woken.load() || !queue->waiters.is_linked(waiter_))
                break;
            if (waiter_.bucket != bucket)
                continue;
            queue->waiters.erase(waiter_);
            waiter_.woken.store(true);
            return true;
        }
        return false;
    }

private:
    Waiter& waiter_;
};

/// Queues the waiter if the word still holds `expected`; decided under the bucket's lock so that
/// no wake is lost. EAGAIN from load_now: fault the page in and try again.
Result<void> enqueue_if(Waiter& waiter, UserAddr word, u32 expected, bool& absent) {
    auto queue = buckets[waiter.bucket].lock();
    auto const value = load_now(word);
    absent = !value && value.error() == Errno::eagain;
    if (!value)
        return std::unexpected<Error>(value.error());
    if (*value != expected)
        return fail(Errno::eagain);
    queue->waiters.push_back(waiter);
    return {};
}

/// Both buckets are locked. The result counts the moved ones only for CMP_REQUEUE, as on Linux.
i64 move_waiters(Queue& from_queue, Queue& to_queue, Key const& from, Key const& to, u32 most,
                 u32 moved, bool count_moved) {
    i64 count = wake_matching(from_queue, from, most, uapi::futex_any);
    u32 taken = 0;
    for (auto* waiter = from_queue.waiters.first(); waiter != nullptr && taken < moved;) {
        auto* const next = from_queue.waiters.next(*waiter);
        if (waiter->key == from) {
            from_queue.waiters.erase(*waiter);
            waiter->key = to;
            __atomic_store_n(&waiter->bucket, bucket_of(to), __ATOMIC_RELEASE);
            to_queue.waiters.push_back(*waiter);
            ++taken;
            if (&from_queue == &to_queue && from == to)
                break;
        }
        waiter = next;
    }
    return count_moved ? count + taken : count;
}

/// The packed operation of FUTEX_WAKE_OP: op:4 cmp:4 oparg:12 cmparg:12.
i32 sign_extend_12(u32 bits) {
    return static_cast<i32>(bits << 20) >> 20;
}

Result<u32> changed_value(u32 old, u32 operation) {
    u32 argument = static_cast<u32>(sign_extend_12((operation >> 12) & 0xfff));
    if ((operation >> 31) != 0) // FUTEX_OP_OPARG_SHIFT
        argument = u32{1} << (argument & 31);
    switch ((operation >> 28) & 7) {
    case 0:
        return argument;
    case 1:
        return old + argument;
    case 2:
        return old | argument;
    case 3:
        return old & ~argument;
    case 4:
        return old ^ argument;
    default:
        return fail(Errno::enosys);
    }
}

Result<bool> compares(u32 old, u32 operation) {
    i32 const left = static_cast<i32>(old);
    i32 const right = sign_extend_12(operation & 0xfff);
    switch ((operation >> 24) & 15) {
    case 0:
        return left == right;
    case 1:
        return left != right;
    case 2:
        return left < right;
    case 3:
        return left <= right;
    case 4:
        return left > right;
    case 5:
        return left >= right;
    default:
        return fail(Errno::enosys);
    }
}

} // namespace

Result<void> wait_on_futex(Thread& self, UserAddr word, FutexScope scope, u32 expected, u32 mask,
                           Nanoseconds deadline) {
    if (mask == 0)
        return fail(Errno::einval);
    Waiter waiter;
    waiter.key = TRY(key_of(self, word, scope));
    waiter.mask = mask;
    waiter.bucket = bucket_of(waiter.key);
    waiter.sleeper = &ksync::current_sleeper();
    for (bool absent = true; absent;) {
        auto const queued = enqueue_if(waiter, word, expected, absent);
        if (queued)
            break;
        if (!absent)
            return queued;
        TRY(arch::load_user(word)); // faults the page in
    }
    Enqueued enqueued(waiter);
    while (!waiter.woken.load()) {
        ksync::prepare_to_block(ksync::Wait::interruptible);
        if (waiter.woken.load()) {
            ksync::cancel_block();
            break;
        }
        if (ksync::wait_interrupted(ksync::Wait::interruptible)) {
            ksync::cancel_block();
            return enqueued.leave() ? Result<void>(fail(Errno::erestartsys)) : Result<void>();
        }
        if (arch::now() >= deadline) {
            ksync::cancel_block();
            return enqueued.leave() ? Result<void>(fail(Errno::etimedout)) : Result<void>();
        }
        ksync::block(deadline);
    }
    return {};
}

Result<i64> wake_futexes(Thread& self, UserAddr word, FutexScope scope, u32 most, u32 mask) {
    if (mask == 0)
        return fail(Errno::einval);
    auto const key = TRY(key_of(self, word, scope));
    return wake_matching(*buckets[bucket_of(key)].lock(), key, most, mask);
}

Result<i64> requeue_futexes(Thread& self, UserAddr word, UserAddr target, FutexScope scope,
                            u32 most, u32 moved, std::optional<u32> expected) {
    auto const from = TRY(key_of(self, word, scope));
    auto const to = TRY(key_of(self, target, scope));
    for (;;) {
        bool absent = false;
        {
            auto pair = ksync::lock_pair(buckets[bucket_of(from)], buckets[bucket_of(to)]);
            if (expected) {
                auto const value = load_now(word);
                absent = !value && value.error() == Errno::eagain;
                if (!value && !absent)
                    return std::unexpected<Error>(value.error());
                if (value && *value != *expected)
                    return fail(Errno::eagain);
            }
            if (!absent)
                return move_waiters(pair.first(), pair.second(), from, to, most, moved,
                                    expected.has_value());
        }
        TRY(arch::load_user(word)); // faults the page in
    }
}

Result<i64> wake_futexes_after(Thread& self, UserAddr word, UserAddr second, FutexScope scope,
                               u32 most, u32 most_second, u32 operation) {
    auto const key = TRY(key_of(self, word, scope));
    auto const second_key = TRY(key_of(self, second, scope));
    u32 old = TRY(arch::load_user(second));
    for (;;) {
        u32 const wanted = TRY(changed_value(old, operation));
        u32 const found = TRY(arch::compare_exchange_user(second, old, wanted));
        if (found == old)
            break;
        old = found;
    }
    i64 woken = wake_matching(*buckets[bucket_of(key)].lock(), key, most, uapi::futex_any);
    if (TRY(compares(old, operation)))
        woken += wake_matching(*buckets[bucket_of(second_key)].lock(), second_key, most_second,
                               uapi::futex_any);
    return woken;
}

void wake_futex(Thread& self, UserAddr word, u32 most) {
    static_cast<void>(wake_futexes(self, word, FutexScope::private_memory, most, uapi::futex_any));
    static_cast<void>(wake_futexes(self, word, FutexScope::shared, most, uapi::futex_any));
}

} // namespace process
