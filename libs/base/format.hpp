// Formatting that is checked at compile time and allocates nothing: format_to(sink, "{} of {:x}",
// a, b).
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/memory.hpp"
#include "libs/base/string.hpp"
#include "libs/base/units.hpp"

#include <charconv>
#include <concepts>
#include <string_view>
#include <type_traits>

/// Where formatted text goes, piece by piece.
class TextSink {
public:
    virtual void write(std::string_view text) = 0;

protected:
    ~TextSink() = default;
};

/// Keeps what fits in a fixed buffer and counts the rest.
class BufferSink final : public TextSink {
public:
    explicit BufferSink(std::span<char> buffer) : buffer_(buffer) {}

    void write(std::string_view text) override {
        for (char const character : text) {
            if (size_ < buffer_.size())
                buffer_.data()[size_++] = character;
            else
                ++lost_;
        }
    }

    std::string_view text() const { return {buffer_.data(), size_}; }

    usize lost() const { return lost_; }

private:
    std::span<char> buffer_;
    usize size_ = 0;
    usize lost_ = 0;
};

class StringSink final : public TextSink {
public:
    explicit StringSink(String& into) : into_(into) {}

    void write(std::string_view text) override { into_.append(text); }

private:
    String& into_;
};

/// What stands between braces: [name][:[0][width][x|X|o|c]], or `<` behind the colon to align left.
struct FormatSpec {
    std::string_view name = {}; ///< of the value, for the kernel's log
    usize width = 0;
    char kind = 'd';
    bool zero_padded = false;
    bool left = false;
};

namespace format_detail {

template <class T>
concept Number = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;

/// Customisation: `void format_value(TextSink&, T const&, FormatSpec const&)` found by ADL.
template <class T>
concept HasFormatValue =
    requires(TextSink& sink, T const& value, FormatSpec spec) { format_value(sink, value, spec); };

template <class T>
concept Formattable = Number<T> || std::same_as<T, bool> || std::same_as<T, char> ||
                      std::convertible_to<T, std::string_view> || std::is_enum_v<T> ||
                      std::is_pointer_v<T> || HasFormatValue<T>;

void pad(TextSink& sink, std::string_view text, FormatSpec const& spec, bool right_by_default);
void put_unsigned(TextSink& sink, u64 value, bool negative, FormatSpec const& spec);

/// Parses one spec; returns the index after '}' or 0 when malformed.
constexpr usize parse_spec(std::string_view text, usize at, FormatSpec& spec) {
    usize const name = at;
    while (at < text.size() && ((text[at] >= 'a' && text[at] <= 'z') || text[at] == '_'))
        ++at;
    spec.name = text.substr(name, at - name);
    if (at < text.size() && text[at] == ':') {
        ++at;
        if (at < text.size() && text[at] == '<') {
            spec.left = true;
            ++at;
        }
        if (at < text.size() && text[at] == '0') {
            spec.zero_padded = true;
            ++at;
        }
        while (at < text.size() && text[at] >= '0' && text[at] <= '9')
            spec.width = spec.width * 10 + static_cast<usize>(text[at++] - '0');
        if (at < text.size() && text[at] != '}') {
            spec.kind = text[at++];
            if (spec.kind != 'x' && spec.kind != 'X' && spec.kind != 'o' && spec.kind != 'd' &&
                spec.kind != 'c' && spec.kind != 's')
                return 0;
        }
    }
    return at < text.size() && text[at] == '}' ? at + 1 : 0;
}

template <class T>
void put(TextSink& sink, void const* object, FormatSpec const& spec) {
    T const& value = *static_cast<T const*>(object);
    if constexpr (HasFormatValue<T>)
        format_value(sink, value, spec);
    else if constexpr (std::same_as<T, bool>)
        pad(sink, value ? "true" : "false", spec, false);
    else if constexpr (std::same_as<T, char>)
        pad(sink, {&value, 1}, spec, false);
    else if constexpr (Number<T>) {
        if constexpr (std::signed_integral<T>)
            put_unsigned(sink,
                         value < 0 ? u64{0} - static_cast<u64>(value) : static_cast<u64>(value),
                         value < 0, spec);
        else
            put_unsigned(sink, value, false, spec);
    } else if constexpr (std::convertible_to<T, std::string_view>)
        pad(sink, std::string_view(value), spec, false);
    else if constexpr (std::is_enum_v<T>) {
        auto const number = static_cast<std::underlying_type_t<T>>(value);
        put<std::underlying_type_t<T>>(sink, &number, spec);
    } else {
        // Safe because the pointer is only printed.
        put_unsigned(sink, reinterpret_cast<u64>(value), false, {.kind = 'x'});
    }
}

struct Argument {
    void const* object;
    void (*put)(TextSink&, void const*, FormatSpec const&);
};

void format_pieces(TextSink& sink, std::string_view text, Argument const* arguments, usize count);

} // namespace format_detail

namespace format_detail {

enum class Names { refused, allowed };

/// Stops the compilation when `text` does not suit that many arguments.
consteval void check(std::string_view text, usize arguments, Names names) {
    usize used = 0;
    for (usize at = 0; at < text.size();) {
        if (text[at] == '{' && at + 1 < text.size() && text[at + 1] == '{')
            at += 2;
        else if (text[at] == '{') {
            FormatSpec spec;
            at = parse_spec(text, at + 1, spec);
            if (at == 0)
                throw "malformed {} in a format string";
            if (names == Names::refused && !spec.name.empty())
                throw "only messages of the log give names to values";
            ++used;
        } else if (text[at] == '}') {
            if (at + 1 >= text.size() || text[at + 1] != '}')
                throw "a lone } in a format string";
            at += 2;
        } else
            ++at;
    }
    if (used != arguments)
        throw "a format string with more or fewer {} than arguments";
}

} // namespace format_detail

/// A format string for these argument types; a mismatch does not compile.
template <class... Arguments>
class FormatString {
public:
    template <class Text>
        requires std::convertible_to<Text, std::string_view>
    consteval FormatString(Text const& text) : text_(text) {
        static_assert((format_detail::Formattable<std::remove_cvref_t<Arguments>> && ...),
                      "an argument cannot be formatted: give its type a format_value()");
        format_detail::check(text_, sizeof...(Arguments), format_detail::Names::refused);
    }

    constexpr std::string_view text() const { return text_; }

private:
    std::string_view text_;
};

template <class... Arguments>
using Format = FormatString<std::type_identity_t<Arguments>...>;

template <class... Arguments>
void format_to(TextSink& sink, Format<Arguments...> text, Arguments const&... arguments) {
    if constexpr (sizeof...(Arguments) == 0)
        format_detail::format_pieces(sink, text.text(), nullptr, 0);
    else {
        format_detail::Argument const list[] = {
            {static_cast<void const*>(&arguments), &format_detail::put<Arguments>}...};
        format_detail::format_pieces(sink, text.text(), list, sizeof...(Arguments));
    }
}

/// Formatted text as an owned String.
template <class... Arguments>
String format(Format<Arguments...> text, Arguments const&... arguments) {
    String result;
    StringSink sink(result);
    format_to(sink, text, arguments...);
    return result;
}

template <class Space>
void format_value(TextSink& sink, Address<Space> const& at, FormatSpec const&) {
    sink.write("0x");
    format_detail::put_unsigned(sink, at.value(), false, {.kind = 'x'});
}
