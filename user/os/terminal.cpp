// Terminals.
#include "user/os/terminal.hpp"

namespace os {

using core::call;
using core::Syscall;
namespace termios = uapi::termios;

bool is_terminal(Fd fd) noexcept {
    return terminal_settings(fd).has_value();
}

Result<Termios> terminal_settings(Fd terminal) {
    Termios settings;
    TRY(succeeded(call(Syscall::ioctl, terminal, termios::tcgets, &settings)));
    return settings;
}

Result<void> set_terminal_settings(Fd terminal, Termios const& settings) {
    return succeeded(call(Syscall::ioctl, terminal, termios::tcsetsw, &settings));
}

Result<RawMode> RawMode::enter(Fd terminal) {
    auto const before = TRY(terminal_settings(terminal));
    Termios raw = before;
    raw.input &=
        ~(termios::brkint | termios::icrnl | termios::inpck | termios::istrip | termios::ixon);
    raw.local &= ~(termios::echo | termios::icanon | termios::iexten | termios::isig);
    raw.characters[termios::vmin] = 1;
    raw.characters[termios::vtime] = 0;
    TRY(set_terminal_settings(terminal, raw));
    return RawMode(terminal, before);
}

void RawMode::leave() noexcept {
    auto const terminal = std::exchange(terminal_, Fd(-1));
    if (terminal != Fd(-1))
        (void)set_terminal_settings(terminal, before_);
}

Result<WindowSize> window_size(Fd terminal) {
    WindowSize size;
    TRY(succeeded(call(Syscall::ioctl, terminal, termios::tiocgwinsz, &size)));
    return size;
}

Result<void> set_window_size(Fd terminal, WindowSize size) {
    return succeeded(call(Syscall::ioctl, terminal, termios::tiocswinsz, &size));
}

Result<Pid> foreground_group(Fd terminal) {
    int group = 0;
    TRY(succeeded(call(Syscall::ioctl, terminal, termios::tiocgpgrp, &group)));
    return Pid(group);
}

Result<void> set_foreground_group(Fd terminal, Pid group) {
    return succeeded(call(Syscall::ioctl, terminal, termios::tiocspgrp, &group));
}

Result<PseudoTerminal> open_pseudo_terminal() {
    Flags<Open> const flags = Open::read_write | Flags(Open::no_controlling_terminal);
    PseudoTerminal both;
    both.controller = TRY(File::open("/dev/ptmx", flags));
    int const unlocked = 0;
    int number = 0;
    Fd const fd = both.controller.fd();
    TRY(succeeded(call(Syscall::ioctl, fd, termios::tiocsptlck, &unlocked)));
    TRY(succeeded(call(Syscall::ioctl, fd, termios::tiocgptn, &number)));
    both.path = format("/dev/pts/{}", number);
    both.terminal = TRY(File::open(both.path, flags));
    return both;
}

} // namespace os
