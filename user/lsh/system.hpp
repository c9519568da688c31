// What the shell needs of the system beyond the user library: descriptors, signals, terminals.
#pragma once

#include "libs/base/string.hpp"
#include "libs/base/vector.hpp"
#include "libs/shell/jobs.hpp"
#include "user/os/error.hpp"
#include "user/os/handle.hpp"
#include "user/os/process.hpp"
#include "user/os/stream.hpp"
#include "user/os/terminal.hpp"

#include <optional>

namespace lsh::system {

/// dup2(2); the copy stays open on exec.
Result<void> duplicate(Fd from, Fd to);
/// A copy at descriptor 10 or above that is closed on exec.
Result<os::Handle> duplicate_high(Fd from);
bool is_open(Fd fd);
void close(Fd fd);

/// 80 where nobody says.
usize terminal_columns(Fd terminal);
/// Bytes that a read would give now.
usize readable_bytes(Fd fd);

enum class Handling : u8 { usual, ignored, noted };

/// `noted`: noted_signals() has it from then on; it interrupts what blocks.
void handle(int signal, Handling handling);
/// How the signal was handled when the process began.
bool was_ignored(int signal);
/// The signals that came since they were asked for last; bit n is signal n.
u64 take_noted_signals();
/// Without taking them.
bool any_noted();

struct Change {
    i32 pid;
    shell::ProcessState state;
    bool dumped_core = false;
};

enum class Wait : u8 { ends, ends_or_stops, poll };

/// What happens next to a child. EINTR when a noted signal comes, ECHILD without children; nothing
/// to report for `poll`.
Result<std::optional<Change>> next_change(Wait wait);

/// execve(2); returns only an error.
Errno execute(std::string_view path, Vector<String> const& arguments,
              Vector<String> const& environment);

/// access(2) as the effective user: 4 reads, 2 writes, 1 executes.
bool may_access(std::string_view path, u32 how);

/// pid, or 0 in the child.
Result<i32> fork();
i32 process_id();
i32 parent_process_id();
u32 effective_user();
u32 effective_group();

/// False at the end of the input. EINTR when a noted signal comes.
Result<bool> read_byte(Fd fd, char& into);

} // namespace lsh::system
