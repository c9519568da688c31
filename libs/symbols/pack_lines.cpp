// Says each piece as a step from the one before, and gives frequent numbers short codes.
#include "libs/symbols/pack_lines.hpp"

#include "libs/symbols/huffman.hpp"
#include "libs/symbols/shorten.hpp"
#include "libs/unwind/line_table.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

namespace {

using Table = unwind::LineTable;
using Bytes8 = std::vector<std::uint8_t>;

constexpr std::size_t pieces_per_block = 64; // and those of the function that ends it

void put(Bytes8& out, std::uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i)
        out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

std::uint32_t difference(std::uint32_t from, std::uint32_t to) {
    auto const delta = static_cast<std::int32_t>(to - from);
    return (static_cast<std::uint32_t>(delta) << 1) ^ static_cast<std::uint32_t>(delta >> 31);
}

/// Gives names numbers, from `first` on.
struct Numbering {
    std::uint32_t first = 0;
    std::vector<std::string> added;
    std::unordered_map<std::string, std::uint32_t> numbers;

    std::uint32_t of(std::string const& name) {
        auto const [at, is_new] =
            numbers.try_emplace(name, first + static_cast<std::uint32_t>(added.size()));
        if (is_new)
            added.push_back(name);
        return at->second;
    }
};

/// One entry of the table: all copies of a function with this name in this file.
struct Place {
    std::uint32_t name = 0;
    std::uint32_t file = 0;
    std::map<std::uint32_t, std::uint32_t> first_lines; ///< and how often
    std::uint32_t line = 0;
    std::uint32_t number = 0;
    std::uint64_t uses = 0;
};

/// A frame as the reader knows it at the same point.
struct Active {
    std::uint32_t scope = Scope::none;
    std::uint32_t file = 0;
    std::uint32_t line = 0;

    bool is(StackFrame const& frame) const { return scope == frame.scope && file == frame.file; }
};

/// A number on its way into the stream: first counted, then written.
struct Item {
    Table::Kind kind;
    std::uint32_t value;
};

struct Block {
    std::uint64_t start;
    std::size_t item;
};

class Packer {
public:
    Packer(SourceMap const& map, std::vector<StackPiece> const& pieces, std::uint64_t text_start,
           std::vector<Function> const& functions)
        : map_(map), pieces_(pieces), text_start_(text_start) {
        for (std::size_t i = 0; i < functions.size(); ++i)
            names_.numbers.try_emplace(functions[i].name, static_cast<std::uint32_t>(i));
        names_.first = static_cast<std::uint32_t>(functions.size());
        for (auto const& file : map.files)
            paths_.push_back(plain_path(file));
    }

    PackedLines packed() {
        encode(); // to see how often each place is used, and where it begins
        number_places();
        encode();
        PackedLines result;
        result.table = table();
        result.names = names_.added;
        result.names.insert(result.names.end(), files_.added.begin(), files_.added.end());
        return result;
    }

private:
    Bytes8 table() const {
        std::array<SymbolCounts, Table::kinds> counts{};
        for (auto const& item : items_)
            ++counts[item.kind][std::min(item.value, Table::escape)];
        std::array<HuffmanCode, Table::kinds> codes;
        for (std::size_t kind = 0; kind < Table::kinds; ++kind)
            codes[kind] = HuffmanCode(counts[kind], Table::longest_code);

        BitStream stream;
        Bytes8 bits;
        auto block = blocks_.begin();
        for (std::size_t i = 0; i < items_.size(); ++i) {
            for (; block != blocks_.end() && block->item == i; ++block)
                put(bits, stream.size(), 4);
            auto const symbol = std::min(items_[i].value, Table::escape);
            stream.put(codes[items_[i].kind][static_cast<std::uint8_t>(symbol)]);
            if (symbol == Table::escape && has_escape(items_[i].kind))
                stream.put(items_[i].value, Table::escape_bits);
        }

        Bytes8 out;
        put(out, Table::magic, 4);
        put(out, blocks_.size(), 4);
        put(out, ordered_.size(), 4);
        put(out, stream.bytes().size(), 4);
        put(out, names_.first + names_.added.size(), 4);
        for (auto const& code : codes) {
            for (auto const count : code.counts)
                put(out, count, 2);
            auto symbols = code.symbols;
            symbols.resize(sizeof(Table::Code::symbols));
            out.insert(out.end(), symbols.begin(), symbols.end());
        }
        for (auto const& one : blocks_)
            put(out, one.start, 4);
        out.insert(out.end(), bits.begin(), bits.end());
        for (auto const* const place : ordered_)
            for (auto const value : {place->name, place->file, place->line})
                put(out, value, 2);
        out.insert(out.end(), stream.bytes().begin(), stream.bytes().end());
        return out;
    }

    static bool has_escape(Table::Kind kind) {
        return kind != Table::step && kind != Table::place_low && kind != Table::place_high;
    }

    /// The most frequent get the smallest numbers.
    void number_places() {
        for (auto& [key, place] : places_) {
            auto const more = [](auto const& a, auto const& b) { return a.second < b.second; };
            place.line = std::ranges::max_element(place.first_lines, more)->first;
            ordered_.push_back(&place);
        }
        std::ranges::stable_sort(ordered_, std::greater<>(),
                                 [](auto* place) { return place->uses; });
        for (std::size_t i = 0; i < ordered_.size(); ++i)
            ordered_[i]->number = static_cast<std::uint32_t>(i);
    }

