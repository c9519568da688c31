// /proc/PID/mem: a program's memory, at the position of its addresses.
#include "kernel/fs/proc/nodes.hpp"
#include "kernel/vfs/file.hpp"

#include <algorithm>

namespace proc {

namespace {

/// Of the program that ran when the file was opened: after an execve it is empty.
class OpenMemory final : public vfs::File {
public:
    OpenMemory(vfs::Place place, vfs::OpenFlags flags, Ref<mem::AddressSpace> space)
        : File(std::move(place), flags), space_(std::move(space)) {}

protected:
    Result<usize> read_bytes(mem::Sink& into, u64 offset) override {
        usize done = 0;
        while (into.left() != 0) {
            std::byte chunk[256];
            auto const some = Bytes(chunk).first(std::min<usize>(into.left(), sizeof chunk));
            usize const got = space_->copy_in(some, UserAddr(offset + done));
            if (got == 0)
                break;
            done += TRY(into.write(some.first(got)));
        }
        return done != 0 || into.left() == 0 ? Result<usize>(done) : fail(Errno::eio);
    }

    Result<Written> write_bytes(mem::Source& from, u64 offset) override {
        usize done = 0;
        while (from.left() != 0) {
            std::byte chunk[256];
            usize const count = TRY(from.read(chunk));
            usize const put = space_->copy_out(UserAddr(offset + done), ConstBytes(chunk, count));
            done += put;
            if (done == 0)
                return fail(Errno::eio);
            if (put != count)
                break;
        }
        return Written{done, offset + done};
    }

private:
    Ref<mem::AddressSpace> space_;
};

class MemoryFile final : public vfs::Inode {
public:
    MemoryFile(vfs::FileSystem& file_system, Subject subject, u64 node)
        : Inode(file_system, node_attributes(subject, node, vfs::Kind::regular, 0600)),
          subject_(std::move(subject)) {}

    Result<Ref<vfs::File>> open(vfs::Place const& at, vfs::OpenFlags flags) override {
        TRY(check_insight(subject_, *process::Thread::current().credentials()));
        auto space = subject_.process->address_space();
        if (!space)
            return fail(Errno::esrch);
        return Ref<vfs::File>(make_ref<OpenMemory>(at, flags, std::move(space)));
    }

private:
    Subject subject_;
};

} // namespace

Ref<vfs::Inode> memory_file(vfs::FileSystem& file_system, Subject subject, u64 node) {
    return make_ref<MemoryFile>(file_system, std::move(subject), node);
}

} // namespace proc
