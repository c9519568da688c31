// Reads the declarations in ACPI's byte code, without running any of it (ACPI 6.5, chapter 20).
#include "libs/platform/aml.hpp"

#include <algorithm>
#include <string_view>

namespace platform::acpi {

std::optional<u8> Aml::byte(u32 at) {
    if (at >= size_)
        return std::nullopt;
    if (at < window_start_ || at - window_start_ >= window_size_) {
        u32 const wanted = std::min<u32>(static_cast<u32>(window_.size()), size_ - at);
        window_size_ = 0;
        if (!memory_.read(start_ + at, Bytes(window_).first(wanted)))
            return std::nullopt;
        window_start_ = at;
        window_size_ = wanted;
    }
    return static_cast<u8>(window_[at - window_start_]);
}

std::optional<u64> Aml::number(u32 at, u32 bytes) {
    u64 value = 0;
    for (u32 i = 0; i < bytes; ++i) {
        auto const next = byte(at + i);
        if (!next)
            return std::nullopt;
        value |= u64{*next} << (8 * i);
    }
    return value;
}

/// 20.2.4: the top two bits of the first byte count the bytes that follow it.
std::optional<u32> Aml::after_package_length(u32 at) {
    auto const first = byte(at);
    if (!first)
        return std::nullopt;
    return at + 1 + (*first >> 6);
}

std::optional<u32> Aml::package_end(u32 at, u32 limit) {
    auto const first = byte(at);
    if (!first)
        return std::nullopt;
    u32 const more = *first >> 6;
    auto const rest = number(at + 1, more);
    if (!rest)
        return std::nullopt;
    u64 const length = more == 0 ? *first & 0x3f : *rest << 4 | (*first & 0x0f);
    if (length <= more || length > limit - at)
        return std::nullopt;
    return static_cast<u32>(at + length);
}

/// 20.2.2
std::optional<u32> Aml::after_name(u32 at) {
    constexpr u8 root = '\\', parent = '^', dual = 0x2e, multiple = 0x2f, null = 0;
    auto next = byte(at);
    while (next == root || next == parent)
        next = byte(++at);
    if (!next)
        return std::nullopt;
    if (*next == null)
        return at + 1;
    if (*next == dual)
        return at + 1 + 2 * 4;
    if (*next != multiple)
        return at + 4;
    auto const count = byte(at + 1);
    if (!count)
        return std::nullopt;
    return at + 2 + *count * 4;
}

namespace {

/// How many bytes of value follow the prefix of an integer (20.2.3); nothing for other constants.
std::optional<u32> integer_size(u8 prefix) {
    switch (prefix) {
    case 0x00: // zero, one and all ones
    case 0x01:
    case 0xff:
        return 0;
    case 0x0a:
        return 1;
    case 0x0b:
        return 2;
    case 0x0c:
        return 4;
    case 0x0e:
        return 8;
    default:
        return std::nullopt;
    }
}

} // namespace

std::optional<u64> Aml::integer(u32 at) {
    auto const prefix = byte(at);
    auto const size = prefix ? integer_size(*prefix) : std::nullopt;
    if (!size)
        return std::nullopt;
    return *size == 0 ? std::optional<u64>(*prefix == 0xff ? ~u64{0} : *prefix)
                      : number(at + 1, *size);
}

std::optional<u32> Aml::after_data(u32 at, u32 limit) {
    constexpr u8 string = 0x0d, buffer = 0x11, package = 0x12, variable_package = 0x13;
    auto const prefix = byte(at);
    if (!prefix)
        return std::nullopt;
    if (auto const size = integer_size(*prefix))
        return at + 1 + *size;
    if (*prefix == buffer || *prefix == package || *prefix == variable_package)
        return package_end(at + 1, limit);
    if (*prefix != string)
        return std::nullopt;
    for (++at;; ++at) {
        auto const next = byte(at);
        if (!next)
            return std::nullopt;
        if (*next == 0)
            return at + 1;
    }
}

bool Aml::matches(u32 at, std::string_view text) {
    for (char const character : text)
        if (byte(at++) != static_cast<u8>(character))
            return false;
    return true;
}

std::optional<u32> Aml::after_declaration(u32 at, u32 limit) {
    constexpr u8 alias = 0x06, method = 0x14, external = 0x15, if_op = 0xa0, else_op = 0xa1;
    constexpr u8 extended = 0x5b, mutex = 0x01, event = 0x02, region = 0x80;
    auto const op = byte(at);
    if (!op)
        return std::nullopt;
    switch (*op) {
    case method:
    case if_op:
    case else_op:
        return package_end(at + 1, limit);
    case external: {
        auto const rest = after_name(at + 1);
        return rest ? std::optional(*rest + 2) : std::nullopt;
    }
    case alias: {
        auto const second = after_name(at + 1);
        return second ? after_name(*second) : std::nullopt;
    }
    case extended:
        break;
    default:
        return std::nullopt;
    }
    auto const second = byte(at + 1);
    auto const rest = after_name(at + 2);
    if (!second || !rest)
        return std::nullopt;
    if (*second == mutex)
        return *rest + 1;
    if (*second == event)
        return rest;
    if (*second == region) { // a kind, then where and how long
        auto const length = after_data(*rest + 1, limit);
        return length ? after_data(*length, limit) : std::nullopt;
    }
    if (*second >= 0x81 && *second <= 0x87) // fields, processors, zones and the like
        return package_end(at + 2, limit);
    return std::nullopt;
}

} // namespace platform::acpi
