// Conversions of printf(1).
#include "libs/shell/printf.hpp"

#include "libs/base/format.hpp"
#include "libs/base/utf8.hpp"
#include "libs/shell/arithmetic.hpp"
#include "libs/shell/text.hpp"

#include <algorithm>
#include <optional>

namespace shell {
namespace {

constexpr usize widest = 4096;

struct Conversion {
    bool left = false;
    bool zeros = false;
    bool alternative = false;
    char sign = '\0'; ///< '+' or ' ' in front of what is not negative
    usize width = 0;
    std::optional<usize> precision;
};

class Printer {
public:
    Printer(std::string_view format, Slice<String const> arguments)
        : format_(format), arguments_(arguments) {}

    Printed run() {
        do {
            used_any_ = false;
            if (!once())
                break;
        } while (next_ < arguments_.size() && used_any_);
        return std::move(printed_);
    }

private:
    /// The whole format; false when \c or a mistake ends everything.
    bool once() {
        for (usize at = 0; at < format_.size();) {
            usize const percent = std::min(format_.find('%', at), format_.size());
            if (!unescape(format_.substr(at, percent - at), Escapes::of_format, printed_.text))
                return false;
            at = percent;
            if (at < format_.size() && !conversion(at))
                return false;
        }
        return true;
    }

    bool conversion(usize& at) {
        usize const start = at++;
        Conversion how;
        while (at < format_.size() && flag(format_[at], how))
            ++at;
        how.width = number(at, how);
        if (at < format_.size() && format_[at] == '.') {
            Conversion negative;
            ++at;
            how.precision = number(at, negative);
            if (negative.left)
                how.precision.reset(); // a negative one counts as none
        }
        while (at < format_.size() && std::string_view("hlLqjzt").find(format_[at]) != format_.npos)
            ++at;
        if (at == format_.size()) {
            complain(format("{}: a letter is missing", format_.substr(start)));
            return false;
        }
        ++at;
        return convert(format_[at - 1], how, format_.substr(start, at - start));
    }

    static bool flag(char c, Conversion& how) {
        switch (c) {
        case '-':
            return how.left = true;
        case '0':
            return how.zeros = true;
        case '#':
            return how.alternative = true;
        case '+':
            how.sign = '+';
            return true;
        case ' ':
            if (how.sign == '\0')
                how.sign = ' ';
            return true;
        default:
            return false;
        }
    }

    /// A width or precision at `at`, which moves behind it; `*` takes an argument.
    usize number(usize& at, Conversion& how) {
        if (at < format_.size() && format_[at] == '*') {
            ++at;
            i64 const value = integer(argument().value_or(String("0")));
            how.left |= value < 0;
            return std::min(static_cast<usize>(value < 0 ? -(value + 1) : value), widest) +
                   (value < 0 ? 1 : 0);
        }
        usize value = 0;
        for (; at < format_.size() && format_[at] >= '0' && format_[at] <= '9'; ++at)
            value = std::min(value * 10 + static_cast<usize>(format_[at] - '0'), widest);
        return value;
    }

    bool convert(char letter, Conversion const& how, std::string_view whole) {
        switch (letter) {
        case '%':
            printed_.text.push_back('%');
            return true;
        case 's':
            text(argument().value_or(String()), how);
            return true;
        case 'b': {
            String plain;
            bool const more = unescape(argument().value_or(String()), Escapes::of_echo, plain);
            text(plain, how);
            return more;
        }
        case 'c': {
            auto const value = argument().value_or(String());
            text(value.view().substr(0, value.empty() ? 0 : utf8::length(value)), how);
            return true;
        }
        case 'd':
        case 'i':
        case 'u':
        case 'o':
        case 'x':
        case 'X':
            integer(letter, how);
            return true;
        default:
            complain(format("{}: cannot convert so", whole));
            return false;
        }
    }

    void pad(usize count, char with) {
        for (usize i = 0; i < count; ++i)
            printed_.text.push_back(with);
    }

