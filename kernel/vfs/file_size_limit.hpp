// RLIMIT_FSIZE: how large the caller may make a file. The process room knows.
#pragma once

#include "libs/base/types.hpp"

namespace vfs {

class FileSizeLimit {
public:
    /// In bytes; UINT64_MAX when there is none.
    virtual u64 of_caller() = 0;
    /// The caller tried to write at or beyond it: SIGXFSZ. The write fails with EFBIG.
    virtual void exceeded() = 0;

protected:
    ~FileSizeLimit() = default;
};

/// Until somebody registers there is no limit.
void register_file_size_limit(FileSizeLimit& limit);
FileSizeLimit* file_size_limit();

} // namespace vfs
