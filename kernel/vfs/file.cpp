// File: what every open file does alike: access modes, the offset, time stamps.
#include "kernel/vfs/file.hpp"

#include "kernel/vfs/file_locks.hpp"

#include <algorithm>
#include <utility>

namespace vfs {

using uapi::Open;

namespace {

constexpr OpenFlags changeable =
    OpenFlags(Open::append) | Open::nonblocking | Open::async | Open::direct | Open::no_access_time;

/// What only opening itself looks at.
constexpr OpenFlags creation = OpenFlags(Open::create) | Open::exclusive |
                               Open::no_controlling_terminal | Open::truncate | Open::close_on_exec;

/// EINVAL when a transfer would pass the largest offset.
Result<void> check_range(u64 offset, usize count) {
    if (count > static_cast<u64>(INT64_MAX) - std::min<u64>(offset, INT64_MAX) ||
        offset > static_cast<u64>(INT64_MAX))
        return fail(Errno::einval);
    return {};
}

} // namespace

File::File(Place place, OpenFlags flags)
    : place_(std::move(place)), flags_(flags.without(creation).bits()) {}

File::~File() {
    if (counts_as_writer_) {
        inode().end_writing();
        place_.mount->end_writing();
    }
    if (has_flock_.load())
        release_flock(*this);
}

Result<void> File::set_flags(OpenFlags flags) {
    if (flags.has(Open::direct) && !supports_direct())
        return fail(Errno::einval);
    u32 seen = flags_.load();
    while (!flags_.compare_exchange(seen, (seen & ~changeable.bits()) |
                                              (flags.bits() & changeable.bits()))) {
    }
    return {};
}

bool File::readable() const {
    return !is_path_only() && (flags_.load() & uapi::open_access_mask) != 1;
}

bool File::writable() const {
    u32 const mode = flags_.load() & uapi::open_access_mask;
    return !is_path_only() && (mode == 1 || mode == 2);
}

Result<usize> File::read(mem::Sink& into) {
    if (!readable())
        return fail(Errno::ebadf);
    if (is_stream())
        return read_bytes(into, 0);
    auto const lock = moving_.lock();
    u64 const offset = offset_.load(MemoryOrder::relaxed);
    usize const count = TRY(read_at(into, offset));
    offset_.store(offset + count, MemoryOrder::relaxed);
    return count;
}

Result<usize> File::read_at(mem::Sink& into, u64 offset) {
    if (!readable())
        return fail(Errno::ebadf);
    if (is_stream())
        return fail(Errno::espipe);
    TRY(check_range(offset, into.left()));
    if (inode().is_directory())
        return fail(Errno::eisdir);
    usize const count = TRY(read_bytes(into, offset));
    accessed();
    return count;
}

void File::accessed() {
    if (flags().has(Open::no_access_time) || place_.mount->read_only() ||
        place_.mount->flags().has(MountFlag::no_access_time))
        return;
    inode().touch_accessed();
}

Result<usize> File::write(mem::Source& from) {
    if (!writable())
        return fail(Errno::ebadf);
    if (is_stream()) {
        Written const written = TRY(write_bytes(from, 0));
        return written.bytes;
    }
    auto const lock = moving_.lock();
    u64 const offset = offset_.load(MemoryOrder::relaxed);
    TRY(check_range(offset, from.left()));
    Written const written = TRY(write_bytes(from, offset));
    if (written.bytes != 0)
        offset_.store(written.end_offset, MemoryOrder::relaxed);
    return written.bytes;
}

Result<usize> File::write_at(mem::Source& from, u64 offset) {
    if (!writable())
        return fail(Errno::ebadf);
    if (is_stream())
        return fail(Errno::espipe);
    TRY(check_range(offset, from.left()));
    Written const written = TRY(write_bytes(from, offset));
    return written.bytes;
}

Result<u64> File::seek(i64 by, SeekFrom from) {
    if (is_path_only())
        return fail(Errno::ebadf);
    if (is_stream())
        return fail(Errno::espipe);
    auto const lock = moving_.lock();
    i64 base = 0;
    i64 target = 0;
    switch (from) {
    case SeekFrom::start:
        break;
    case SeekFrom::current:
        base = static_cast<i64>(offset());
        break;
    case SeekFrom::end:
        base = static_cast<i64>(attributes().size);
        break;
    case SeekFrom::data:
    case SeekFrom::hole:
        if (by < 0)
            return fail(Errno::enxio);
        by = static_cast<i64>(TRY(seek_content(static_cast<u64>(by), from)));
        break;
    default:
        return fail(Errno::einval);
    }
    if (__builtin_add_overflow(base, by, &target) || target < 0)
        return fail(Errno::einval);
    offset_.store(static_cast<u64>(target), MemoryOrder::relaxed);
    return static_cast<u64>(target);
}

u64 File::offset() {
    return is_stream() ? 0 : offset_.load(MemoryOrder::relaxed);
}

namespace {

/// Passes entries on and remembers the position after the last that was taken.
class TrackingSink final : public DirectorySink {
public:
    TrackingSink(DirectorySink& into, u64 start) : into_(into), next_(start) {}

