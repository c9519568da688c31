// What daemons share.
#include "user/daemons/daemons.hpp"

#include "user/os/process.hpp"
#include "user/os/time.hpp"

#include <array>

namespace daemons {
namespace {

constinit os::File ready;

void fork_and_leave() {
    auto const child = os::fork();
    if (!child)
        os::die(1, "fork: {}", child.error());
    if (*child)
        linnet_exit_now(0);
}

} // namespace

void detach() {
    auto pipe = os::make_pipe();
    if (!pipe)
        os::die(1, "pipe: {}", pipe.error());
    auto const child = os::fork();
    if (!child)
        os::die(1, "fork: {}", child.error());
    if (*child) {
        pipe->write_end = {};
        std::array<std::byte, 1> said = {};
        auto const count = pipe->read_end.read(said);
        linnet_exit_now(count && *count == 1 ? 0 : 1);
    }
    (void)os::new_session();
    fork_and_leave(); // a leader of a session could get a terminal again
    ready = std::move(pipe->write_end);
}

void detached() {
    if (!ready)
        return;
    if (auto const null = os::File::open("/dev/null", os::Open::read_write))
        for (int fd = 0; fd < 3; ++fd)
            (void)os::duplicate(null->fd(), Fd(fd));
    (void)os::change_directory("/");
    (void)ready.write("r");
    ready = {};
}

Result<bool> be_the_only_one(std::string_view path) {
    auto file =
        TRY(os::File::open(path, os::Open::read_write | Flags(os::Open::create), os::Mode(0644)));
    if (!TRY(file.try_lock()))
        return false;
    TRY(file.truncate(0));
    TRY(file.write(format("{}\n", os::process_id())));
    (void)std::move(file).into_handle().release(); // until the process ends
    return true;
}

void Journal::line(Priority priority, std::string_view text) const {
    constexpr usize longest = 4000; // a write to a FIFO is whole up to 4096
    text = text.substr(0, longest);
    if (to_ == To::standard_error) {
        os::print_error("{}\n", text);
        return;
    }
    auto const whole = format("<{}>{}: {}\n", static_cast<u32>(priority), name_, text);
    // Opened each time, since log daemons come and go. Without one there is no reader: ENXIO.
    auto const fifo =
        os::File::open(log_input, os::Open::write_only | Flags(os::Open::nonblocking));
    if (fifo && fifo->write(whole))
        return;
    auto const date = os::date_of(os::clock_time().count() / 1'000'000'000);
    if (auto const file =
            os::File::open(file_, os::Open::write_only | Flags(os::Open::create) | os::Open::append,
                           os::Mode(0640)))
        (void)file->write(format("{}-{:02}-{:02} {:02}:{:02}:{:02}Z {}: {}\n", date.year,
                                 date.month, date.day, date.hour, date.minute, date.second, name_,
                                 text));
}

} // namespace daemons
