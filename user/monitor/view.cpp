// What the monitor shows.
#include "user/monitor/view.hpp"

#include "libs/json/builder.hpp"
#include "user/os/time.hpp"

namespace {

/// "12.3" of 123.
String tenths(u64 value) {
    return format("{}.{}", value / 10, value % 10);
}

String right(std::string_view text, usize width) {
    String result;
    while (result.size() + text.size() < width)
        result.push_back(' ');
    result.append(text);
    return result;
}

/// " 12.3%"
String percent(u64 permille) {
    return format("{}%", right(tenths(permille), 5));
}

String kibibytes(u64 count) {
    constexpr u64 kibi = 1024;
    if (count < 10 * kibi)
        return format("{}K", count);
    if (count < 10 * kibi * kibi)
        return format("{}M", count / kibi);
    return format("{}G", count / (kibi * kibi));
}

String time_text(u64 ticks) {
    u64 const seconds = ticks / procstat::ticks_per_second;
    return format("{}:{:02}.{:02}", seconds / 60, seconds % 60, ticks % procstat::ticks_per_second);
}

class Lines {
public:
    explicit Lines(Size size) : size_(size) {}

    bool full() const { return size_.rows != 0 && count_ == size_.rows; }

    void add(std::string_view line) {
        if (full())
            return;
        if (count_++ != 0)
            text_.push_back('\n');
        text_.append(size_.columns == 0 ? line : line.substr(0, size_.columns));
    }

    String take() { return std::move(text_); }

private:
    Size size_;
    usize count_ = 0;
    String text_;
};

void add_cpus(Lines& lines, Vector<CpuShare> const& shares) {
    constexpr usize most_lines = 8;
    if (shares.size() <= most_lines) {
        for (usize i = 0; i < shares.size(); ++i)
            lines.add(format("cpu{:<3} {} user  {} system  {} idle", i, percent(shares[i].user),
                             percent(shares[i].system), percent(shares[i].idle)));
        return;
    }
    CpuShare sum = {};
    for (auto const& share : shares) {
        sum.user += share.user;
        sum.system += share.system;
        sum.idle += share.idle;
    }
    u64 const count = shares.size();
    lines.add(format("{} cpus {} user  {} system  {} idle", count, percent(sum.user / count),
                     percent(sum.system / count), percent(sum.idle / count)));
}

} // namespace

String as_text(Sample const& before, Sample const& now, SortBy order, Size size) {
    Lines lines(size);
    auto const load = procstat::parse_load(now.load_text).value_or(procstat::Load{});
    lines.add(format("load {} {} {}, {} processes, {} threads, {} running", load.averages[0],
                     load.averages[1], load.averages[2], now.processes.size(), load.threads,
                     load.running));
    lines.add(format("memory {} of {} used, {} available",
                     kibibytes(now.memory.total - now.memory.free), kibibytes(now.memory.total),
                     kibibytes(now.memory.available)));
    add_cpus(lines, shares_between(before, now));
    lines.add("");
    lines.add(order == SortBy::cpu ? "    PID S  CPU%*  MEMORY       TIME  NAME"
                                   : "    PID S  CPU%   MEMORY*      TIME  NAME");
    for (auto const& usage : usage_between(before, now, order)) {
        if (lines.full())
            break;
        auto const& process = *usage.process;
        lines.add(format("{:7} {} {}  {} {}  {}", process.pid, process.state,
                         right(tenths(usage.permille), 6), right(kibibytes(process.resident), 7),
                         right(time_text(process.ticks), 10), process.name));
    }
    return lines.take();
}

String as_json(Sample const& before, Sample const& now, SortBy order) {
    constexpr usize for_head = 1'024;
    constexpr usize for_each = 512; // a name has at most 64 bytes, of at most 6 characters each
    auto const list = usage_between(before, now, order);
    auto const shares = shares_between(before, now);
    Vector<char> buffer(for_head + for_each * (list.size() + shares.size()));
    json::Builder builder({buffer.data(), buffer.size()});
    auto const load = procstat::parse_load(now.load_text).value_or(procstat::Load{});
    builder.open('{')
        .number("time", os::clock_time().count() / 1'000'000'000)
        .number("interval_ms", (now.when - before.when).count() / 1'000'000);
    builder.open('[', "load");
    for (auto const average : load.averages)
        builder.raw({}, average.empty() ? "0" : average);
    builder.close();
    builder.open('{', "memory_kib")
        .number("total", now.memory.total)
        .number("free", now.memory.free)
        .number("available", now.memory.available)
        .close();
    builder.open('[', "cpus");
    for (auto const& share : shares)
        builder.open('{')
            .raw("user", tenths(share.user))
            .raw("system", tenths(share.system))
            .raw("idle", tenths(share.idle))
            .close();
    builder.close();
    builder.open('[', "processes");
    for (auto const& [process, permille] : list)
        builder.open('{')
            .number("pid", process->pid)
            .text("name", process->name)
            .text("state", {&process->state, 1})
            .raw("cpu", tenths(permille))
            .number("memory_kib", process->resident)
            .number("ticks", process->ticks)
            .close();
    builder.close().close();
    return String(builder.view());
}
