// Terminals as files: open files on them, their nodes, /dev/tty and /dev/console.
#include "kernel/terminal/pty.hpp"
#include "kernel/terminal/terminal.hpp"
#include "kernel/vfs/devices.hpp"
#include "libs/base/lazy.hpp"
#include "libs/base/scope.hpp"

namespace terminal {

namespace {

/// A terminal that somebody has open.
class OpenTerminal {
public:
    explicit OpenTerminal(Ref<Terminal> terminal) : terminal_(std::move(terminal)) {
        terminal_->add_user();
    }

    OpenTerminal(OpenTerminal const&) = delete;
    OpenTerminal& operator=(OpenTerminal const&) = delete;

    ~OpenTerminal() {
        insist([this] { terminal_->remove_user(); });
    }

    Terminal* operator->() const { return terminal_.operator->(); }

private:
    Ref<Terminal> terminal_;
};

class TerminalFile final : public vfs::File {
public:
    TerminalFile(vfs::Place place, vfs::OpenFlags flags, Ref<Terminal> terminal)
        : File(std::move(place), flags), terminal_(std::move(terminal)) {}

    bool is_stream() const override { return true; }

    Result<i64> control(u32 command, UserAddr argument) override {
        return terminal_->control(command, argument);
    }

    vfs::PollEvents poll(vfs::PollWaiter* waiter) override { return terminal_->poll(waiter); }

protected:
    Result<usize> read_bytes(mem::Sink& into, u64) override {
        return terminal_->read(into, nonblocking());
    }

    Result<Written> write_bytes(mem::Source& from, u64) override {
        usize const written = TRY(terminal_->write(from, nonblocking()));
        return Written{written, 0};
    }

private:
    OpenTerminal terminal_;
};

/// One name of a terminal; the name and the terminal live for ever.
struct Entry {
    vfs::DeviceNumber number;
    String name;
    Ref<Terminal> terminal;
};

struct Registry {
    Vector<Entry> entries;
    Ref<Terminal> console;
};

/// An entry is there or is not, also after a bug.
struct Terminals : Lazy<Registry> {
    bool recover() const { return true; }
};

constinit ksync::SleepLocked<Terminals, ksync::Rank::device_list> registry;

Result<Ref<vfs::File>> open_registered(vfs::DeviceNumber number, vfs::Place const& place,
                                       vfs::OpenFlags flags) {
    Ref<Terminal> found;
    {
        auto known = registry.lock();
        for (auto const& entry : (*known)->entries)
            if (entry.number == number)
                found = entry.terminal;
    }
    if (!found)
        return fail(Errno::enxio);
    return open_terminal(found, place, flags);
}

Result<void> add_entry(vfs::DeviceNumber number, std::string_view name, Ref<Terminal> terminal,
                       u32 permissions) {
    (*registry.lock())->entries.push_back({number, String(name), std::move(terminal)});
    return vfs::register_character_device(number.major, number.minor, name, open_registered,
                                          permissions);
}

Result<Ref<vfs::File>> open_console(vfs::DeviceNumber, vfs::Place const& place,
                                    vfs::OpenFlags flags) {
    Ref<Terminal> console = (*registry.lock())->console;
    if (!console)
        return fail(Errno::enodev);
    // As on Linux, opening the console does not make it a controlling terminal.
    return open_terminal(console, place, flags | uapi::Open::no_controlling_terminal);
}

Result<Ref<vfs::File>> open_own(vfs::DeviceNumber, vfs::Place const& place, vfs::OpenFlags flags) {
    Ref<Terminal> own = job_control() != nullptr ? job_control()->controlling_terminal() : nullptr;
    if (!own)
        return fail(Errno::enxio);
    return open_terminal(own, place, flags);
}

} // namespace

Result<Ref<vfs::File>> open_terminal(Ref<Terminal> const& terminal, vfs::Place const& place,
                                     vfs::OpenFlags flags) {
    Ref<vfs::File> file = make_ref<TerminalFile>(place, flags, terminal);
    if (!flags.has(uapi::Open::no_controlling_terminal))
        terminal->adopt_by_opening();
    return file;
}

Result<void> register_terminal(Ref<Terminal> terminal, u32 permissions) {
    auto const number = terminal->number();
    auto const name = terminal->name();
    return add_entry(number, name, std::move(terminal), permissions);
}

Result<void> register_alias(vfs::DeviceNumber number, std::string_view name,
                            Ref<Terminal> terminal) {
    return add_entry(number, name, std::move(terminal), 0620);
}

Ref<Terminal> find_terminal(std::string_view name) {
    auto known = registry.lock();
    for (auto const& entry : (*known)->entries)
        if (entry.name.view() == name)
            return entry.terminal;
    return {};
}

void set_console(Ref<Terminal> terminal) {
    (*registry.lock())->console = std::move(terminal);
}

Result<void> register_devices() {
    TRY(vfs::register_character_device(5, 0, "tty", open_own, 0666));
    TRY(vfs::register_character_device(5, 1, "console", open_console, 0600));
    return register_ptys();
}

} // namespace terminal
