// Builds the tree of the rarest pairs, and numbers the codes by size.
#include "libs/symbols/huffman.hpp"

#include <algorithm>
#include <queue>

namespace {

using Sizes = std::array<unsigned, 256>;

struct Node {
    std::size_t left, right;
};

/// How long each symbol's code is; 0 for those that do not occur.
Sizes code_sizes(SymbolCounts const& counts) {
    Sizes sizes{};
    using Entry = std::pair<std::uint64_t, std::size_t>; // how often, and which node
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> rarest;
    for (std::size_t symbol = 0; symbol < counts.size(); ++symbol)
        if (counts[symbol] != 0)
            rarest.emplace(counts[symbol], symbol);
    if (rarest.size() == 1)
        sizes[rarest.top().second] = 1;
    std::vector<Node> nodes; // with numbers from 256 on, parents behind their children
    while (rarest.size() > 1) {
        auto const [a, left] = rarest.top();
        rarest.pop();
        auto const [b, right] = rarest.top();
        rarest.pop();
        rarest.emplace(a + b, counts.size() + nodes.size());
        nodes.push_back({left, right});
    }
    std::vector<unsigned> depths(counts.size() + nodes.size());
    for (std::size_t i = nodes.size(); i-- > 0;)
        for (auto const child : {nodes[i].left, nodes[i].right})
            depths[child] = depths[counts.size() + i] + 1;
    if (!nodes.empty())
        std::copy_n(depths.begin(), sizes.size(), sizes.begin());
    return sizes;
}

} // namespace

HuffmanCode::HuffmanCode(SymbolCounts occurrences, unsigned longest) : counts(longest + 1) {
    auto sizes = code_sizes(occurrences);
    while (std::ranges::max(sizes) > longest) {
        for (auto& count : occurrences) // flatter, until no code is too long
            count = count == 0 ? 0 : count / 2 + 1;
        sizes = code_sizes(occurrences);
    }
    std::uint32_t code = 0;
    for (unsigned size = 1; size <= longest; ++size, code <<= 1)
        for (unsigned symbol = 0; symbol < sizes.size(); ++symbol)
            if (sizes[symbol] == size) {
                symbols.push_back(static_cast<std::uint8_t>(symbol));
                codes_[symbol] = {size, code++};
                ++counts[size];
            }
}

void BitStream::put(std::uint32_t value, unsigned count) {
    for (unsigned i = 0; i < count; ++i, ++size_) {
        if (size_ % 8 == 0)
            bytes_.push_back(0);
        bytes_.back() |= static_cast<std::uint8_t>((value >> i & 1) << (size_ % 8));
    }
}

void BitStream::put(HuffmanCode::Bits const& code) {
    for (unsigned i = code.size; i-- > 0;)
        put(code.value >> i, 1);
}
