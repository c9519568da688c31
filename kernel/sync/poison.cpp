// Keeps who poisoned which lock, and tells it.
#include "kernel/sync/poison.hpp"

#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/log/log.hpp"
#include "kernel/runtime/hooks.hpp"
#include "kernel/sync/raw_spin_lock.hpp"
#include "libs/base/format.hpp"

namespace ksync {

namespace {

/// A ring of the last ones, under a lock of its own: locks are poisoned in any context.
class Records {
public:
    void add(PoisonRecord const& record) noexcept {
        arch::InterruptsOff const off;
        lock_.acquire();
        ring_[count_++ % size] = record;
        lock_.release();
    }

    std::optional<PoisonRecord> find(LockBase const& lock) noexcept {
        arch::InterruptsOff const off;
        std::optional<PoisonRecord> found;
        lock_.acquire();
        for (u32 i = 1; i <= size && !found; ++i)
            if (auto const& record = ring_[(count_ - i) % size]; record.lock == &lock)
                found = record;
        lock_.release();
        return found;
    }

private:
    static constexpr u32 size = 64;
    RawSpinLock lock_;
    u32 count_ = 0;
    PoisonRecord ring_[size] = {};
};

constinit Records records;

void describe(TextSink& sink, PoisonRecord const& record) noexcept {
    i64 const microseconds = record.when.count() / 1000;
    format_to(sink, "lock {} at {:x}, poisoned by {}[{}] at {}.{:06}: {}", rank_name(record.rank),
              address_of(record.lock).value(), std::string_view(record.by.name), record.by.process,
              microseconds / 1'000'000, microseconds % 1'000'000,
              record.bug != nullptr ? record.bug : "a bug");
}

} // namespace

std::optional<PoisonRecord> who_poisoned(LockBase const& lock) noexcept {
    return lock.poisoned() ? records.find(lock) : std::nullopt;
}

PoisonText::PoisonText(Poisoned const& poisoned) noexcept {
    BufferSink sink(text_);
    if (auto const record = who_poisoned(*poisoned.lock))
        describe(sink, *record);
    else
        format_to(sink, "lock {} at {:x}, poisoned earlier", rank_name(poisoned.rank),
                  address_of(poisoned.lock).value());
    size_ = sink.text().size();
}

void LockBase::poison(Rank rank) noexcept {
    poisoned_.store(true);
    auto const& exceptions = current_holder().exceptions;
    PoisonRecord const record{.lock = this,
                              .rank = rank,
                              .by = klog::running_task(),
                              .when = arch::now(),
                              .bug = exceptions.last_bug};
    records.add(record);
    if (exceptions.unreported != 0)
        return;
    char text[klog::line_limit];
    BufferSink sink(text);
    describe(sink, record);
    klog::error("{}", sink.text());
}

bool is_vital(Rank rank) noexcept {
    switch (rank) {
    case Rank::pid_table:
    case Rank::mounts:
    case Rank::timers:
    case Rank::run_queue:
        return true;
    default:
        return false;
    }
}

} // namespace ksync

char const* runtime::vital_lock_held(u64 low, u64 high) noexcept {
    for (auto const* held = ksync::current_holder().innermost; held != nullptr; held = held->next) {
        u64 const at = address_of(held).value();
        if (at >= low && at < high && held->lock != nullptr &&
            held->role.after_bug == ksync::AfterBug::poison && ksync::is_vital(held->role.rank))
            return ksync::rank_name(held->role.rank);
    }
    return nullptr;
}
