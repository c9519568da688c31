// logd: gathers the kernel's records and what services say into files that are rotated.
#include "libs/journal/lines.hpp"
#include "libs/journal/record.hpp"
#include "user/daemons/daemons.hpp"
#include "user/log/place.hpp"
#include "user/log/store.hpp"
#include "user/options/options.hpp"
#include "user/os/poll.hpp"
#include "user/os/special.hpp"
#include "user/os/time.hpp"

namespace {

constexpr Option options[] = {
    {'f', "foreground", "do not become a daemon"},
    {'d', "directory", "keep the files there, not in memory", "DIRECTORY"},
    {'s', "size", "of a file, in KiB: 256 without this", "KIB"},
    {'n', "files", "how many are kept: 4 without this", "COUNT"},
    {0, "kernel", "the kernel's records, in place of /dev/kmsg", "FILE"},
    run_option,
};

using journal::Record;

i64 clock_microseconds() {
    return os::clock_time().count() / 1000;
}

/// What services write into the FIFO.
class Services {
public:
    explicit Services(os::File fifo) : fifo_(std::move(fifo)) {}

    Fd fd() const { return fifo_.fd(); }

    /// Until nothing more is there, or for long enough to look at others.
    void take(Store& store) {
        char buffer[16384];
        for (int i = 0; i < 16; ++i) {
            auto const count = fifo_.read(std::as_writable_bytes(std::span(buffer)));
            if (!count || *count == 0)
                return;
            lines_.add({buffer, *count}, [&](std::string_view line) {
                auto record = journal::parse_input(line);
                record.time = clock_microseconds();
                store.add(journal::line_of(record));
            });
        }
    }

private:
    os::File fifo_;
    journal::Lines lines_;
};

/// The kernel's records. Where it was is in a file, so that none is gathered twice when this
/// daemon starts again.
class Kernel {
public:
    Kernel(os::File records, os::File position)
        : records_(std::move(records)), position_(std::move(position)) {
        char text[24];
        auto const size = position_.read_at(std::as_writable_bytes(std::span(text)), 0);
        if (size)
            next_ = parse_number({text, *size}).value_or(0);
    }

    /// Less than 0 when there is nothing to wait for: poll() leaves that out.
    Fd fd() const { return records_.fd(); }

    void take(Store& store) {
        u64 const before = next_;
        char buffer[16384];
        while (records_) {
            auto const count = records_.read(std::as_writable_bytes(std::span(buffer)));
            if (!count && count.error() == Errno::epipe)
                continue; // the oldest were overwritten: the next one's number says how many
            if (count && *count == 0)
                records_ = {}; // no device, and this was all
            if (!count || *count == 0)
                break;
            lines_.add({buffer, *count}, [&](std::string_view line) { take_record(line, store); });
        }
        if (next_ != before && position_.seek(0) && position_.truncate(0))
            (void)position_.write(format("{}", next_));
    }

private:
    void take_record(std::string_view text, Store& store) {
        auto kernel = journal::parse_kernel(text);
        if (!kernel || kernel->sequence < next_)
            return;
        if (next_ != 0 && kernel->sequence != next_) {
            auto const note = format("{} records of the kernel are lost", kernel->sequence - next_);
            store.add(journal::line_of({clock_microseconds(), 4, "logd", note}));
        }
        next_ = kernel->sequence + 1;
        // Its clock began with the machine.
        kernel->record.time += clock_microseconds() - os::now().count() / 1000;
        store.add(journal::line_of(kernel->record));
    }

    os::File records_;
    os::File position_;
    journal::Lines lines_; ///< what a device answers at once, a file may have in pieces
    u64 next_ = 0;
};

os::File or_die(std::string_view path, Result<os::File> file) {
    if (!file)
        os::die(1, "{}: {}", path, file.error());
    return std::move(*file);
}

os::File open_fifo(std::string_view path) {
    if (auto const made = os::make_special(path, os::FileType::fifo, os::Mode(0622));
        !made && made.error() != Errno::eexist)
        os::die(1, "{}: {}", path, made.error());
    (void)os::change_mode(path, os::Mode(0622)); // whatever the umask is
    // Also for writing, so that it has no end while no service has it open.
    return or_die(path, os::File::open(path, os::Open::read_write | Flags(os::Open::nonblocking)));
}

/// Where the reader finds the files.
void leave_word(std::string_view run, std::string_view directory) {
    auto const link = place_link(run);
    (void)os::remove(link);
    if (auto const made = os::make_symbolic_link(directory, link); !made)
        os::die(1, "{}: {}", link, made.error());
}

int serve(Store& store, Services& services, Kernel& kernel, os::SignalSet while_waiting) {
    for (;;) {
        os::Awaited list[] = {{services.fd(), os::Ready::in}, {kernel.fd(), os::Ready::in}};
        (void)os::poll(list, Nanoseconds::never(), while_waiting);
        services.take(store);
        kernel.take(store);
        store.flush();
        auto const signals = os::caught_signals();
        if (signals.has(os::Signal::term) || signals.has(os::Signal::interrupt))
            return 0;
        if (signals.has(os::Signal::hup)) // somebody else has moved the files
            (void)store.open();
    }
}

} // namespace

int main() {
    CommandLine const line("", "Gathers the kernel's records and what services say.", options);
    line.need_operands(0, 0);
    auto const run = os::absolute_path(line.value("run-directory").value_or(run_directory));
    auto const directory = os::absolute_path(line.value('d').value_or(run));
    constexpr u64 most_files = 1'000;
    Store store(directory, line.number('s', 256, 1_MiB) * 1024,
                static_cast<u32>(line.number('n', 4, most_files)));
    if (auto const made = os::make_directories(run, os::Mode(0755)); !made)
        os::die(1, "{}: {}", run, made.error());
    auto const kernel_file = line.value("kernel").value_or("/dev/kmsg");
    auto records = or_die(kernel_file, os::File::open(kernel_file, os::Open::nonblocking));
    if (!line.has('f'))
        daemons::detach();
    auto const lock = format("{}/logd.pid", run);
    auto const alone = daemons::be_the_only_one(lock);
    if (!alone || !*alone)
        os::die(1, "{}: {}", lock,
                alone ? "one is running already" : os::describe(alone.error().code()));
    if (auto const opened = store.open(); !opened)
        os::die(1, "{}: {}", directory, opened.error());
    auto const position = format("{}/kernel.position", run);
    Kernel kernel(
        std::move(records),
        or_die(position, os::File::open(position, os::Open::read_write | Flags(os::Open::create),
                                        os::Mode(0644))));
    Services services(open_fifo(format("{}/input", run)));
    leave_word(run, directory);
    os::BlockedSignals const blocked({os::Signal::term, os::Signal::interrupt, os::Signal::hup});
    for (auto const signal : {os::Signal::term, os::Signal::interrupt, os::Signal::hup})
        (void)os::catch_signal(signal);
    (void)os::ignore_signal(os::Signal::xfsz); // a limit is an error like a full disk
    daemons::detached();
    return serve(store, services, kernel, blocked.before());
}
