// Pipes: a ring of bytes with readers and writers at its ends; FIFOs are pipes with a name.
#pragma once

#include "kernel/vfs/file.hpp"

namespace vfs {

inline constexpr usize pipe_atomic_size = 4096; ///< PIPE_BUF
inline constexpr usize pipe_default_size = 65536;
inline constexpr usize pipe_largest_size = 1_MiB;

struct PipeEnds {
    Ref<File> reader, writer;
};

/// pipe2(2); `flags` may hold O_NONBLOCK. Writing without readers fails with EPIPE; the system call
/// sends SIGPIPE.
Result<PipeEnds> create_pipe(OpenFlags flags, Credentials const& who);
/// open(2) of a FIFO: waits for the other end unless O_NONBLOCK (ENXIO for a writer alone).
Result<Ref<File>> open_fifo(Place const& place, OpenFlags flags);

class Pipe;
/// nullptr when `file` is no end of a pipe.
Pipe* as_pipe(File& file);

/// F_GETPIPE_SZ, F_SETPIPE_SZ (EBUSY when more is buffered, EPERM above the limit). EBADF when
/// `file` is no pipe.
Result<usize> pipe_capacity(File& file);
Result<usize> set_pipe_capacity(File& file, usize bytes, Credentials const& who);

} // namespace vfs
