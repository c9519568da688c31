// ioctl(2) on terminals: settings, size, foreground group, session.
#include "kernel/terminal/terminal.hpp"

namespace terminal {

using namespace uapi::termios;

namespace {

template <class T>
Result<T> copy_in(UserAddr from) {
    T value{};
    mem::Source source({from, sizeof value});
    if (TRY(source.read(writable_object_bytes(value))) != sizeof value)
        return fail(Errno::efault);
    return value;
}

template <class T>
Result<i64> copy_out(UserAddr to, T const& value) {
    mem::Sink sink({to, sizeof value});
    if (TRY(sink.write(object_bytes(value))) != sizeof value)
        return fail(Errno::efault);
    return 0;
}

} // namespace

void Terminal::set_settings(uapi::Termios const& settings) {
    state_.lock()->discipline.set_settings(settings);
}

Result<i64> Terminal::control(u32 command, UserAddr argument) {
    if (is_hung_up())
        return fail(command == tiocspgrp ? Errno::enotty : Errno::eio);
    switch (command) {
    case tcgets:
    case tcgets2:
    case tcsets:
    case tcsetsw:
    case tcsetsf:
    case tcsets2:
    case tcsetsw2:
    case tcsetsf2:
        return control_settings(command, argument);
    case tiocgpgrp:
    case tiocspgrp:
    case tiocgsid:
    case tiocsctty:
    case tiocnotty:
        return control_session(command, argument);
    case tiocgwinsz:
        return copy_out(argument, uapi::WindowSize(state_.lock()->size));
    case tiocswinsz:
        set_window_size(TRY(copy_in<uapi::WindowSize>(argument)));
        return 0;
    case fionread:
        return copy_out(argument, static_cast<i32>(state_.lock()->discipline.available()));
    case tiocoutq: {
        i32 unsent = 0;
        {
            auto state = state_.lock();
            unsent = static_cast<i32>(output_.unsent());
        }
        return copy_out(argument, unsent);
    }
    case tiocgetd:
        return copy_out(argument, i32{0}); // N_TTY, the only one
    case tiocsti: {
        // As if it had been typed, by whoever may.
        auto const own = job_control() != nullptr ? job_control()->controlling_terminal() : nullptr;
        if (own.raw() != this && !job_control()->may_type_for_others())
            return fail(Errno::eperm);
        auto const typed = TRY(copy_in<std::byte>(argument));
        receive(ConstBytes(&typed, 1));
        return 0;
    }
    case tcsbrk:
    case tcsbrkp:
        TRY(check_changer());
        TRY(drain());
        return 0; // a break condition (argument 0) has no meaning on these devices
    case tcflsh:
        TRY(check_changer());
        return flush(argument.value());
    case tcxonc:
        TRY(check_changer());
        return flow(argument.value());
    case tiocexcl:
    case tiocnxcl:
        state_.lock()->exclusive = command == tiocexcl;
        return 0;
    default:
        return fail(Errno::enotty);
    }
}

Result<i64> Terminal::control_settings(u32 command, UserAddr argument) {
    if (command == tcgets)
        return copy_out(argument, uapi::Termios(state_.lock()->discipline.settings()));
    if (command == tcgets2)
        return copy_out(argument, uapi::Termios2{.base = state_.lock()->discipline.settings()});

    bool const second = command == tcsets2 || command == tcsetsw2 || command == tcsetsf2;
    auto const wanted = second ? TRY(copy_in<uapi::Termios2>(argument))
    .base : TRY(copy_in<uapi::Termios>(argument));
    TRY(check_changer());
    if (command != tcsets && command != tcsets2)
        TRY(drain());
    {
        auto state = state_.lock();
        if (command == tcsetsf || command == tcsetsf2)
            state->discipline.flush_input();
        state->discipline.set_settings(wanted);
    }
    input_queue_.wake_all(); // what is readable may have changed
    return 0;
}

Result<i64> Terminal::control_session(u32 command, UserAddr argument) {
    JobControl* const control = job_control();
    if (control == nullptr)
        return fail(Errno::enotty);
    if (command == tiocsctty)
        return take_session(argument.value() == 1);

    if (control->controlling_terminal().raw() != this)
        return fail(Errno::enotty);
    switch (command) {
    case tiocgpgrp:
        return copy_out(argument, static_cast<i32>(foreground()));
    case tiocgsid:
        return copy_out(argument, static_cast<i32>(session()));
    case tiocnotty:
        if (control->is_session_leader()) {
            Pid const left = control->session();
            control->set_controlling_terminal(left, nullptr);
            release_session(left);
        }
        return 0;
    default: {
        auto const group = static_cast<Pid>(TRY(copy_in<i32>(argument)));
        TRY(check_changer());
        if (static_cast<int>(group) < 0)
            return fail(Errno::einval);
        if (!control->is_known(group))
            return fail(Errno::esrch);
        if (!control->group_in_session(group, control->session()))
            return fail(Errno::eperm);
        state_.lock()->foreground = group;
        return 0;
    }
    }
}

Result<i64> Terminal::take_session(bool steal) {
    JobControl& control = *job_control();
    Pid const mine = control.session();
    if (control.is_session_leader() && session() == mine)
        return 0;
    if (!control.is_session_leader() || control.controlling_terminal())
        return fail(Errno::eperm);
    Pid robbed{};
    {
        auto state = state_.lock();
        if (state->session != Pid{} && !steal)
            return fail(Errno::eperm);
        robbed = std::exchange(state->session, mine);
        state->foreground = control.group();
    }
    if (robbed != Pid{})
        control.set_controlling_terminal(robbed, nullptr);
    control.set_controlling_terminal(mine, Ref<Terminal>::share(this));
    return 0;
}

Result<i64> Terminal::flush(u64 what) {
    if (what > 2)
        return fail(Errno::einval);
    auto state = state_.lock();
    if (what != 1)
        state->discipline.flush_input();
    if (what != 0)
        state->unshown.clear();
    return 0;
}

Result<i64> Terminal::flow(u64 what) {
    switch (what) {
    case 0: // TCOOFF
    case 1: // TCOON
        state_.lock()->discipline.set_stopped(what == 0);
        output_queue_.wake_all();
        return 0;
    case 2: // TCIOFF: send the stop character
    case 3: // TCION
    {
        auto state = state_.lock();
        u8 const character = state->discipline.settings().characters[what == 2 ? vstop : vstart];
        if (character != 0)
            output_.write(object_bytes(character));
        return 0;
    }
    default:
        return fail(Errno::einval);
    }
}

} // namespace terminal
