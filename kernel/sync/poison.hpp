// Who left a lock poisoned, when and by which bug; and which locks a bug may not leave at all.
#pragma once

#include "kernel/log/ring.hpp"
#include "kernel/sync/lock.hpp"
#include "libs/base/units.hpp"

#include <optional>
#include <string_view>

namespace ksync {

/// One poisoning. The last some dozens are kept.
struct PoisonRecord {
    LockBase const* lock = nullptr;
    Rank rank{};
    klog::Task by;
    Nanoseconds when{}; ///< since boot
    char const* bug = nullptr;
};

/// Nothing when the lock is not poisoned, or when so many were since that nobody remembers.
std::optional<PoisonRecord> who_poisoned(LockBase const& lock) noexcept;

/// "lock pipe at ffff80001234, poisoned by sh[12] at 1.500000: null pointer", for a report.
class PoisonText {
public:
    explicit PoisonText(Poisoned const& poisoned) noexcept;

    std::string_view view() const { return {text_, size_}; }

private:
    char text_[160];
    usize size_;
};

/// Whether no part of the machine can do without what locks of this rank protect, so that a bug in
/// the middle of a change stops the machine: docs/decisions/015.
bool is_vital(Rank rank) noexcept;

} // namespace ksync
