// What the process room knows about who changes a file: RLIMIT_FSIZE, and CAP_FSETID.
#pragma once

#include "libs/base/result.hpp"
#include "libs/base/types.hpp"

namespace vfs {

class FileSizeLimit {
public:
    /// In bytes; UINT64_MAX when there is none.
    virtual u64 of_caller() = 0;
    /// The caller tried to write at or beyond it: SIGXFSZ. The write fails with EFBIG.
    virtual void exceeded() = 0;
    /// CAP_FSETID: files that the caller changes keep their set-user-id and set-group-id bits.
    virtual bool keeps_set_id_bits() = 0;

protected:
    ~FileSizeLimit() = default;
};

/// Until somebody registers there is no limit.
void register_file_size_limit(FileSizeLimit& limit);
FileSizeLimit* file_size_limit();
/// For truncate and fallocate: EFBIG and SIGXFSZ when the caller may not make a file of `old_size`
/// bytes `new_size` long.
Result<void> check_new_size(u64 old_size, u64 new_size);

} // namespace vfs
