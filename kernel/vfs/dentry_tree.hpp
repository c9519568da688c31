// The lock over every dentry's parent and name, for code that climbs.
#pragma once

#include "kernel/sync/undo_log.hpp"
#include "kernel/vfs/dentry.hpp"

namespace vfs {

/// A parent and a name of two dentries are exchanged as a whole or not at all.
struct DentryTree {
    ksync::UndoLog<16> undo;

    void begin_section() { undo.begin(); }

    bool recover() { return undo.roll_back(); }
};

using TreeLock = ksync::SpinLocked<DentryTree, ksync::Rank::dentries>;

/// Held while parents or names are read or changed; never together with a bucket of the cache.
extern TreeLock dentry_tree;

} // namespace vfs
