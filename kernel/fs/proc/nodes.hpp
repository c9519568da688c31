// What the parts of procfs share: whom a node is about, inode numbers, and making nodes.
#pragma once

#include "kernel/process/thread.hpp"
#include "kernel/vfs/generated_file.hpp"

namespace proc {

/// The process or thread that a directory is about. `thread` is its first thread, or the thread of
/// /proc/PID/task/TID; empty when it has ended (a zombie).
struct Subject {
    Ref<process::Process> process;
    Ref<process::Thread> thread;
    void const* program = nullptr; ///< names the address space at lookup; never followed

    Pid id() const { return thread ? thread->id() : process->id(); }
};

/// ESRCH when it is gone.
Result<Subject> find_subject(Pid pid);
Result<Subject> find_thread_subject(Pid process, Pid thread);

using Generate = Result<void> (*)(Subject const& subject, TextSink& into);

/// Numbers of fixed nodes are below this; those of processes above.
constexpr u64 process_inode(Pid pid, u64 node) {
    return (static_cast<u64>(pid) << 20) + node;
}

/// Also a zombie has one.
std::string_view name_of(Subject const& subject);

/// Owned by the process's effective user.
vfs::Attributes node_attributes(Subject const& subject, u64 node, vfs::Kind kind, u32 permissions);
vfs::Attributes system_attributes(u64 node, vfs::Kind kind, u32 permissions);

/// Whether the caller may look into the process: its owner, or CAP_SYS_PTRACE. EACCES.
Result<void> check_insight(Subject const& subject, vfs::Credentials const& who);

/// What a process's memory holds in [start, end), at most a megabyte.
Result<void> write_memory(Subject const& subject, UserAddr start, UserAddr end, TextSink& into);

// The directories and files of a process.
Result<Ref<vfs::Inode>> process_directory(vfs::FileSystem& file_system, Subject subject,
                                          bool is_thread);
Ref<vfs::Inode> memory_file(vfs::FileSystem& file_system, Subject subject, u64 node);
Ref<vfs::Inode> descriptor_directory(vfs::FileSystem& file_system, Subject subject);
Ref<vfs::Inode> descriptor_info_directory(vfs::FileSystem& file_system, Subject subject);
Result<void> write_stat(Subject const& subject, TextSink& into);
Result<void> write_status(Subject const& subject, TextSink& into);
Result<void> write_statm(Subject const& subject, TextSink& into);
Result<void> write_limits(Subject const& subject, TextSink& into);
Result<void> write_maps(Subject const& subject, TextSink& into);
Result<void> write_mounts(Subject const& subject, TextSink& into);
Result<void> write_mountinfo(Subject const& subject, TextSink& into);

/// Adds the files about the system to the root.
Result<void> add_system_files(vfs::FileSystem& file_system, vfs::FixedDirectory& root);
/// /proc/sys.
Result<Ref<vfs::Inode>> settings_directory(vfs::FileSystem& file_system);

/// A pid's decimal digits, no sign or leading zero; nothing for other names.
std::optional<Pid> parse_pid(std::string_view name);

/// Hundredths of a second, the unit of times in /proc.
constexpr u64 ticks(Nanoseconds time) {
    return static_cast<u64>(time.count()) / 10'000'000;
}

} // namespace proc
