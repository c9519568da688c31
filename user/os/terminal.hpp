// Terminals: raw mode, window size, job control; and pseudo-terminals.
#pragma once

#include "abi/termios.hpp"
#include "user/os/file.hpp"

namespace os {

using uapi::Termios;
using uapi::WindowSize;

bool is_terminal(Fd fd) noexcept;

Result<Termios> terminal_settings(Fd terminal);
/// When what was written has been sent; input that was not read yet is kept.
Result<void> set_terminal_settings(Fd terminal, Termios const& settings);

/// As long as it lives, the terminal gives each key at once, without echo, line editing and
/// signals; output is as before.
class RawMode {
public:
    /// ENOTTY when it is no terminal.
    static Result<RawMode> enter(Fd terminal);

    RawMode(RawMode&& other) noexcept
        : terminal_(std::exchange(other.terminal_, Fd(-1))), before_(other.before_) {}

    RawMode& operator=(RawMode&&) = delete;

    ~RawMode() { leave(); }

    /// Restores what was before, now.
    void leave() noexcept;

private:
    RawMode(Fd terminal, Termios const& before) noexcept : terminal_(terminal), before_(before) {}

    Fd terminal_;
    Termios before_;
};

/// In characters; all 0 where nobody told the kernel.
Result<WindowSize> window_size(Fd terminal);
/// Sends SIGWINCH to the foreground when it changes.
Result<void> set_window_size(Fd terminal, WindowSize size);

/// The process group that reads from the terminal and gets its signals.
Result<Pid> foreground_group(Fd terminal);
Result<void> set_foreground_group(Fd terminal, Pid group);

/// Both ends of a new pseudo-terminal; closed on exec. What one writes the other reads, through a
/// line discipline.
struct PseudoTerminal {
    File controller;
    File terminal;
    String path; ///< of the terminal, under /dev/pts
};

/// Needs devpts at /dev/pts.
Result<PseudoTerminal> open_pseudo_terminal();

} // namespace os
