// Where paths start: root, working directory and umask; shared between threads (CLONE_FS).
#include "kernel/vfs/context.hpp"

namespace vfs {

FsContext::FsContext(Ref<MountTree> mounts, Place root, Place cwd, u32 umask)
    : mounts_(std::move(mounts)), places_(std::move(root), std::move(cwd)), umask_(umask) {}

Result<Ref<FsContext>> FsContext::clone() const {
    return try_make_ref<FsContext>(mounts_, root(), cwd(), umask());
}

void FsContext::set_root(Place root) {
    // The old place is released after the lock, with the parameter.
    auto const own = places_.lock();
    own->undo.swap(own->root, root);
}

void FsContext::set_cwd(Place cwd) {
    auto const own = places_.lock();
    own->undo.swap(own->cwd, cwd);
}

Caller Caller::kernel(Ref<MountTree> mounts) {
    Caller caller;
    caller.credentials = make_ref<Credentials>();
    caller.root = caller.cwd = mounts->root();
    caller.mounts = std::move(mounts);
    caller.umask = 0;
    return caller;
}

} // namespace vfs
