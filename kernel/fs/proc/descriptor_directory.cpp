// /proc/PID/fd and /proc/PID/fdinfo.
#include "kernel/fs/proc/nodes.hpp"

namespace proc {

namespace {

/// Nodes of descriptors are numbered from here within a process.
constexpr u64 link_nodes = 0x1000;
constexpr u64 info_nodes = 0x80000;

Result<Ref<vfs::File>> find_file(Subject const& subject, Fd fd) {
    auto const table = subject.thread ? subject.thread->shared_files() : nullptr;
    if (!table)
        return fail(Errno::enoent);
    auto file = table->find_any(fd);
    if (!file)
        return fail(Errno::enoent);
    return file;
}

class DescriptorLink final : public vfs::GeneratedLink {
public:
    DescriptorLink(vfs::FileSystem& file_system, Subject subject, Fd fd, u32 permissions)
        : GeneratedLink(file_system, node_attributes(subject, link_nodes + static_cast<u64>(fd),
                                                     vfs::Kind::symbolic_link, permissions)),
          subject_(std::move(subject)),
          fd_(fd) {}

    Result<vfs::LinkTarget> read_link(vfs::Credentials const& who) override {
        TRY(check_insight(subject_, who));
        auto const file = TRY(find_file(subject_, fd_));
        String text = vfs::path_of(file->place(), process::Thread::current().fs().root());
        return vfs::LinkTarget(std::move(text), file->place());
    }

private:
    Subject subject_;
    Fd fd_;
};

class DescriptorInfo final : public vfs::GeneratedFile {
public:
    DescriptorInfo(vfs::FileSystem& file_system, Subject subject, Fd fd)
        : GeneratedFile(file_system, node_attributes(subject, info_nodes + static_cast<u64>(fd),
                                                     vfs::Kind::regular, 0400)),
          subject_(std::move(subject)),
          fd_(fd) {}

    Result<void> generate(TextSink& into) override {
        auto const file = TRY(find_file(subject_, fd_));
        format_to(into, "pos:\t{}\nflags:\t0{:o}\nmnt_id:\t{}\nino:\t{}\n", file->offset(),
                  file->flags().bits(), file->place().mount ? file->place().mount->id() : 0,
                  file->inode().number());
        return {};
    }

private:
    Subject subject_;
    Fd fd_;
};

/// Both directories: the numbers are the same, what they name differs.
class Descriptors final : public vfs::GeneratedDirectory {
public:
    enum class What { links, information };

    Descriptors(vfs::FileSystem& file_system, Subject subject, What what)
        : GeneratedDirectory(file_system,
                             node_attributes(subject, what == What::links ? 0x100 : 0x101,
                                             vfs::Kind::directory,
                                             what == What::links ? 0500 : 0555)),
          subject_(std::move(subject)),
          what_(what) {}

    Result<Ref<vfs::Inode>> lookup(std::string_view name) override {
        auto const number = name == "0" ? Pid{0} : parse_pid(name).value_or(Pid{-1});
        Fd const fd{static_cast<int>(number)};
        if (static_cast<int>(fd) < 0)
            return fail(Errno::enoent);
        auto const file = TRY(find_file(subject_, fd));
        if (what_ == What::information)
            return Ref<vfs::Inode>(make_ref<DescriptorInfo>(file_system(), subject_, fd));
        u32 const permissions = (file->readable() ? 0500 : 0) | (file->writable() ? 0300 : 0);
        return Ref<vfs::Inode>(make_ref<DescriptorLink>(file_system(), subject_, fd, permissions));
    }

    Result<void> list(vfs::DirectorySink& into, u64 from) override {
        TRY(check_insight(subject_, *process::Thread::current().credentials()));
        auto const table = subject_.thread ? subject_.thread->shared_files() : nullptr;
        if (!table)
            return {};
        u64 const base = what_ == What::links ? link_nodes : info_nodes;
        for (int next = static_cast<int>(from - 2);;) {
            auto const used = table->next_used(next);
            if (!used)
                return {};
            u64 const number = static_cast<u64>(used->number);
            next = static_cast<int>(number) + 1;
            if (!into.take(format("{}", number), process_inode(subject_.id(), base + number),
                           what_ == What::links ? vfs::Kind::symbolic_link : vfs::Kind::regular,
                           number + 3))
                return {};
        }
    }

private:
    Subject subject_;
    What what_;
};

} // namespace

Ref<vfs::Inode> descriptor_directory(vfs::FileSystem& file_system, Subject subject) {
    return make_ref<Descriptors>(file_system, std::move(subject), Descriptors::What::links);
}

Ref<vfs::Inode> descriptor_info_directory(vfs::FileSystem& file_system, Subject subject) {
    return make_ref<Descriptors>(file_system, std::move(subject), Descriptors::What::information);
}

} // namespace proc
