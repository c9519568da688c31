// Splits a command line into words and reads their values.
#include "libs/cmdline/cmdline.hpp"

#include <charconv>

namespace cmdline {
namespace {

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Decimal, 0x hexadecimal or 0 octal; removes what it read from `text`.
std::optional<u64> take_unsigned(std::string_view& text) {
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        base = 16;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '7') {
        base = 8;
        text.remove_prefix(1);
    }
    u64 value = 0;
    auto const done = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (done.ec != std::errc{})
        return std::nullopt;
    text.remove_prefix(static_cast<usize>(done.ptr - text.data()));
    return value;
}

std::optional<u64> take_size(std::string_view& text) {
    auto value = take_unsigned(text);
    if (!value || text.empty())
        return value;
    constexpr std::string_view suffixes = "kmgtpe";
    char const lower = static_cast<char>(text[0] | 0x20);
    auto const power = suffixes.find(lower);
    if (power == std::string_view::npos)
        return value;
    unsigned const shift = 10 * static_cast<unsigned>(power + 1);
    if (*value > (~u64{0} >> shift))
        return std::nullopt;
    text.remove_prefix(1);
    return *value << shift;
}

} // namespace

std::optional<Word> Words::next() {
    while (!rest_.empty() && is_space(rest_.front()))
        rest_.remove_prefix(1);
    if (rest_.empty())
        return std::nullopt;

    bool const quoted = rest_.front() == '"';
    bool inside = quoted;
    if (quoted)
        rest_.remove_prefix(1);
    usize end = 0;
    usize equals = 0; // a word that starts with '=' has no value, as on Linux
    for (; end < rest_.size() && (inside || !is_space(rest_[end])); ++end) {
        if (rest_[end] == '=' && equals == 0)
            equals = end;
        if (rest_[end] == '"')
            inside = !inside;
    }
    std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end);
    if (quoted && text.ends_with('"'))
        text.remove_suffix(1);
    if (equals == 0)
        return Word{text, std::nullopt};
    std::string_view value = text.substr(equals + 1);
    if (value.starts_with('"')) {
        value.remove_prefix(1);
        if (value.ends_with('"'))
            value.remove_suffix(1);
    }
    return Word{text.substr(0, equals), value};
}

bool same_name(std::string_view a, std::string_view b) {
    if (a.size() != b.size())
        return false;
    for (usize i = 0; i < a.size(); ++i)
        if ((a[i] == '-' ? '_' : a[i]) != (b[i] == '-' ? '_' : b[i]))
            return false;
    return true;
}

std::optional<std::string_view> find(std::string_view line, std::string_view name) {
    std::optional<std::string_view> found;
    Words words(line);
    while (auto const word = words.next()) {
        if (word->is_end_of_options())
            break;
        if (same_name(word->name, name))
            found = word->value.value_or(std::string_view());
    }
    return found;
}

std::optional<i64> parse_number(std::string_view text) {
    bool const negative = text.starts_with('-');
    if (negative)
        text.remove_prefix(1);
    auto const value = take_unsigned(text);
    if (!value || !text.empty() || *value > static_cast<u64>(INT64_MAX))
        return std::nullopt;
    return negative ? -static_cast<i64>(*value) : static_cast<i64>(*value);
}

std::optional<u64> parse_size(std::string_view text) {
    auto const value = take_size(text);
    return text.empty() ? value : std::nullopt;
}

std::optional<MmioDevice> parse_mmio_device(std::string_view text) {
    auto const size = take_size(text);
    if (!size || !text.starts_with('@'))
        return std::nullopt;
    text.remove_prefix(1);
    auto const start = take_unsigned(text);
    if (!start || !text.starts_with(':'))
        return std::nullopt;
    text.remove_prefix(1);
    auto const irq = take_unsigned(text);
    if (!irq || *irq > UINT32_MAX)
        return std::nullopt;
    if (text.starts_with(':')) { // an id, which only names the device on Linux
        text.remove_prefix(1);
        if (!take_unsigned(text))
            return std::nullopt;
    }
    if (!text.empty() || *size == 0 || *start + *size < *start)
        return std::nullopt;
    return MmioDevice{PhysAddr(*start), *size, static_cast<u32>(*irq)};
}

} // namespace cmdline
