// The open ends of pipes and FIFOs.
#include "kernel/vfs/pipe.hpp"

#include "kernel/arch/api/user_copy.hpp"
#include "kernel/vfs/anonymous.hpp"
#include "kernel/vfs/pipe_ring.hpp"

#include <algorithm>
#include <bit>

namespace vfs {

using uapi::Open;

namespace {

constexpr u32 fionread = 0x541b;

} // namespace

class PipeFile final : public File {
public:
    /// The end must have been counted by Pipe::add() already.
    PipeFile(Place place, OpenFlags flags, Ref<Pipe> pipe, u32 writers_at_open)
        : File(std::move(place), flags),
          pipe_(std::move(pipe)),
          writers_at_open_(writers_at_open) {}

    ~PipeFile() override { pipe_->drop(readable(), writable()); }

    bool is_stream() const override { return true; }

    PollEvents poll(PollWaiter* waiter) override {
        return pipe_->poll(*this, writers_at_open_, waiter);
    }

    Result<i64> control(u32 command, UserAddr argument) override {
        if (command != fionread)
            return fail(Errno::enotty);
        i32 const bytes = static_cast<i32>(pipe_->readable_bytes());
        if (arch::copy_to_user(argument, object_bytes(bytes)) != sizeof bytes)
            return fail(Errno::efault);
        return 0;
    }

    Pipe& pipe() const { return *pipe_; }

protected:
    Result<usize> read_bytes(mem::Sink& into, u64) override {
        usize const count = TRY(pipe_->read(into, *this));
        if (count != 0)
            inode().touch_accessed();
        return count;
    }

    Result<Written> write_bytes(mem::Source& from, u64) override {
        usize const count = TRY(pipe_->write(from, *this));
        if (count != 0)
            inode().touch_modified();
        return Written{count, 0};
    }

private:
    Ref<Pipe> pipe_;
    u32 const writers_at_open_;
};

Result<PipeEnds> create_pipe(OpenFlags flags, Credentials const& who) {
    Place const place = TRY(create_anonymous(Kind::fifo, 0600, "pipe", Naming::numbered, &who));
    auto pipe = make_ref<Pipe>();
    pipe->add(true, true);
    OpenFlags const kept = flags & (OpenFlags(Open::nonblocking) | Open::direct);
    PipeEnds ends;
    ends.reader = make_ref<PipeFile>(place, kept, pipe, 0u);
    ends.writer = make_ref<PipeFile>(place, kept | Open::write_only, std::move(pipe), 0u);
    return ends;
}

Result<Ref<File>> open_fifo(Place const& place, OpenFlags flags) {
    Ref<Pipe> const pipe = place.inode()->fifo();
    u32 const mode = flags.bits() & uapi::open_access_mask;
    bool const reads = mode == 0 || mode == 2;
    bool const writes = mode == 1 || mode == 2;
    bool const nonblocking = flags.has(Open::nonblocking);
    if (mode == 1 && nonblocking && !pipe->has_readers())
        return fail(Errno::enxio);
    u32 const writers_before = pipe->writers_ever();
    bool const has_writer = pipe->has_writers();
    auto const partners = pipe->add(reads, writes);
    // Owns the count from here on, also when the wait below is interrupted.
    auto file = make_ref<PipeFile>(place, flags, pipe,
                                   nonblocking && !has_writer ? writers_before : UINT32_MAX);
    if (mode == 0 && !nonblocking)
        TRY(pipe->wait_for_writer(partners));
    if (mode == 1)
        TRY(pipe->wait_for_reader(partners));
    return file;
}

Result<usize> pipe_capacity(File& file) {
    auto* const end = as_pipe(file);
    if (end == nullptr)
        return fail(Errno::ebadf);
    return end->capacity();
}

Result<usize> set_pipe_capacity(File& file, usize bytes, Credentials const& who) {
    auto* const end = as_pipe(file);
    if (end == nullptr)
        return fail(Errno::ebadf);
    if (bytes > usize{1} << 31)
        return fail(Errno::einval);
    usize const wanted = std::bit_ceil(std::max(bytes, page_size));
    if (wanted > pipe_largest_size && wanted > end->capacity() &&
        !who.has(Capability::sys_resource))
        return fail(Errno::eperm);
    TRY(end->set_capacity(wanted));
    return wanted;
}

Pipe* as_pipe(File& file) {
    if (file.inode().kind() != Kind::fifo || !file.is_stream())
        return nullptr;
    return &static_cast<PipeFile&>(file).pipe();
}

} // namespace vfs
