// The lock over every dentry's parent and name, for code that climbs.
#pragma once

#include "kernel/vfs/dentry.hpp"

namespace vfs {

struct DentryTree {};

using TreeLock = ksync::SpinLocked<DentryTree, ksync::Rank::dentries>;

/// Held while parents or names are read or changed; never together with a bucket of the cache.
extern TreeLock dentry_tree;

} // namespace vfs
