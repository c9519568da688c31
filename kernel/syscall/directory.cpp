// getdents: directory entries packed as Linux packs them.
//
//     linux_dirent64                      linux_dirent
//     0   inode            u64            0   inode            u64
//     8   next position    i64            8   next position    u64
//     16  record length    u16            16  record length    u16
//     18  type             u8             18  name, NUL
//     19  name, NUL, padding to 8         last byte of the record: type
#include "kernel/syscall/directory.hpp"

#include "kernel/vfs/file.hpp"

#include <cstddef>

namespace sys {

namespace {

enum class Layout { modern, old };

/// Packs entries into a kernel buffer, which is copied out at the end: the directory's lock is
/// held meanwhile, and user memory may need to be paged in.
class Packer final : public vfs::DirectorySink {
public:
    Packer(usize room, Layout layout) : room_(room), layout_(layout) {}

    bool take(std::string_view name, u64 inode, vfs::Kind kind, u64 next) override {
        usize const name_offset = layout_ == Layout::modern ? 19 : 18;
        usize const tail = layout_ == Layout::modern ? 1 : 2; // NUL, and the old layout's type
        usize const length = align_up(name_offset + name.size() + tail, 8);
        if (bytes_.size() + length > room_) {
            too_small_ = bytes_.empty();
            return false;
        }
        usize const start = bytes_.size();
        bytes_.resize(start + length);
        Bytes const record(bytes_.data() + start, length);
        u16 const short_length = static_cast<u16>(length);
        copy_bytes(record, object_bytes(inode));
        copy_bytes(record.subspan(8), object_bytes(next));
        copy_bytes(record.subspan(16), object_bytes(short_length));
        auto const type = static_cast<std::byte>(vfs::directory_entry_type(kind));
        record[layout_ == Layout::modern ? 18 : length - 1] = type;
        copy_bytes(record.subspan(name_offset), bytes_of(name));
        return true;
    }

    bool too_small() const { return too_small_; }

    ConstBytes bytes() const { return {bytes_.data(), bytes_.size()}; }

private:
    Vector<std::byte> bytes_;
    usize room_;
    Layout layout_;
    bool too_small_ = false;
};

Result<usize> list(process::Thread& caller, Fd fd, UserAddr to, u32 size, Layout layout) {
    constexpr u32 most = 64 * 1024;
    auto const file = TRY(caller.file(fd));
    Packer packer(size < most ? size : most, layout);
    u64 const before = file->offset();
    TRY(file->list(packer));
    if (packer.too_small())
        return fail(Errno::einval);
    ConstBytes const bytes = packer.bytes();
    if (arch::copy_to_user(to, bytes) != bytes.size()) {
        static_cast<void>(file->seek(static_cast<i64>(before), vfs::SeekFrom::start));
        return fail(Errno::efault);
    }
    return bytes.size();
}

} // namespace

Result<usize> getdents64(process::Thread& caller, Fd fd, UserAddr to, u32 size) {
    return list(caller, fd, to, size, Layout::modern);
}

Result<usize> getdents(process::Thread& caller, Fd fd, UserAddr to, u32 size) {
    return list(caller, fd, to, size, Layout::old);
}

} // namespace sys
