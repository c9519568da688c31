// What /proc says, as numbers.
#include "libs/procstat/procstat.hpp"

#include <charconv>

namespace procstat {
namespace {

std::string_view take_word(std::string_view& rest) {
    while (rest.starts_with(' ') || rest.starts_with('\n'))
        rest.remove_prefix(1);
    auto const end = rest.find_first_of(" \n");
    auto const word = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end);
    return word;
}

std::string_view take_line(std::string_view& rest) {
    auto const end = rest.find('\n');
    auto const line = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    return line;
}

/// 0 when it is none.
u64 number(std::string_view text) {
    u64 value = 0;
    auto const parsed = std::from_chars(text.begin(), text.end(), value);
    return parsed.ec == std::errc() && parsed.ptr == text.end() ? value : 0;
}

} // namespace

/// The name may hold anything, parentheses and blanks, too.
std::optional<Process> parse_process(std::string_view text) {
    auto const open = text.find('(');
    auto const close = text.rfind(')');
    if (open == text.npos || close == text.npos || close < open)
        return std::nullopt;
    constexpr usize last = 24;
    std::string_view fields[last + 1]; // by their numbers in proc(5)
    auto rest = text.substr(close + 1);
    for (usize i = 3; i <= last; ++i)
        if ((fields[i] = take_word(rest)).empty())
            return std::nullopt;
    auto head = text.substr(0, open);
    return Process{.pid = number(take_word(head)),
                   .name = text.substr(open + 1, close - open - 1),
                   .state = fields[3][0],
                   .parent = number(fields[4]),
                   .group = number(fields[5]),
                   .session = number(fields[6]),
                   .ticks = number(fields[14]) + number(fields[15]),
                   .threads = number(fields[20]),
                   .start = number(fields[22]),
                   .resident = number(fields[24]) * (page_size / 1024)};
}

Vector<CpuTimes> parse_cpus(std::string_view text) {
    Vector<CpuTimes> cpus;
    while (!text.empty()) {
        auto line = take_line(text);
        auto const word = take_word(line);
        if (!word.starts_with("cpu") || word == "cpu")
            continue; // the sum of all, or something else
        u64 fields[8] = {};
        for (u64& field : fields)
            field = number(take_word(line));
        auto const [user, nice, system, idle, io_wait, interrupts, soft_interrupts, stolen] =
            fields;
        cpus.push_back({.user = user + nice,
                        .system = system + interrupts + soft_interrupts + stolen,
                        .idle = idle + io_wait});
    }
    return cpus;
}

Memory parse_memory(std::string_view text) {
    Memory memory;
    while (!text.empty()) {
        auto line = take_line(text);
        auto const name = take_word(line);
        u64 const value = number(take_word(line));
        if (name == "MemTotal:")
            memory.total = value;
        else if (name == "MemFree:")
            memory.free = value;
        else if (name == "MemAvailable:")
            memory.available = value;
    }
    return memory;
}

std::optional<Load> parse_load(std::string_view text) {
    Load load;
    for (auto& average : load.averages)
        average = take_word(text);
    auto const threads = take_word(text);
    auto const slash = threads.find('/');
    if (slash == threads.npos)
        return std::nullopt;
    load.running = number(threads.substr(0, slash));
    load.threads = number(threads.substr(slash + 1));
    return load;
}

String printable(std::string_view text) {
    String result;
    for (char const character : text)
        result.push_back(character == '\0'                                         ? ' '
                         : static_cast<u8>(character) < ' ' || character == '\177' ? '?'
                                                                                   : character);
    return result;
}

} // namespace procstat
