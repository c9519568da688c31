// Fuzzes the loading of an initramfs into a root: any archive, whatever its names and links say.
#include "kernel/fs/tmpfs/tmpfs.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/vfs/initialise.hpp"
#include "kernel/vfs/operations.hpp"

#include <cstdlib>

namespace {

void boot() {
    static bool const booted = [] {
        mem::initialise_frames();
        vfs::register_file_system(tmpfs::rootfs_type);
        return true;
    }();
    static_cast<void>(booted);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    boot();
    static usize const free_before = mem::frame_statistics().free;
    {
        auto mounts = *vfs::mount_root("rootfs");
        auto const done = vfs::unpack_initramfs(mounts, std::as_bytes(std::span(data, size)));
        if (!done && (done.error().cause == nullptr || done.error().offset > size))
            std::abort();
        // What the root had before is still to be found.
        if (done && !vfs::walk(vfs::Caller::kernel(mounts), mounts->root(), "/.."))
            std::abort();
    }
    vfs::DentryCache::shrink();
    if (vfs::DentryCache::size() != 0 || mem::frame_statistics().free < free_before)
        std::abort();
    return 0;
}
