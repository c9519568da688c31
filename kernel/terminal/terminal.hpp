// A terminal: a line discipline between a device and the programs that read and write it.
#pragma once

#include "kernel/sync/wait_queue.hpp"
#include "kernel/task/scheduler.hpp"
#include "kernel/terminal/job_control.hpp"
#include "kernel/vfs/file.hpp"
#include "libs/tty/line_discipline.hpp"

namespace terminal {

using vfs::operator|; // of the event flags

/// The device under a terminal. All calls come with the terminal's lock held and must not sleep.
class Output {
public:
    /// Takes as much as fits now. When it took less, it calls Terminal::writable() later.
    virtual usize write(ConstBytes bytes) = 0;
    /// Bytes that write() would take now.
    virtual usize room() = 0;

    /// Bytes taken but not yet shown; for tcdrain().
    virtual usize unsent() { return 0; }

    /// Readers took input, so receive() may accept what it refused.
    virtual void input_wanted() {}

    /// From now on the kernel's log is shown here, too. Devices that the log reaches by itself have
    /// nothing to do.
    virtual void show_log() {}

    /// How many open files there are now.
    virtual void users_changed(u32) {}

protected:
    ~Output() = default;
};

class Terminal : public RefCounted {
public:
    /// `name` as ttyname() would say it, below /dev: "hvc0".
    Terminal(vfs::DeviceNumber number, std::string_view name, Output& output);

    vfs::DeviceNumber number() const { return number_; }

    std::string_view name() const { return name_; }

    // The device's side.

    /// Input; returns how many bytes were accepted (the rest is for later, see input_wanted()).
    /// Thread context: echoes, and sends signals to the foreground group.
    usize receive(ConstBytes input);

    /// The device has room again. Any context.
    void writable() noexcept;

    void show_log() { output_.show_log(); }

    /// The device is gone: reads end, writes fail with EIO, the session gets SIGHUP.
    void hang_up();
    /// Sends SIGWINCH to the foreground group if it changed.
    void set_window_size(uapi::WindowSize size);

    // The programs' side. Job control applies to the caller.

    Result<usize> read(mem::Sink& into, bool nonblocking);
    Result<usize> write(mem::Source& from, bool nonblocking);
    Result<i64> control(u32 command, UserAddr argument);
    vfs::PollEvents poll(vfs::PollWaiter* waiter);
    void add_user();
    void remove_user() noexcept;

    // Sessions.

    /// Makes it the caller's controlling terminal if the caller is a session leader without one and
    /// nobody else has it; otherwise does nothing.
    void adopt_by_opening();
    /// The session's leader exits or gives it up: hangs up on the foreground group.
    void release_session(Pid session);
    Pid session();
    Pid foreground();

protected:
    /// Before anybody uses it.
    void set_settings(uapi::Termios const& settings);

    /// What programs wait on; a pty's master end wakes and watches them, too.
    ksync::WaitQueue input_queue_;
    ksync::WaitQueue output_queue_;

private:
    struct State {
        tty::LineDiscipline discipline;
        uapi::WindowSize size;
        Pid session{};
        Pid foreground{};
        u32 users = 0;
        bool hung_up = false;
        bool exclusive = false;
        Vector<std::byte> unshown; ///< echo that the device had no room for

        /// After a bug in the middle of a change: forgets what was typed and not shown.
        bool recover();
    };

    using Lock = ksync::SleepLocked<State, ksync::Rank::tty>;
    class InputEffects;

    bool is_hung_up();
    Result<void> check_reader();
    /// For changes by a background group; `always` also where TOSTOP is not set.
    Result<void> check_changer();
    Result<usize> read_line(mem::Sink& into, bool nonblocking);
    Result<usize> read_raw(mem::Sink& into, bool nonblocking);
    Result<void> write_chunk(ConstBytes chunk, bool nonblocking, usize& shown);
    Result<void> drain();
    Result<i64> control_settings(u32 command, UserAddr argument);
    Result<i64> control_session(u32 command, UserAddr argument);
    Result<i64> take_session(bool steal);
    Result<i64> flush(u64 what);
    Result<i64> flow(u64 what);
    void show_unshown(State& state);
    static void show_unshown_later(void* self);

    vfs::DeviceNumber const number_;
    String const name_;
    Output& output_;
    Lock state_;
    Atomic<bool> echo_waits_{false}; ///< State::unshown may hold something
    Atomic<bool> showing_later_{false};
    task::DeferredWork show_later_{show_unshown_later, this};
};

/// Gives the terminal its node in /dev and lets it be opened. EBUSY when the number is taken.
Result<void> register_terminal(Ref<Terminal> terminal, u32 permissions = 0600);
/// A further node and name for a registered terminal. EBUSY when the number is taken.
Result<void> register_alias(vfs::DeviceNumber number, std::string_view name,
                            Ref<Terminal> terminal);
/// By its name or alias below /dev; empty when nobody registered it.
Ref<Terminal> find_terminal(std::string_view name);
/// What /dev/console leads to, and what PID 1 starts with.
void set_console(Ref<Terminal> terminal);
/// /dev/tty, /dev/console, /dev/ptmx.
Result<void> register_devices();

/// An open file on `terminal`, becoming the caller's controlling terminal as open(2) says.
Result<Ref<vfs::File>> open_terminal(Ref<Terminal> const& terminal, vfs::Place const& place,
                                     vfs::OpenFlags flags);

} // namespace terminal