    Place& place_of(StackFrame const& frame) {
        auto const function = map_.scopes[frame.scope].function;
        auto const [known, is_new] = known_names_.try_emplace(function);
        if (is_new)
            known->second = names_.of(shorten_linkage_name(map_.functions[function],
                                                           shorten(map_.plain_names[function])));
        auto const file = files_.of(paths_[frame.file]);
        auto& place = places_[{known->second, file}];
        place.name = known->second;
        place.file = file;
        return place;
    }

    void item(Table::Kind kind, std::uint32_t value) { items_.push_back({kind, value}); }

    void encode() {
        items_.clear();
        blocks_.clear();
        depth_ = 0;
        std::size_t pieces_in_block = pieces_per_block;
        for (std::size_t i = 0; i < pieces_.size(); ++i, ++pieces_in_block) {
            auto frames = std::span(pieces_[i].frames);
            frames = frames.first(std::min(frames.size(), Table::deepest));
            auto const end = i + 1 < pieces_.size() ? pieces_[i + 1].start : map_.end();
            auto const size = static_cast<std::uint32_t>(end - pieces_[i].start);
            bool const same_function = depth_ != 0 && !frames.empty() && active_[0].is(frames[0]);
            if (!same_function && pieces_in_block >= pieces_per_block) {
                blocks_.push_back({pieces_[i].start - text_start_, items_.size()});
                pieces_in_block = 0;
                depth_ = 0;
                active_.clear();
                root_ = {};
            }
            add(frames, size);
        }
    }

    /// In several steps if one cannot leave or enter so many.
    void add(std::span<StackFrame const> frames, std::uint32_t size) {
        std::size_t kept = 0;
        while (kept < depth_ && kept < frames.size() && active_[kept].is(frames[kept]))
            ++kept;
        while (kept != 0 && depth_ - kept >= Table::leave_all) {
            step(0, Table::leave_all - 1, {}, active_[depth_ - Table::leave_all].line);
        }
        while (frames.size() - kept > Table::most_entered) {
            auto const entered = frames.subspan(kept, Table::most_entered);
            step(0, kept == 0 ? Table::leave_all : static_cast<std::uint32_t>(depth_ - kept),
                 entered, entered.back().line);
            kept += entered.size();
        }
        step(size, kept == 0 ? Table::leave_all : static_cast<std::uint32_t>(depth_ - kept),
             frames.subspan(kept), frames.empty() ? 0 : frames.back().line);
    }

    void step(std::uint32_t size, std::uint32_t left, std::span<StackFrame const> entered,
              std::uint32_t line) {
        item(Table::length, size);
        item(Table::step, left << 3 | static_cast<std::uint32_t>(entered.size()));
        depth_ = left == Table::leave_all ? 0 : depth_ - left;
        for (auto const& frame : entered)
            enter(frame);
        if (depth_ == 0)
            return;
        auto& innermost = active_[depth_ - 1].line;
        item(!entered.empty() ? Table::line_in
             : left != 0      ? Table::line_out
                              : Table::line_on,
             difference(innermost, line));
        innermost = line;
    }

    void enter(StackFrame const& frame) {
        if (depth_ == 0) {
            auto const file = files_.of(paths_[frame.file]);
            item(Table::file, difference(root_.file, file));
            item(Table::root_line, difference(root_.line, frame.line));
            root_ = {.file = file, .line = frame.line};
            active_.resize(1);
            active_[0] = {frame.scope, frame.file, frame.line};
        } else {
            auto const call = map_.scopes[frame.scope].call_line;
            auto const caller = active_[depth_ - 1].line;
            if (depth_ < active_.size() && active_[depth_].is(frame))
                item(Table::place_low, Table::again);
            else {
                auto& place = place_of(frame);
                ++place.uses;
                ++place.first_lines[frame.line];
                item(Table::place_low, place.number % Table::again);
                item(Table::place_high, place.number / Table::again);
                item(Table::call_line, difference(caller, call));
                active_.resize(depth_);
                active_.push_back({frame.scope, frame.file, place.line});
            }
            active_[depth_ - 1].line = call;
        }
        ++depth_;
    }

    SourceMap const& map_;
    std::vector<StackPiece> const& pieces_;
    std::uint64_t text_start_;
    std::vector<std::string> paths_; ///< of the map's files
    Numbering names_;
    Numbering files_;
    std::unordered_map<std::uint32_t, std::uint32_t> known_names_; ///< of the map's functions
    std::map<std::pair<std::uint32_t, std::uint32_t>, Place> places_;
    std::vector<Place*> ordered_;
    std::vector<Active> active_; ///< the first `depth_`; behind them what was left last
    std::size_t depth_ = 0;
    Active root_; ///< the file and line of the last outermost function
    std::vector<Item> items_;
    std::vector<Block> blocks_;
};

} // namespace

PackedLines pack_lines(SourceMap const& map, std::vector<StackPiece> const& pieces,
                       std::uint64_t text_start, std::vector<Function> const& functions) {
    return Packer(map, pieces, text_start, functions).packed();
}
