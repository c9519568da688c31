// Finds and unpacks function names. Every access is checked: it runs while the kernel reports a
// bug.
#include "libs/unwind/symbol_table.hpp"

#include "libs/base/search.hpp"

namespace unwind {
namespace {

constexpr usize header_size = 12;

} // namespace

SymbolTable::SymbolTable(ConstBytes bytes) noexcept : bytes_(bytes) {
    if (word(0) != magic)
        return;
    usize const count = word(4);
    starts_ = header_size + pair_count * 2;
    usize const names = word(8);
    blocks_ = starts_ + count * 4;
    names_ = blocks_ + (names + names_per_block - 1) / names_per_block * 4;
    if (names_ > bytes.size() || count > names)
        return;
    count_ = count;
    name_count_ = names;
}

u32 SymbolTable::word(usize at) const noexcept {
    u32 value = 0;
    if (at <= bytes_.size() && bytes_.size() - at >= sizeof value)
        __builtin_memcpy(&value, bytes_.data() + at, sizeof value);
    return value;
}

u8 SymbolTable::byte(usize at) const noexcept {
    return at < bytes_.size() ? static_cast<u8>(bytes_.data()[at]) : 0;
}

u32 SymbolTable::start(usize index) const noexcept {
    return index < count_ ? word(starts_ + index * 4) : 0;
}

std::optional<usize> SymbolTable::find(u32 offset) const noexcept {
    usize const before = count_up_to(count_, offset, [&](usize index) { return start(index); });
    return before != 0 ? std::optional(before - 1) : std::nullopt;
}

std::string_view SymbolTable::name(usize index, std::span<char> into) const noexcept {
    if (index >= name_count_)
        return {};
    usize at = names_ + word(blocks_ + index / names_per_block * 4);
    for (usize skipped = 0; skipped < index % names_per_block; ++skipped)
        at += 1 + byte(at);
    usize const end = at + 1 + byte(at);
    usize size = 0;
    // What is still to be unpacked of the byte that was read, last first. A pair only names pairs
    // made before it, so the nesting is limited; a damaged table ends early, and is never unpacked
    // beyond the buffer, as each round either writes a character or descends.
    u8 pending[pair_count + 1];
    for (++at; at < end; ++at) {
        usize depth = 0;
        pending[depth++] = byte(at);
        while (depth != 0) {
            u8 const code = pending[--depth];
            if (code < 128) {
                if (size == into.size())
                    return {into.data(), size};
                into.data()[size++] = static_cast<char>(code);
                continue;
            }
            if (depth + 2 > sizeof pending)
                return {into.data(), size};
            usize const pair = header_size + (code - usize{128}) * 2;
            pending[depth++] = byte(pair + 1);
            pending[depth++] = byte(pair);
        }
    }
    return {into.data(), size};
}

} // namespace unwind
