// Reads a disassembly.
#include "libs/symbols/listing.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace {

constexpr std::string_view separator = ":\t";

bool visible(std::string_view text) {
    auto const starts = [&](std::string_view mnemonic) { return text.starts_with(mnemonic); };
    constexpr std::array<std::string_view, 6> always = {"call", "div",  "idiv",
                                                        "ud2",  "push", "rep"};
    constexpr std::array<std::string_view, 4> never = {"lea", "nop", "cs nop", "data16"};
    if (std::ranges::any_of(always, starts))
        return true;
    // A frame's own variables are there whenever the frame is; a CPU's are always.
    return text.contains('(') && !text.contains("(%rsp)") && !text.contains("%gs:") &&
           std::ranges::none_of(never, starts);
}

} // namespace

std::vector<Instruction> instructions_of(std::string_view listing) {
    std::vector<Instruction> found;
    while (!listing.empty()) {
        auto const end = std::min(listing.find('\n'), listing.size());
        auto const line = listing.substr(0, end);
        listing.remove_prefix(std::min(end + 1, listing.size()));
        auto const start = std::min(line.find_first_not_of(' '), line.size());
        auto const colon = line.find(separator);
        if (colon == line.npos)
            continue;
        Instruction instruction;
        auto const [last, error] =
            std::from_chars(line.data() + start, line.data() + colon, instruction.address, 16);
        if (error != std::errc() || last != line.data() + colon)
            continue;
        instruction.visible = visible(line.substr(colon + separator.size()));
        found.push_back(instruction);
    }
    return found;
}
