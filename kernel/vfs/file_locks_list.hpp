// The advisory locks of one inode.
#pragma once

#include "kernel/sync/undo_log.hpp"
#include "kernel/sync/wait_queue.hpp"
#include "kernel/vfs/file_locks.hpp"

namespace vfs {

class FileLocks {
public:
    struct Flock {
        File const* file;
        LockKind kind;
    };

    struct State {
        Vector<RecordLock> records;
        Vector<Flock> flocks;
        ksync::UndoLog<6> undo;

        void begin_section() { undo.begin(); }

        bool recover() { return undo.roll_back(); }
    };

    ksync::SleepLocked<State, ksync::Rank::file_locks> state;
    ksync::WaitQueue released;
};

} // namespace vfs
