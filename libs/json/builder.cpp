// Members, brackets, and the escapes of strings.
#include "libs/json/builder.hpp"

#include <charconv>
#include <cstring>
#include <iterator>

namespace json {
namespace {

/// Bytes of the well-formed UTF-8 sequence that `text` starts with (Unicode, table 3-7); 0 if none.
usize sequence_length(std::string_view text) {
    auto const byte = [&](usize at) -> u8 {
        return at < text.size() ? static_cast<u8>(text[at]) : u8{0};
    };
    auto const follows = [&](usize at, u8 least = 0x80, u8 most = 0xbf) {
        return byte(at) >= least && byte(at) <= most;
    };
    u8 const first = byte(0);
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return follows(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        u8 const least = first == 0xe0 ? 0xa0 : 0x80; // no longer form than needed
        u8 const most = first == 0xed ? 0x9f : 0xbf;  // no surrogates
        return follows(1, least, most) && follows(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        u8 const least = first == 0xf0 ? 0x90 : 0x80;
        u8 const most = first == 0xf4 ? 0x8f : 0xbf; // up to U+10FFFF
        return follows(1, least, most) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

/// The escape of an ASCII character, in `buffer` of 6 bytes; empty when it stands for itself.
std::string_view escape(char character, char* buffer) {
    switch (character) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        break;
    }
    u8 const code = static_cast<u8>(character);
    if (code >= 0x20 && code != 0x7f)
        return {};
    static constexpr char digits[] = "0123456789abcdef";
    std::memcpy(buffer, "\\u00", 4);
    buffer[4] = digits[code >> 4];
    buffer[5] = digits[code & 0xf];
    return {buffer, 6};
}

} // namespace

bool Builder::put(std::string_view bytes) {
    if (bytes.size() > room())
        return false;
    std::memcpy(buffer_.data() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
    return true;
}

/// The comma and the key, if `least` bytes of value fit behind them.
bool Builder::begin(std::string_view key, usize least) {
    usize const before = size_;
    bool const first = size_ == 0 || buffer_[size_ - 1] == '{' || buffer_[size_ - 1] == '[';
    bool good = skipped_ == 0 && (first || put(","));
    if (good && !key.empty())
        good = put("\"") && put(key) && put("\":");
    if (good && room() >= least)
        return true;
    size_ = before;
    ++left_out_;
    return false;
}

Builder& Builder::raw(std::string_view key, std::string_view value) {
    if (begin(key, value.size()))
        put(value);
    return *this;
}

Builder& Builder::members(std::string_view list) {
    return list.empty() ? *this : raw({}, list);
}

Builder& Builder::integer(std::string_view key, u64 magnitude, bool negative) {
    char digits[24];
    digits[0] = '-';
    auto const end = std::to_chars(digits + 1, std::end(digits), magnitude).ptr;
    char const* const start = negative ? digits : digits + 1;
    return raw(key, {start, static_cast<usize>(end - start)});
}

Builder& Builder::address(std::string_view key, u64 value) {
    char digits[24] = "\"0x";
    char* end = std::to_chars(digits + 3, std::end(digits) - 1, value, 16).ptr;
    *end++ = '"';
    return raw(key, {digits, static_cast<usize>(end - digits)});
}

Builder& Builder::text(std::string_view key, std::string_view value) {
    if (!begin(key, 2))
        return *this;
    put("\"");
    reserved_ = 1;
    put_escaped(value);
    reserved_ = 0;
    put("\"");
    return *this;
}

void Builder::put_escaped(std::string_view value) {
    for (usize at = 0; at < value.size();) {
        char buffer[6];
        usize length = sequence_length(value.substr(at));
        std::string_view bytes = value.substr(at, length);
        if (length == 0) {
            bytes = "\\ufffd";
            length = 1;
        } else if (length == 1) {
            if (auto const escaped = escape(value[at], buffer); !escaped.empty())
                bytes = escaped;
        }
        if (!put(bytes))
            return;
        at += length;
    }
}

Builder& Builder::open(char bracket, std::string_view key) {
    if (depth_ == deepest || !begin(key, 2)) {
        ++skipped_;
        return *this;
    }
    put({&bracket, 1});
    closers_[depth_++] = bracket == '{' ? '}' : ']';
    return *this;
}

Builder& Builder::close() {
    if (skipped_ != 0) {
        --skipped_;
    } else if (depth_ != 0) {
        --depth_;
        put({&closers_[depth_], 1});
    }
    return *this;
}

} // namespace json
