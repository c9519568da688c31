// /proc/PID and /proc/PID/task/TID: the names in them, and the links to executable, cwd and root.
#include "kernel/fs/proc/nodes.hpp"

#include <charconv>

namespace proc {

namespace {

using Store = Result<void> (*)(Subject const& subject, std::string_view text);

struct FileEntry {
    std::string_view name;
    u32 permissions;
    Generate generate;
    Store store = nullptr;
};

class ProcessFile final : public vfs::GeneratedFile {
public:
    ProcessFile(vfs::FileSystem& file_system, Subject subject, u64 node, FileEntry const& entry)
        : GeneratedFile(file_system,
                        node_attributes(subject, node, vfs::Kind::regular, entry.permissions)),
          subject_(std::move(subject)),
          entry_(entry) {}

    Result<void> generate(TextSink& into) override { return entry_.generate(subject_, into); }

    Result<void> store(std::string_view text) override {
        return entry_.store != nullptr ? entry_.store(subject_, text) : fail(Errno::einval);
    }

    Result<void> set_attributes(vfs::AttributeChange const& change) override {
        if (change.permissions)
            return fail(Errno::eperm);
        return GeneratedFile::set_attributes(change);
    }

private:
    Subject subject_;
    FileEntry const& entry_;
};

Result<void> write_cmdline(Subject const& subject, TextSink& into) {
    auto const layout = subject.process->layout();
    return write_memory(subject, layout.arguments_start, layout.arguments_end, into);
}

/// Of the program that ran when the file was looked up: after an execve there is nothing to read.
Result<void> write_environ(Subject const& subject, TextSink& into) {
    if (subject.process->address_space().raw() != subject.program)
        return {};
    TRY(check_insight(subject, *process::Thread::current().credentials()));
    auto const layout = subject.process->layout();
    return write_memory(subject, layout.environment_start, layout.environment_end, into);
}

Result<void> write_auxv(Subject const& subject, TextSink& into) {
    TRY(check_insight(subject, *process::Thread::current().credentials()));
    auto const layout = subject.process->layout();
    return write_memory(subject, layout.auxiliary_start, layout.auxiliary_end, into);
}

Result<void> write_comm(Subject const& subject, TextSink& into) {
    format_to(into, "{}\n", name_of(subject));
    return {};
}

Result<void> write_oom_score_adj(Subject const& subject, TextSink& into) {
    format_to(into, "{}\n", subject.process->oom_adjustment.load());
    return {};
}

Result<void> store_comm(Subject const& subject, std::string_view text) {
    if (&process::Thread::current().process() != subject.process.raw() || !subject.thread)
        return fail(Errno::einval);
    constexpr usize longest = 15;
    subject.thread->set_name(text.substr(0, text.find('\n')).substr(0, longest));
    return {};
}

Result<void> store_oom_score_adj(Subject const& subject, std::string_view text) {
    constexpr i32 most = 1000;
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.remove_suffix(1);
    i32 wanted = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), wanted);
    if (failure != std::errc() || end != text.data() + text.size() || wanted < -most ||
        wanted > most)
        return fail(Errno::einval);
    auto const who = process::Thread::current().credentials();
    if (wanted < subject.process->oom_adjustment.load() && !who->has(vfs::Capability::sys_resource))
        return fail(Errno::eacces);
    subject.process->oom_adjustment.store(wanted);
    return {};
}

/// Nothing here says in which function a thread sleeps.
Result<void> write_wchan(Subject const&, TextSink& into) {
    into.write("0");
    return {};
}

Result<void> write_personality(Subject const& subject, TextSink& into) {
    TRY(check_insight(subject, *process::Thread::current().credentials()));
    format_to(into, "{:08x}\n", subject.process->personality.load());
    return {};
}

/// As Linux without cgroups mounted anywhere: one unified hierarchy, at its root.
Result<void> write_cgroup(Subject const&, TextSink& into) {
    into.write("0::/\n");
    return {};
}

constexpr FileEntry files[] = {
    {"auxv", 0400, write_auxv},
    {"cgroup", 0444, write_cgroup},
    {"cmdline", 0444, write_cmdline},
    {"comm", 0644, write_comm, store_comm},
    {"environ", 0400, write_environ},
    {"limits", 0444, write_limits},
    {"maps", 0444, write_maps},
    {"mountinfo", 0444, write_mountinfo},
    {"mounts", 0444, write_mounts},
    {"oom_score_adj", 0644, write_oom_score_adj, store_oom_score_adj},
    {"personality", 0400, write_personality},
    {"stat", 0444, write_stat},
    {"statm", 0444, write_statm},
    {"status", 0444, write_status},
    {"wchan", 0444, write_wchan},
};

/// "exe", "cwd", "root": links that jump to the place itself.
class PlaceLink final : public vfs::GeneratedLink {
public:
    enum class Which { executable, cwd, root };

    PlaceLink(vfs::FileSystem& file_system, Subject subject, u64 node, Which which)
        : GeneratedLink(file_system,
                        node_attributes(subject, node, vfs::Kind::symbolic_link, 0777)),
          subject_(std::move(subject)),
          which_(which) {}

