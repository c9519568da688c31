// Finds the unit, the function in it, the calls inlined into that, and the line.
#include "libs/inspect/places.hpp"

#include "libs/dwarf/lines.hpp"

#include <optional>

namespace inspect {
namespace {

struct Activation {
    dwarf::Unit::FunctionName name;
    u64 call_file = 0; ///< where the one around calls it
    u32 call_line = 0;
};

bool covers(dwarf::Unit const& unit, dwarf::Entry const& entry, u64 address) {
    bool found = false;
    unit.for_each_range(entry, [&](dwarf::CodeRange range) {
        found |= address >= range.low && address < range.high;
    });
    return found;
}

bool has_ranges(dwarf::Entry const& entry) {
    return entry.high || entry.ranges;
}

/// The function at `address` and what is inlined into it there, outermost first.
Vector<Activation> activations_at(dwarf::Unit const& unit, u64 address) {
    Vector<Activation> found;
    usize depth = 0;
    usize around = 0; // depth of the function that was found; 0, where the unit is: none yet
    for (auto walk = unit.walk(); walk.more() && (around == 0 || depth > around);) {
        auto const entry = walk.next();
        if (entry.tag == dwarf::tag_end) {
            if (depth-- <= 1)
                break;
            continue;
        }
        bool const inlined = entry.tag == dwarf::tag_inlined_subroutine;
        if (inlined || entry.tag == dwarf::tag_subprogram) {
            if (covers(unit, entry, address)) {
                if (!inlined) {
                    found.clear();
                    around = depth;
                }
                found.push_back({unit.function_name(entry), entry.call_file.number,
                                 static_cast<u32>(entry.call_line.number)});
            } else if (entry.has_children && entry.sibling) {
                walk.skip_children(entry);
                continue;
            }
        }
        if (entry.has_children)
            ++depth;
    }
    return found;
}

std::optional<dwarf::LineRow> row_at(dwarf::LineTable const& table, u64 address) {
    dwarf::LineRow const* before = nullptr;
    for (auto const& row : table.rows) {
        if (before != nullptr && before->address <= address && address < row.address)
            return *before;
        before = row.end ? nullptr : &row;
    }
    return std::nullopt;
}

String file_name(dwarf::LineTable const& table, u64 index) {
    return index < table.files.size() ? table.files[index] : String();
}

Vector<Place> places_in(dwarf::DebugSections const& sections, dwarf::Unit const& unit,
                        u64 address) {
    Vector<Place> places;
    auto const activations = activations_at(unit, address);
    if (activations.empty())
        return places;
    auto const table = dwarf::LineTable::read(sections, unit);
    if (!table)
        return places;
    auto const row = row_at(*table, address);
    u64 file = row ? row->file : 0;
    u32 line = row ? row->line : 0;
    for (usize i = activations.size(); i-- > 0;) {
        auto const& one = activations[i];
        places.push_back({one.name.linkage, one.name.plain,
                          line != 0 ? file_name(*table, file) : String(), line});
        file = one.call_file;
        line = one.call_line;
    }
    return places;
}

} // namespace

Vector<Place> places_at(dwarf::DebugSections const& sections, u64 address) {
    for (u64 at = 0; at < sections.info.size();) {
        auto const unit = dwarf::Unit::read(sections, at);
        if (!unit)
            break;
        if (!has_ranges(unit->root()) || covers(*unit, unit->root(), address))
            if (auto places = places_in(sections, *unit, address); !places.empty())
                return places;
        at = unit->end();
    }
    return {};
}

} // namespace inspect
