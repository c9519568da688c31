// Byte pair encoding: the most frequent pair of bytes becomes a new byte, 128 times.
#include "libs/symbols/pack.hpp"

#include "libs/unwind/symbol_table.hpp"

#include <algorithm>

namespace {

using Bytes8 = std::vector<std::uint8_t>;

void put_word(Bytes8& out, std::size_t value) {
    for (int shift = 0; shift < 32; shift += 8)
        out.push_back(static_cast<std::uint8_t>(value >> shift));
}

/// The pair that occurs most often, as first * 256 + second.
std::size_t best_pair(std::vector<Bytes8> const& names, std::size_t& occurrences) {
    std::vector<std::uint32_t> counts(65536);
    for (auto const& name : names)
        for (std::size_t i = 0; i + 1 < name.size(); ++i)
            ++counts[name[i] * 256u + name[i + 1]];
    auto const best = std::max_element(counts.begin(), counts.end());
    occurrences = *best;
    return static_cast<std::size_t>(best - counts.begin());
}

void replace(Bytes8& name, std::size_t pair, std::uint8_t code) {
    std::size_t to = 0;
    for (std::size_t from = 0; from < name.size(); ++to) {
        if (from + 1 < name.size() && name[from] * 256u + name[from + 1] == pair) {
            name[to] = code;
            from += 2;
        } else
            name[to] = name[from++];
    }
    name.resize(to);
}

} // namespace

std::vector<std::uint8_t> pack(std::vector<Function> const& functions,
                               std::vector<std::string> const& others) {
    using Table = unwind::SymbolTable;
    std::vector<Bytes8> names;
    auto const add = [&](std::string const& text) {
        Bytes8 name;
        for (char const character : text.substr(0, Table::longest_name))
            name.push_back(character > 0 && character < 127 ? static_cast<std::uint8_t>(character)
                                                            : '?');
        names.push_back(name);
    };
    for (auto const& function : functions)
        add(function.name);
    for (auto const& other : others)
        add(other);
    Bytes8 pairs(Table::pair_count * 2);
    for (std::size_t code = 0; code < Table::pair_count; ++code) {
        std::size_t occurrences = 0;
        std::size_t const pair = best_pair(names, occurrences);
        if (occurrences < 2)
            break;
        pairs[code * 2] = static_cast<std::uint8_t>(pair / 256);
        pairs[code * 2 + 1] = static_cast<std::uint8_t>(pair % 256);
        for (auto& name : names)
            replace(name, pair, static_cast<std::uint8_t>(128 + code));
    }

    Bytes8 out;
    put_word(out, Table::magic);
    put_word(out, functions.size());
    put_word(out, names.size());
    out.insert(out.end(), pairs.begin(), pairs.end());
    for (auto const& function : functions)
        put_word(out, function.start);
    Bytes8 packed;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i % Table::names_per_block == 0)
            put_word(out, packed.size());
        packed.push_back(static_cast<std::uint8_t>(names[i].size()));
        packed.insert(packed.end(), names[i].begin(), names[i].end());
    }
    out.insert(out.end(), packed.begin(), packed.end());
    return out;
}