    Result<vfs::LinkTarget> read_link(vfs::Credentials const& who) override {
        TRY(check_insight(subject_, who));
        vfs::Place place;
        if (which_ == Which::executable) {
            if (auto const file = subject_.process->executable())
                place = file->place();
        } else if (subject_.thread) {
            auto const context = subject_.thread->shared_fs();
            if (context)
                place = which_ == Which::cwd ? context->cwd() : context->root();
        }
        if (!place)
            return fail(Errno::enoent);
        String text = vfs::path_of(place, process::Thread::current().fs().root());
        return vfs::LinkTarget(std::move(text), std::move(place));
    }

private:
    Subject subject_;
    Which which_;
};

struct LinkEntry {
    std::string_view name;
    PlaceLink::Which which;
};

constexpr LinkEntry links[] = {
    {"cwd", PlaceLink::Which::cwd},
    {"exe", PlaceLink::Which::executable},
    {"root", PlaceLink::Which::root},
};

/// /proc/PID/task.
class TaskDirectory final : public vfs::GeneratedDirectory {
public:
    TaskDirectory(vfs::FileSystem& file_system, Subject subject, u64 node)
        : GeneratedDirectory(file_system,
                             node_attributes(subject, node, vfs::Kind::directory, 0555)),
          subject_(std::move(subject)) {}

    Result<Ref<vfs::Inode>> lookup(std::string_view name) override {
        auto const pid = parse_pid(name);
        if (!pid)
            return fail(Errno::enoent);
        auto thread = find_thread_subject(subject_.process->id(), *pid);
        if (!thread)
            return fail(Errno::enoent);
        return process_directory(file_system(), std::move(*thread), true);
    }

    Result<void> list(vfs::DirectorySink& into, u64 from) override {
        Vector<Pid> threads;
        {
            auto tree = process::pid_space().lock();
            for (auto* thread = subject_.process->first_thread; thread != nullptr;
                 thread = thread->next_in_process)
                threads.push_back(thread->id());
        }
        for (u64 i = from - 2; i < threads.size(); ++i)
            if (!into.take(format("{}", static_cast<int>(threads[i])), process_inode(threads[i], 0),
                           vfs::Kind::directory, i + 3))
                break;
        return {};
    }

private:
    Subject subject_;
};

/// Positions: 2.. the files, then "mem", the links, and the directories.
class ProcessDirectory final : public vfs::GeneratedDirectory {
public:
    ProcessDirectory(vfs::FileSystem& file_system, Subject subject, bool is_thread)
        : GeneratedDirectory(file_system, node_attributes(subject, 0, vfs::Kind::directory, 0555)),
          subject_(std::move(subject)),
          directories_(is_thread ? 2 : 3) {}

    Result<Ref<vfs::Inode>> lookup(std::string_view name) override {
        for (usize i = 0; i < entries(); ++i)
            if (name_of(i) == name)
                return make(i);
        return fail(Errno::enoent);
    }

    Result<void> list(vfs::DirectorySink& into, u64 from) override {
        for (u64 i = from - 2; i < entries(); ++i)
            if (!into.take(name_of(i), process_inode(subject_.id(), i + 1), kind_of(i), i + 3))
                break;
        return {};
    }

private:
    static constexpr usize memory = std::size(files);
    static constexpr usize first_link = memory + 1;
    static constexpr usize first_directory = first_link + std::size(links);
    static constexpr std::string_view directory_names[] = {"fd", "fdinfo", "task"};

    usize entries() const { return first_directory + directories_; }

    static std::string_view name_of(usize i) {
        if (i < memory)
            return files[i].name;
        if (i == memory)
            return "mem";
        return i < first_directory ? links[i - first_link].name
                                   : directory_names[i - first_directory];
    }

    static vfs::Kind kind_of(usize i) {
        if (i < first_link)
            return vfs::Kind::regular;
        return i < first_directory ? vfs::Kind::symbolic_link : vfs::Kind::directory;
    }

    Result<Ref<vfs::Inode>> make(usize i) {
        if (i < memory)
            return Ref<vfs::Inode>(make_ref<ProcessFile>(file_system(), subject_, i + 1, files[i]));
        if (i == memory)
            return memory_file(file_system(), subject_, i + 1);
        if (i < first_directory)
            return Ref<vfs::Inode>(
                make_ref<PlaceLink>(file_system(), subject_, i + 1, links[i - first_link].which));
        if (i == first_directory)
            return descriptor_directory(file_system(), subject_);
        if (i == first_directory + 1)
            return descriptor_info_directory(file_system(), subject_);
        return Ref<vfs::Inode>(make_ref<TaskDirectory>(file_system(), subject_, i + 1));
    }

    Subject subject_;
    usize directories_;
};

} // namespace

Result<Ref<vfs::Inode>> process_directory(vfs::FileSystem& file_system, Subject subject,
                                          bool is_thread) {
    return Ref<vfs::Inode>(make_ref<ProcessDirectory>(file_system, std::move(subject), is_thread));
}

} // namespace proc
