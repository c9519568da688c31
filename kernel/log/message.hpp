// The text of a log message: its values may have names, and it knows where it stands.
#pragma once

#include "libs/base/format.hpp"

namespace klog {

/// A place in the kernel's source.
struct Site {
    char const* file = nullptr; ///< nullptr: none, as for what programs write
    u32 line = 0;
};

/// How JSON shows a value with a name.
enum class ValueKind : u8 { number, text, address };

namespace message_detail {

template <class T>
constexpr ValueKind kind() {
    constexpr bool is_plain = !format_detail::HasFormatValue<T>;
    if constexpr (is_plain &&
                  (format_detail::Number<T> || std::same_as<T, bool> || std::is_enum_v<T>))
        return ValueKind::number;
    else if constexpr (is_plain && std::is_pointer_v<T> &&
                       !std::convertible_to<T, std::string_view>)
        return ValueKind::address;
    else
        return ValueKind::text;
}

} // namespace message_detail

/// What a message was made of, types forgotten.
struct Values {
    format_detail::Argument const* arguments = nullptr;
    ValueKind const* kinds = nullptr;
    usize count = 0;
};

/// A format string whose braces may hold names: "killed process {pid} ({name})" prints like
/// "killed process {} ({})", and a reader of JSON gets "data":{"pid":12,"name":"sh"}. A hexadecimal
/// number ({at:x}) becomes text, "0x1f". A mismatch does not compile.
template <class... Arguments>
class MessageString {
public:
    template <class Text>
        requires std::convertible_to<Text, std::string_view>
    consteval MessageString(Text const& text, char const* file = __builtin_FILE(),
                            u32 line = __builtin_LINE())
        : text_(text), site_{file, line} {
        static_assert((format_detail::Formattable<std::remove_cvref_t<Arguments>> && ...),
                      "an argument cannot be formatted: give its type a format_value()");
        format_detail::check(text_, sizeof...(Arguments), format_detail::Names::allowed);
    }

    constexpr std::string_view text() const { return text_; }

    constexpr Site site() const { return site_; }

private:
    std::string_view text_;
    Site site_;
};

template <class... Arguments>
using Message = MessageString<std::type_identity_t<Arguments>...>;

} // namespace klog
