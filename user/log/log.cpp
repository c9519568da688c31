// log: shows what logd gathered, by service, priority, time and text.
#include "libs/journal/query.hpp"
#include "libs/json/builder.hpp"
#include "user/log/place.hpp"
#include "user/log/reader.hpp"
#include "user/os/poll.hpp"
#include "user/os/time.hpp"
#include "user/os/zone.hpp"

namespace {

constexpr Option options[] = {
    {'s', "service", "only of these, with commas between", "NAMES"},
    {'p', "priority", "only what is so important or more: error, warning, ... or 0 to 7", "LEVEL"},
    {'S', "since", "only from then on: YYYY-MM-DD HH:MM:SS, or 10m ago (s, m, h, d)", "TIME"},
    {'U', "until", "only up to then", "TIME"},
    {'g', "grep", "only with that in the text", "TEXT"},
    {'n', "lines", "only the last of these", "COUNT"},
    {'f', "follow", "go on with what comes"},
    {'j', "json", "a JSON object in each line"},
    {'d', "directory", "of the files, in place of where logd keeps them", "DIRECTORY"},
    run_option,
};

constexpr i64 million = 1'000'000;

i64 time_or_die(std::string_view text, calendar::Zone const& zone) {
    if (auto const ago = journal::parse_duration(text))
        return os::clock_time().count() / 1000 - *ago;
    auto const local = calendar::parse_date(text);
    if (!local)
        os::die(2,
                "'{}' is no time: write it as 2026-12-24 18:00:00, or as 10m for ten minutes ago",
                text);
    return zone.moment_of(*local) * million;
}

journal::Query query_of(CommandLine const& line, calendar::Zone const& zone) {
    journal::Query query = {.services = line.value('s').value_or(""),
                            .substring = line.value('g').value_or("")};
    if (auto const text = line.value('p')) {
        auto const priority = journal::parse_priority(*text);
        if (!priority)
            os::die(2,
                    "'{}' is no priority: emerg, alert, crit, error, warning, notice, info, debug",
                    *text);
        query.priority = *priority;
    }
    if (auto const text = line.value('S'))
        query.since = time_or_die(*text, zone);
    if (auto const text = line.value('U'))
        query.until = time_or_die(*text, zone);
    return query;
}

/// Prints records, or keeps the last so many until it is told to print them.
class Printer {
public:
    Printer(CommandLine const& line, calendar::Zone zone)
        : query_(query_of(line, zone)), zone_(std::move(zone)), json_(line.has('j')) {
        if (auto const text = line.value('n')) {
            most_ = parse_number(*text);
            if (!most_)
                os::die(2, "'{}' is no count", *text);
        }
    }

    void take(std::string_view line) {
        auto const record = journal::parse_line(line);
        if (!record) {
            ++damaged_;
            return;
        }
        if (!query_.matches(*record))
            return;
        if (!most_)
            return print(*record);
        kept_.push_back(line);
        if (kept_.size() > 2 * *most_ + 100)
            drop_old();
    }

    /// From now on everything is printed at once.
    void print_kept() {
        if (!most_)
            return;
        drop_old();
        most_ = std::nullopt;
        for (auto const& line : kept_)
            take(line);
        kept_.clear();
    }

    void flush() { out_.flush(); }

    u64 damaged() const { return damaged_; }

private:
    void drop_old() {
        if (kept_.size() <= *most_)
            return;
        Vector<String> last;
        for (usize i = kept_.size() - *most_; i < kept_.size(); ++i)
            last.push_back(std::move(kept_[i]));
        kept_ = std::move(last);
    }

    void print(journal::Record const& record) {
        if (json_)
            return print_json(record);
        i64 const seconds = calendar::floor_divide(record.time, million);
        auto const date = zone_.date(seconds);
        constexpr u8 error = 3;
        constexpr u8 warning = 4;
        auto const colour = record.priority <= error     ? colours_.bad()
                            : record.priority == warning ? colours_.warning()
                                                         : std::string_view();
        out_.print("{}{}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}{} {}: {}{}{}\n", colours_.faint(),
                   date.year, date.month, date.day, date.hour, date.minute, date.second,
                   (record.time - seconds * million) / 1000, colours_.end(), record.service, colour,
                   record.text, colour.empty() ? "" : colours_.end());
    }

    void print_json(journal::Record const& record) {
        auto const line = journal::line_of({record.time, 0, "", ""});
        auto const time = line.view().substr(0, line.view().find(' '));
        Vector<char> buffer(record.text.size() * 6 + 512);
        json::Builder builder({buffer.data(), buffer.size()});
        builder.open('{')
            .text("time", time)
            .number("priority", record.priority)
            .text("service", record.service)
            .text("text", record.text)
            .close();
        out_.print("{}\n", builder.view());
    }

    journal::Query query_;
    calendar::Zone zone_;
    bool json_;
    Colours colours_;
    os::BufferedOut out_{os::out};
    std::optional<u64> most_;
    Vector<String> kept_;
    u64 damaged_ = 0;
};

/// Until the reader of the output is gone, or a signal.
void follow(Reader& reader, Printer& printer, std::string_view directory) {
    while (!os::output_failed()) {
        auto const more = reader.read_more([&](std::string_view line) { printer.take(line); });
        if (!more)
            os::die(1, "{}: {}", directory, more.error());
        printer.flush();
        os::Awaited output[] = {{os::out.fd(), {}}};
        (void)os::poll(output, Nanoseconds::milliseconds(100));
        if (output[0].is(os::Ready::error | Flags(os::Ready::hang_up)))
            return;
    }
}

} // namespace

int main() {
    CommandLine const line("", "Shows the log.", options);
    line.need_operands(0, 0);
    auto const directory = line.value('d')
                               ? String(*line.value('d'))
                               : place_link(line.value("run-directory").value_or(run_directory));
    Printer printer(line, os::local_zone());
    Reader reader(directory);
    auto const read = reader.read_all([&](std::string_view text) { printer.take(text); });
    if (!read && read.error() == Errno::enoent)
        os::die(1, "{}: there is no log: logd does not run", directory);
    if (!read)
        os::die(1, "{}: {}", directory, read.error());
    printer.print_kept();
    printer.flush();
    if (line.has('f'))
        follow(reader, printer, directory);
    if (printer.damaged() != 0)
        complain(directory, format("{} damaged lines are left out", printer.damaged()));
    return exit_status();
}
