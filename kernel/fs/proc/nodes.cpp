// Subjects and the small pieces that all of procfs uses.
#include "kernel/fs/proc/nodes.hpp"

#include "kernel/process/trace.hpp"

#include <algorithm>
#include <charconv>

namespace proc {

Result<Subject> find_subject(Pid pid) {
    Subject subject;
    auto tree = process::pid_space().lock();
    process::Process* const found = tree->process(pid);
    if (found == nullptr)
        return fail(Errno::esrch);
    subject.program = found->address_space().raw();
    subject.process = Ref<process::Process>::share(found);
    subject.thread = Ref<process::Thread>::share(found->first_thread);
    return subject;
}

Result<Subject> find_thread_subject(Pid process, Pid thread) {
    Subject subject;
    auto tree = process::pid_space().lock();
    process::Thread* const found = tree->thread(thread);
    if (found == nullptr || found->process().id() != process)
        return fail(Errno::esrch);
    subject.program = found->process().address_space().raw();
    subject.process = Ref<process::Process>::share(&found->process());
    subject.thread = Ref<process::Thread>::share(found);
    return subject;
}

vfs::Attributes system_attributes(u64 node, vfs::Kind kind, u32 permissions) {
    Nanoseconds const now = vfs::wall_now();
    return {.inode = node,
            .kind = kind,
            .permissions = permissions,
            .links = kind == vfs::Kind::directory ? 2u : 1u,
            .block_size = 1024,
            .accessed = now,
            .modified = now,
            .changed = now,
            .born = now};
}

vfs::Attributes node_attributes(Subject const& subject, u64 node, vfs::Kind kind, u32 permissions) {
    auto attributes = system_attributes(process_inode(subject.id(), node), kind, permissions);
    // What must not be looked into belongs to root; that directories are for all does no harm.
    if (subject.process->dumpable.load() || (kind == vfs::Kind::directory && permissions == 0555)) {
        auto const credentials = subject.process->credentials();
        attributes.uid = credentials->euid;
        attributes.gid = credentials->egid;
    }
    return attributes;
}

Result<void> check_insight(Subject const& subject, vfs::Credentials const& who) {
    return process::may_inspect(*subject.process, who) ? Result<void>() : fail(Errno::eacces);
}

Result<void> write_memory(Subject const& subject, UserAddr start, UserAddr end, TextSink& into) {
    static constexpr u64 most = 1_MiB;
    auto const space = subject.process->address_space();
    if (!space || end <= start)
        return {};
    u64 left = std::min(end - start, most);
    while (left != 0) {
        std::byte chunk[256];
        usize const copied =
            space->copy_in(Bytes(chunk).first(std::min<u64>(left, sizeof chunk)), start);
        if (copied == 0)
            break;
        into.write(text_of(ConstBytes(chunk).first(copied)));
        start += copied;
        left -= copied;
    }
    return {};
}

std::optional<Pid> parse_pid(std::string_view name) {
    int number = 0;
    auto const [end, failure] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (failure != std::errc() || end != name.data() + name.size() || number <= 0 ||
        name.front() == '0')
        return std::nullopt;
    return Pid{number};
}

} // namespace proc
