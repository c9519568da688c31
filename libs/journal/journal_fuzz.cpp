// Fuzzes what the log daemon and its reader take in; what was written as a line is read again.
#include "libs/base/memory.hpp"
#include "libs/journal/lines.hpp"
#include "libs/journal/query.hpp"

#include <cstdlib>

namespace {

void write_and_read(journal::Record record) {
    record.time = 1'798'135'200'123'456;
    auto const line = journal::line_of(record);
    auto const text = line.view().substr(0, line.size() - 1);
    if (text.find('\n') != text.npos)
        std::abort();
    auto const again = journal::parse_line(text);
    if (!again || again->time != record.time || again->priority != record.priority ||
        again->text.size() < record.text.size())
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    auto const text = text_of(std::as_bytes(std::span(data, size)));
    (void)journal::parse_line(text);
    (void)journal::parse_duration(text);
    if (auto const kernel = journal::parse_kernel(text))
        write_and_read(kernel->record);
    constexpr usize longest = 50;
    journal::Lines lines(longest);
    auto const each = [](std::string_view line) {
        if (line.empty() || line.size() > longest + 40)
            std::abort();
        write_and_read(journal::parse_input(line));
    };
    lines.add(text.substr(0, size / 2), each);
    lines.add(text.substr(size / 2), each);
    return 0;
}
