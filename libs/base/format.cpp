// The part of formatting that does not depend on types.
#include "libs/base/format.hpp"

namespace format_detail {

void pad(TextSink& sink, std::string_view text, FormatSpec const& spec, bool right_by_default) {
    usize const missing = spec.width > text.size() ? spec.width - text.size() : 0;
    bool const right = right_by_default && !spec.left;
    if (!right)
        sink.write(text);
    for (usize i = 0; i < missing; ++i)
        sink.write(" ");
    if (right)
        sink.write(text);
}

void put_unsigned(TextSink& sink, u64 value, bool negative, FormatSpec const& spec) {
    char digits[72];
    usize start = sizeof digits;
    unsigned const base = spec.kind == 'o' ? 8 : spec.kind == 'x' || spec.kind == 'X' ? 16 : 10;
    char const* const set = spec.kind == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    do {
        digits[--start] = set[value % base];
        value /= base;
    } while (value != 0);
    if (spec.zero_padded)
        while (sizeof digits - start + (negative ? 1 : 0) < spec.width && start > 1)
            digits[--start] = '0';
    if (negative)
        digits[--start] = '-';
    pad(sink, {digits + start, sizeof digits - start}, spec, true);
}

void format_pieces(TextSink& sink, std::string_view text, Argument const* arguments, usize count) {
    usize next = 0;
    usize literal = 0;
    for (usize at = 0; at < text.size();) {
        char const character = text[at];
        if (character != '{' && character != '}') {
            ++at;
            continue;
        }
        sink.write(text.substr(literal, at - literal));
        if (at + 1 < text.size() && text[at + 1] == character) {
            sink.write(text.substr(at, 1));
            at += 2;
        } else {
            FormatSpec spec;
            at = parse_spec(text, at + 1, spec);
            ensure(at != 0 && next < count, "format string was not checked");
            arguments[next].put(sink, arguments[next].object, spec);
            ++next;
        }
        literal = at;
    }
    sink.write(text.substr(literal));
}

} // namespace format_detail
