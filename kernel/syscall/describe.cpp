// Prints numbers, flags, addresses and pieces of user memory for the trace.
#include "kernel/syscall/describe.hpp"

#include "kernel/arch/api/user_copy.hpp"

namespace sys {

namespace {

constexpr usize shown = 32; ///< bytes of a string or buffer, as strace shows

void put_quoted(TextSink& sink, std::string_view text) {
    sink.write("\"");
    for (char const character : text) {
        switch (character) {
        case '\n':
            sink.write("\\n");
            break;
        case '\t':
            sink.write("\\t");
            break;
        case '\r':
            sink.write("\\r");
            break;
        case '"':
            sink.write("\\\"");
            break;
        case '\\':
            sink.write("\\\\");
            break;
        default:
            if (character >= ' ' && character < 0x7f)
                sink.write({&character, 1});
            else
                format_to(sink, "\\{:o}", static_cast<u32>(static_cast<u8>(character)));
        }
    }
    sink.write("\"");
}

void put_memory(TextSink& sink, UserAddr start, u64 size) {
    char buffer[shown];
    usize const wanted = size < shown ? size : shown;
    usize const got =
        arch::copy_from_user(std::as_writable_bytes(std::span(buffer, wanted)), start);
    if (got == 0 && wanted != 0)
        return format_to(sink, "{}", start);
    put_quoted(sink, {buffer, got});
    if (size > got)
        sink.write("...");
}

} // namespace

void describe_signed(TextSink& sink, i64 value) {
    format_to(sink, "{}", value);
}

void describe_unsigned(TextSink& sink, u64 value) {
    if (value > 0xffff)
        format_to(sink, "0x{:x}", value);
    else
        format_to(sink, "{}", value);
}

void describe_bits(TextSink& sink, u64 bits, FlagName const* names, usize count) {
    bool first = true;
    for (usize i = 0; i < count && names[i].name != nullptr; ++i) {
        if (names[i].bits == 0 || (bits & names[i].bits) != names[i].bits)
            continue;
        format_to(sink, "{}{}", first ? "" : "|", names[i].name);
        first = false;
        bits &= ~names[i].bits;
    }
    if (bits != 0)
        format_to(sink, "{}0x{:x}", first ? "" : "|", bits);
    else if (first)
        sink.write("0");
}

void describe_fd(TextSink& sink, int fd) {
    format_to(sink, "{}", fd);
}

void describe_directory(TextSink& sink, int fd) {
    constexpr int current = -100;
    if (fd == current)
        sink.write("AT_FDCWD");
    else
        format_to(sink, "{}", fd);
}

void describe_address(TextSink& sink, Described const& argument) {
    if (*argument.words == 0)
        sink.write("NULL");
    else
        format_to(sink, "{}", UserAddr(*argument.words));
}

void describe_string(TextSink& sink, Described const& argument) {
    UserAddr const at(*argument.words);
    if (at == UserAddr())
        return sink.write("NULL");
    char buffer[128];
    usize const got = arch::copy_from_user(std::as_writable_bytes(std::span(buffer)), at);
    if (got == 0)
        return format_to(sink, "{}", at);
    std::string_view const text(buffer, got);
    auto const end = text.find('\0');
    put_quoted(sink, text.substr(0, end));
    if (end == std::string_view::npos)
        sink.write("...");
}

void describe_source(TextSink& sink, Described const& argument) {
    put_memory(sink, UserAddr(argument.words[0]), argument.words[1]);
    format_to(sink, ", {}", argument.words[1]);
}

void describe_sink(TextSink& sink, Described const& argument) {
    if (argument.result > 0 && static_cast<u64>(argument.result) <= argument.words[1])
        put_memory(sink, UserAddr(argument.words[0]), static_cast<u64>(argument.result));
    else
        format_to(sink, "{}", UserAddr(argument.words[0]));
    format_to(sink, ", {}", argument.words[1]);
}

void describe_array(TextSink& sink, Described const& argument) {
    format_to(sink, "{}, {}", UserAddr(argument.words[0]), argument.words[1]);
}

} // namespace sys
