// Cuts an image's text into pieces that have one line and one chain of inlined functions.
#include "libs/symbols/source_map.hpp"

#include "libs/dwarf/lines.hpp"

#include <algorithm>

namespace {

std::uint32_t intern(std::vector<std::string>& list,
                     std::unordered_map<std::string, std::uint32_t>& known, std::string_view text) {
    auto const [at, added] =
        known.try_emplace(std::string(text), static_cast<std::uint32_t>(list.size()));
    if (added)
        list.emplace_back(text);
    return at->second;
}

} // namespace

SourceMap::SourceMap(dwarf::DebugSections const& sections, std::uint64_t low, std::uint64_t high)
    : low_(low), high_(high) {
    for (std::uint64_t at = 0; at < sections.info.size();) {
        auto const unit = dwarf::Unit::read(sections, at);
        if (!unit)
            break;
        add_unit(sections, *unit);
        at = unit->end();
    }
    make_pieces();
}

std::uint32_t SourceMap::add_function(dwarf::Unit::FunctionName const& name) {
    auto const key = std::string(name.linkage) + ' ' + std::string(name.plain);
    auto const [at, added] =
        known_functions_.try_emplace(key, static_cast<std::uint32_t>(functions.size()));
    if (added) {
        functions.emplace_back(name.linkage);
        plain_names.emplace_back(name.plain);
    }
    return at->second;
}

void SourceMap::add_unit(dwarf::DebugSections const& sections, dwarf::Unit const& unit) {
    auto const table = dwarf::LineTable::read(sections, unit);
    if (!table)
        return;
    std::vector<std::uint32_t> file_ids;
    for (auto const& file : table->files)
        file_ids.push_back(intern(files, known_files_, file.view()));
    auto const file_id = [&](std::uint64_t index) {
        return index < file_ids.size() ? file_ids[index] : 0;
    };

    Sequence sequence;
    for (auto const& row : table->rows) {
        sequence.lines.push_back({row.address, file_id(row.file), row.line});
        if (!row.end)
            continue;
        sequence.lines.back().file = sequence.lines.back().line = 0;
        if (sequence.lines.front().address >= low_ && row.address <= high_)
            sequences_.push_back(std::move(sequence));
        sequence = {};
    }

    // The scope around the entries at each depth.
    std::vector<std::uint32_t> around{Scope::none};
    for (auto walk = unit.walk(); walk.more() && !around.empty();) {
        auto const entry = walk.next();
        if (entry.tag == dwarf::tag_end) {
            around.pop_back();
            continue;
        }
        auto scope = around.back();
        bool const inlined = entry.tag == dwarf::tag_inlined_subroutine;
        if (inlined || entry.tag == dwarf::tag_subprogram) {
            auto const parent = inlined ? scope : Scope::none;
            scope = Scope::none;
            unit.for_each_range(entry, [&](dwarf::CodeRange range) {
                if (range.low < low_ || range.low >= high_)
                    return;
                if (scope == Scope::none) {
                    scope = static_cast<std::uint32_t>(scopes.size());
                    scopes.push_back(
                        {.parent = parent,
                         .function = add_function(unit.function_name(entry)),
                         .call_file = file_id(entry.call_file.number),
                         .call_line = static_cast<std::uint32_t>(entry.call_line.number)});
                }
                ranges_.push_back(
                    {range.low, range.high, static_cast<std::uint32_t>(around.size()), scope});
            });
            if (scope == Scope::none && inlined)
                scope = parent;
        }
        if (entry.has_children)
            around.push_back(scope);
    }
}

/// A function of a header may be described by each unit that has it; the first one counts.
void SourceMap::drop_repetitions() {
    auto const root = [&](std::uint32_t scope) {
        while (scopes[scope].parent != Scope::none)
            scope = scopes[scope].parent;
        return scope;
    };
    std::stable_sort(ranges_.begin(), ranges_.end(), [](Range const& a, Range const& b) {
        return a.low != b.low ? a.low < b.low : a.depth < b.depth;
    });
    std::vector<bool> repeated(scopes.size());
    std::uint64_t end = 0;
    for (auto const& range : ranges_) {
        if (scopes[range.scope].parent != Scope::none)
            continue;
        if (range.low < end)
            repeated[range.scope] = true;
        else
            end = range.high;
    }
    std::erase_if(ranges_, [&](Range const& range) { return repeated[root(range.scope)]; });

    std::stable_sort(sequences_.begin(), sequences_.end(), [](auto const& a, auto const& b) {
        return a.lines.front().address < b.lines.front().address;
    });
    end = 0;
    for (auto const& sequence : sequences_)
        if (sequence.lines.front().address >= end) {
            lines_.insert(lines_.end(), sequence.lines.begin(), sequence.lines.end());
            end = sequence.lines.back().address;
        }
    sequences_.clear();
}

void SourceMap::make_pieces() {
    drop_repetitions();
    std::vector<std::uint64_t> borders;
    for (auto const& range : ranges_) {
        borders.push_back(range.low);
        borders.push_back(range.high);
    }
    for (auto const& line : lines_)
        borders.push_back(line.address);
    std::sort(borders.begin(), borders.end());
    borders.erase(std::unique(borders.begin(), borders.end()), borders.end());

    std::vector<Range> open;
    std::size_t next_range = 0;
    std::size_t next_line = 0;
    Piece piece;
    for (auto const border : borders) {
        std::erase_if(open, [&](Range const& range) { return range.high <= border; });
        for (; next_range < ranges_.size() && ranges_[next_range].low <= border; ++next_range)
            open.push_back(ranges_[next_range]);
        for (; next_line < lines_.size() && lines_[next_line].address <= border; ++next_line) {
            piece.file = lines_[next_line].file;
            piece.line = lines_[next_line].line;
        }
        auto const innermost =
            std::max_element(open.begin(), open.end(),
                             [](Range const& a, Range const& b) { return a.depth < b.depth; });
        piece.scope = innermost == open.end() ? Scope::none : innermost->scope;
        piece.start = border;
        bool const same = !pieces.empty() && pieces.back().scope == piece.scope &&
                          pieces.back().file == piece.file && pieces.back().line == piece.line;
        if (!same)
            pieces.push_back(piece);
    }
}

Piece const* SourceMap::piece_at(std::uint64_t address) const {
    auto const after =
        std::upper_bound(pieces.begin(), pieces.end(), address,
                         [](std::uint64_t at, Piece const& piece) { return at < piece.start; });
    return after == pieces.begin() ? nullptr : &after[-1];
}

std::vector<SourceFrame> SourceMap::frames_at(std::uint64_t address) const {
    auto const* const piece = piece_at(address);
    if (piece == nullptr)
        return {};
    std::vector<SourceFrame> frames;
    SourceFrame frame{"", "", files[piece->file], piece->line};
    for (auto scope = piece->scope; scope != Scope::none; scope = scopes[scope].parent) {
        frame.function = functions[scopes[scope].function];
        frame.plain = plain_names[scopes[scope].function];
        frames.push_back(frame);
        frame = {"", "", files[scopes[scope].call_file], scopes[scope].call_line};
    }
    return frames;
}

std::string plain_path(std::string_view path) {
    constexpr std::string_view rooms = "rooms/";
    if (auto const at = path.rfind(rooms); at != path.npos)
        if (auto const room = path.find('/', at + rooms.size()); room != path.npos)
            path.remove_prefix(room + 1);
    for (std::string_view const prefix : {"build/", "./", "../"})
        if (path.starts_with(prefix))
            path.remove_prefix(prefix.size());
    return std::string(path);
}
