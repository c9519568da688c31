// Files of the C core.
#include "user/abi/internal.hpp"

#include "abi/errno.hpp"
#include "abi/fcntl.hpp"

using core::call;
using core::failed;
using core::Syscall;

extern "C" {

long linnet_open(char const* path, int flags, int mode) {
    return call(Syscall::openat, uapi::at_fdcwd, path, flags, mode);
}

long linnet_close(int fd) {
    return call(Syscall::close, fd);
}

long linnet_read(int fd, void* into, size_t size) {
    return call(Syscall::read, fd, into, size);
}

long linnet_write(int fd, void const* from, size_t size) {
    return call(Syscall::write, fd, from, size);
}

long linnet_write_all(int fd, void const* from, size_t size) {
    auto const* next = static_cast<char const*>(from);
    while (size != 0) {
        long const written = call(Syscall::write, fd, next, size);
        if (written == -static_cast<long>(uapi::Errno::eintr))
            continue;
        if (failed(written))
            return written;
        next += written;
        size -= static_cast<size_t>(written);
    }
    return 0;
}

} // extern "C"