    bool take(std::string_view name, u64 inode, Kind kind, u64 next) override {
        if (!into_.take(name, inode, kind, next)) {
            full_ = true;
            return false;
        }
        next_ = next;
        return true;
    }

    u64 next() const { return next_; }

    bool full() const { return full_; }

private:
    DirectorySink& into_;
    u64 next_;
    bool full_ = false;
};

} // namespace

Result<void> File::list(DirectorySink& into) {
    if (is_path_only())
        return fail(Errno::ebadf);
    if (!inode().is_directory())
        return fail(Errno::enotdir);
    auto const lock = moving_.lock();
    u64 const offset = offset_.load(MemoryOrder::relaxed);
    if (place_.dentry->is_deleted())
        return fail(Errno::enoent);
    TrackingSink sink(into, offset);
    if (offset == 0)
        sink.take(".", inode().number(), Kind::directory, 1);
    if (!sink.full() && sink.next() == 1) {
        Ref<Dentry> const parent = place_.dentry->parent();
        u64 const number = parent ? parent->inode()->number() : inode().number();
        sink.take("..", number, Kind::directory, 2);
    }
    if (!sink.full() && sink.next() >= 2)
        TRY(list_entries(sink, sink.next()));
    offset_.store(sink.next(), MemoryOrder::relaxed);
    accessed();
    return {};
}

Result<void> File::truncate(u64 size) {
    if (is_path_only())
        return fail(Errno::ebadf);
    if (!writable() || inode().kind() != Kind::regular)
        return fail(Errno::einval);
    return inode().truncate(size);
}

Result<void> File::allocate(u32 mode, u64 offset, u64 size) {
    if (!writable())
        return fail(Errno::ebadf);
    if (is_stream())
        return fail(Errno::espipe);
    if (inode().is_directory())
        return fail(Errno::eisdir);
    if (inode().kind() != Kind::regular)
        return fail(Errno::enodev);
    return allocate_bytes(mode, offset, size);
}

// What a file answers that does not have the operation.

Result<i64> File::control(u32, UserAddr) {
    return fail(Errno::enotty);
}

PollEvents File::poll(PollWaiter*) {
    return always_ready;
}

Result<Ref<mem::PageSource>> File::map() {
    return fail(Errno::enodev);
}

Result<void> File::sync() {
    return fail(Errno::einval);
}

Result<usize> File::read_bytes(mem::Sink&, u64) {
    return fail(Errno::einval);
}

Result<File::Written> File::write_bytes(mem::Source&, u64) {
    return fail(Errno::einval);
}

Result<void> File::list_entries(DirectorySink&, u64) {
    return fail(Errno::enotdir);
}

Result<void> File::allocate_bytes(u32, u64, u64) {
    return fail(Errno::enotsup);
}

Result<u64> File::seek_content(u64 offset, SeekFrom from) {
    u64 const size = attributes().size;
    if (offset >= size)
        return fail(Errno::enxio);
    return from == SeekFrom::data ? offset : size;
}

namespace {

class PathOnlyFile final : public File {
public:
    PathOnlyFile(Place place, OpenFlags flags) : File(std::move(place), flags) {}

    Result<i64> control(u32, UserAddr) override { return fail(Errno::ebadf); }

    PollEvents poll(PollWaiter*) override { return Poll::invalid; }

    Result<Ref<mem::PageSource>> map() override { return fail(Errno::ebadf); }

    Result<void> sync() override { return fail(Errno::ebadf); }
};

} // namespace

Result<Ref<File>> open_path_only(Place place, OpenFlags flags) {
    return make_ref<PathOnlyFile>(std::move(place), flags);
}

} // namespace vfs
