// The file system and its root: fixed files, then one directory a process.
#include "kernel/fs/proc/proc.hpp"

#include "kernel/fs/proc/nodes.hpp"

namespace proc {

namespace {

constexpr u64 magic = 0x9fa0;
/// Positions of processes in the root's listing come after those of the fixed entries.
constexpr u64 first_process_position = 1000;

/// "self" and "thread-self".
class SelfLink final : public vfs::GeneratedLink {
public:
    SelfLink(vfs::FileSystem& file_system, u64 node, bool thread)
        : GeneratedLink(file_system, system_attributes(node, vfs::Kind::symbolic_link, 0777)),
          thread_(thread) {}

    Result<vfs::LinkTarget> read_link(vfs::Credentials const&) override {
        auto& self = process::Thread::current();
        int const pid = static_cast<int>(self.process().id());
        if (!thread_)
            return vfs::LinkTarget(format("{}", pid));
        return vfs::LinkTarget(format("{}/task/{}", pid, static_cast<int>(self.id())));
    }

private:
    bool thread_;
};

class FixedLink final : public vfs::GeneratedLink {
public:
    FixedLink(vfs::FileSystem& file_system, u64 node, std::string_view target)
        : GeneratedLink(file_system, system_attributes(node, vfs::Kind::symbolic_link, 0777)),
          target_(target) {}

    Result<vfs::LinkTarget> read_link(vfs::Credentials const&) override {
        return vfs::LinkTarget(String(target_));
    }

private:
    std::string_view target_;
};

class Root final : public vfs::FixedDirectory {
public:
    explicit Root(vfs::FileSystem& file_system) : FixedDirectory(file_system, 0555) {}

    Result<Ref<vfs::Inode>> lookup(std::string_view name) override {
        auto const pid = parse_pid(name);
        if (!pid)
            return FixedDirectory::lookup(name);
        auto subject = find_subject(*pid);
        if (!subject)
            return fail(Errno::enoent);
        return process_directory(file_system(), std::move(*subject), false);
    }

    /// Linux looks a name up before it refuses to make it.
    Result<Ref<vfs::Inode>> create(std::string_view, vfs::NewInode const&) override {
        return fail(Errno::enoent);
    }

    Result<void> list(vfs::DirectorySink& into, u64 from) override {
        if (from < first_process_position) {
            Bounded fixed(into);
            TRY(FixedDirectory::list(fixed, from));
            if (fixed.full)
                return {};
        }
        int next =
            from < first_process_position ? 1 : static_cast<int>(from - first_process_position);
        for (;;) {
            Pid pid{};
            {
                auto tree = process::pid_space().lock();
                auto* const process = tree->next_process(Pid{next});
                if (process == nullptr)
                    return {};
                pid = process->id();
            }
            next = static_cast<int>(pid) + 1;
            if (!into.take(format("{}", static_cast<int>(pid)), process_inode(pid, 0),
                           vfs::Kind::directory, first_process_position + static_cast<u64>(next)))
                return {};
        }
    }

private:
    /// Notes whether the sink filled up among the fixed entries.
    struct Bounded final : vfs::DirectorySink {
        explicit Bounded(vfs::DirectorySink& sink) : into(sink) {}

        bool take(std::string_view name, u64 inode, vfs::Kind kind, u64 next) override {
            full = full || !into.take(name, inode, kind, next);
            return !full;
        }

        vfs::DirectorySink& into;
        bool full = false;
    };
};

class ProcFs final : public vfs::FileSystem {
public:
    std::string_view type() const override { return "proc"; }

    Result<Ref<vfs::Inode>> root() override {
        auto root = make_ref<Root>(*this);
        TRY(add_system_files(*this, *root));
        root->add("self", make_ref<SelfLink>(*this, next_inode_number(), false));
        root->add("thread-self", make_ref<SelfLink>(*this, next_inode_number(), true));
        root->add("mounts", make_ref<FixedLink>(*this, next_inode_number(), "self/mounts"));
        root->add("sys", TRY(settings_directory(*this)));
        return Ref<vfs::Inode>(std::move(root));
    }

    vfs::Statistics statistics() override { return {.magic = magic}; }
};

Result<Ref<vfs::FileSystem>> mount(vfs::MountRequest const&) {
    return Ref<vfs::FileSystem>(make_ref<ProcFs>());
}

} // namespace

constinit vfs::FileSystemType const type{.name = "proc", .mount = mount};

} // namespace proc
