// Fuzzes path walks: trees with links, mounts and "..", changed while they are walked.
#include "kernel/fs/tmpfs/tmpfs.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/vfs/initialise.hpp"
#include "kernel/vfs/operations.hpp"

#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <span>
#include <string>

namespace {

void check(bool holds, std::source_location where = std::source_location::current()) {
    if (holds)
        return;
    std::fprintf(stderr, "line %u does not hold\n", static_cast<unsigned>(where.line()));
    std::abort();
}

class Tree {
public:
    explicit Tree(std::span<u8 const> script) : rest_(script), mounts_(*vfs::mount_root("rootfs")) {
        caller_.emplace(vfs::Caller::kernel(mounts_));
    }

    void play() {
        while (!rest_.empty())
            step();
    }

private:
    u8 byte() {
        if (rest_.empty())
            return 0;
        u8 const first = rest_.front();
        rest_ = rest_.subspan(1);
        return first;
    }

    /// Up to seven of few names, so that they meet.
    std::string path() {
        static constexpr std::string_view names[] = {"a", "b", "c", "d", "..", ".", "", "dev"};
        u8 const shape = byte();
        std::string text = shape & 1 ? "/" : "";
        for (int i = 0; i < (shape >> 1) % 8; ++i) {
            if (i != 0)
                text += '/';
            text += names[byte() % std::size(names)];
        }
        return shape & 0x80 ? text + "/" : text;
    }

    void step() {
        auto& caller = *caller_;
        u8 const action = byte();
        auto const first = path();
        switch (action % 9) {
        case 0:
            static_cast<void>(vfs::make_directory(caller, caller.cwd, first, 0755));
            break;
        case 1:
            static_cast<void>(vfs::make_symbolic_link(caller, path(), caller.cwd, first));
            break;
        case 2:
            static_cast<void>(vfs::open(caller, caller.cwd, first,
                                        vfs::OpenFlags(uapi::Open::write_only) | uapi::Open::create,
                                        0644));
            break;
        case 3:
            static_cast<void>(
                vfs::rename(caller, caller.cwd, first, caller.cwd, path(),
                            action & 0x80 ? vfs::RenameRule::exchange : vfs::RenameRule::replace));
            break;
        case 4:
            static_cast<void>(vfs::unlink(caller, caller.cwd, first));
            static_cast<void>(vfs::remove_directory(caller, caller.cwd, first));
            break;
        case 5:
            mount(first);
            break;
        case 6:
            if (auto const place = vfs::walk(caller, caller.cwd, first))
                static_cast<void>(mounts_->unmount(*place, vfs::MountTree::Unmount::detach));
            break;
        case 7:
            if (auto place = vfs::walk(caller, caller.cwd, first, vfs::Walk::must_be_directory))
                (action & 0x80 ? caller.root : caller.cwd) = *place;
            break;
        default:
            look(first);
        }
    }

    void mount(std::string const& where) {
        auto const place = vfs::walk(*caller_, caller_->cwd, where, vfs::Walk::must_be_directory);
        if (!place)
            return;
        if (auto const source = vfs::walk(*caller_, caller_->cwd, path()); source && byte() % 2) {
            static_cast<void>(mounts_->bind(*source, *place, {}));
            return;
        }
        auto fresh = tmpfs::type.mount({"none", {}, *caller_->credentials});
        check(fresh.has_value());
        static_cast<void>(mounts_->mount(*place, std::move(*fresh), "none", {}));
    }

    /// What an absolute path leads to has a path of its own, which leads there.
    void look(std::string const& text) {
        auto& caller = *caller_;
        auto const found = vfs::walk(caller, caller.cwd, text);
        if (!found) {
            auto const code = found.error().code();
            return check(code == Errno::enoent || code == Errno::enotdir || code == Errno::eloop);
        }
        check(found->inode() && found->inode()->kind() != vfs::Kind::symbolic_link);
        auto const own = vfs::path_of(*found, caller.root);
        auto const name = own.view();
        if (name.starts_with("(unreachable)") || name.ends_with(" (deleted)"))
            return;
        // "/" is what is below a mount on the root, and "/x/.." what is above.
        if (caller.root.dentry->is_mount_point())
            return;
        // The working directory may lie below what is mounted over it, where no path leads.
        auto const again = vfs::walk(caller, caller.cwd, name, {});
        check(!text.starts_with('/') || (again && again->dentry == found->dentry));
        if (!found->inode()->is_directory())
            return;
        auto const itself = vfs::walk(caller, *found, ".");
        check(itself && *itself == *found);
        // Upwards from anywhere one arrives at the root, and stays there.
        auto const top = vfs::walk(caller, *found, "../../../../../../../../../../../../..");
        check(top && (name.size() > 20 || *top == *vfs::walk(caller, caller.cwd, "/")));
    }

    std::span<u8 const> rest_;
    Ref<vfs::MountTree> mounts_;
    std::optional<vfs::Caller> caller_;
};

void boot() {
    static bool const booted = [] {
        mem::initialise_frames();
        vfs::register_file_system(tmpfs::type);
        vfs::register_file_system(tmpfs::rootfs_type);
        return true;
    }();
    static_cast<void>(booted);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    boot();
    Tree({data, size}).play();
    vfs::DentryCache::shrink();
    check(vfs::DentryCache::size() == 0);
    return 0;
}
