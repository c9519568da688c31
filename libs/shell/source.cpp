// Finds lines and columns, and shows where a problem is.
#include "libs/shell/source.hpp"

#include <algorithm>

namespace shell {
namespace {

constexpr usize widest = 72; ///< characters of a line that are shown
constexpr usize before = 40; ///< of them, before the caret at most

bool continues(char byte) {
    return (static_cast<u8>(byte) & 0xc0) == 0x80; // not the first of a UTF-8 sequence
}

} // namespace

Location locate(Source const& source, usize at) {
    std::string_view const text = source.text;
    at = std::min(at, text.size());
    // The end of a text that ends its last line belongs to that line.
    if (at != 0 && at == text.size() && text[at - 1] == '\n')
        --at;
    usize const start = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
    usize const end = std::min(text.find('\n', at), text.size());
    auto const line = std::count(text.begin(), text.begin() + static_cast<isize>(start), '\n');
    u32 column = 1;
    for (usize i = start; i < at; ++i)
        column += continues(text[i]) ? 0 : 1;
    return {source.first_line + static_cast<u32>(line), column, text.substr(start, end - start)};
}

void describe(TextSink& sink, Problem const& problem) {
    auto const where = locate(*problem.source, problem.at);
    format_to(sink, "{}:{}:{}: {}\n", problem.source->name, where.line, where.column,
              problem.message);
    if (where.text.empty())
        return;
    String shown;
    String pointer;
    u32 column = 0;
    u32 const first = where.column > before ? where.column - before : 1;
    for (char const byte : where.text) {
        column += continues(byte) ? 0 : 1;
        if (column < first)
            continue;
        if (column >= first + widest)
            break;
        bool const control = static_cast<u8>(byte) < ' ' || byte == 0x7f;
        shown.push_back(control && byte != '\t' ? '?' : byte);
        if (column < where.column && !continues(byte))
            pointer.push_back(byte == '\t' ? '\t' : ' ');
    }
    format_to(sink, "    {}\n    {}^\n", shown, pointer);
}

} // namespace shell