    void text(std::string_view value, Conversion const& how) {
        if (how.precision)
            value = value.substr(0, *how.precision);
        usize const count = utf8::count(value);
        usize const missing = how.width > count ? how.width - count : 0;
        pad(how.left ? 0 : missing, ' ');
        printed_.text.append(value);
        pad(how.left ? missing : 0, ' ');
    }

    void integer(char letter, Conversion const& how) {
        i64 const value = integer(argument().value_or(String("0")));
        bool const with_sign = letter == 'd' || letter == 'i';
        bool const negative = with_sign && value < 0;
        u64 const magnitude = negative ? 0 - static_cast<u64>(value) : static_cast<u64>(value);
        String const digits = letter == 'x'   ? format("{:x}", magnitude)
                              : letter == 'X' ? format("{:X}", magnitude)
                              : letter == 'o' ? format("{:o}", magnitude)
                                              : format("{}", magnitude);
        String prefix;
        if (negative)
            prefix = "-";
        else if (with_sign && how.sign != '\0')
            prefix.push_back(how.sign);
        else if (how.alternative && magnitude != 0)
            prefix = letter == 'x' ? "0x" : letter == 'X' ? "0X" : letter == 'o' ? "0" : "";
        usize const shown = prefix.size() + digits.size();
        usize zeros =
            how.precision && *how.precision > digits.size() ? *how.precision - digits.size() : 0;
        if (how.zeros && !how.left && !how.precision && how.width > shown)
            zeros = how.width - shown;
        usize const missing = how.width > shown + zeros ? how.width - shown - zeros : 0;
        pad(how.left ? 0 : missing, ' ');
        printed_.text.append(prefix);
        pad(zeros, '0');
        if (!(how.precision == usize{0} && magnitude == 0))
            printed_.text.append(digits);
        pad(how.left ? missing : 0, ' ');
    }

    /// 12, 0x1f, 017, or 'c for the code of a character.
    i64 integer(std::string_view text) {
        if (text.size() > 1 && (text[0] == '\'' || text[0] == '"')) {
            text.remove_prefix(1);
            return utf8::code_point(text.substr(0, utf8::length(text)));
        }
        auto const start = text.find_first_not_of(" \t\n");
        auto const value = parse_integer(start == std::string_view::npos ? std::string_view()
                                                                         : text.substr(start));
        if (!value)
            complain(format("{}: no number", text));
        return value.value_or(0);
    }

    std::optional<String> argument() {
        used_any_ = true;
        if (next_ == arguments_.size())
            return std::nullopt;
        return arguments_[next_++];
    }

    void complain(String complaint) { printed_.complaints.push_back(std::move(complaint)); }

    template <class... Arguments>
    static String format(Format<Arguments...> text, Arguments const&... arguments) {
        return ::format(text, arguments...);
    }

    std::string_view format_;
    Slice<String const> arguments_;
    usize next_ = 0;
    bool used_any_ = false;
    Printed printed_;
};

} // namespace

Printed print_formatted(std::string_view format, Slice<String const> arguments) {
    return Printer(format, arguments).run();
}

String echo_text(Slice<String const> arguments) {
    bool newline = true;
    bool escapes = false;
    usize first = 0;
    for (; first < arguments.size(); ++first) {
        auto const word = arguments[first].view();
        if (word.size() < 2 || word[0] != '-' || word.find_first_not_of("neE", 1) != word.npos)
            break;
        for (char const option : word.substr(1)) {
            newline &= option != 'n';
            escapes = option == 'e' || (escapes && option != 'E');
        }
    }
    String text;
    for (usize i = first; i < arguments.size(); ++i) {
        if (i != first)
            text.push_back(' ');
        if (!escapes)
            text.append(arguments[i]);
        else if (!unescape(arguments[i], Escapes::of_echo, text))
            return text;
    }
    if (newline)
        text.push_back('\n');
    return text;
}

} // namespace shell
