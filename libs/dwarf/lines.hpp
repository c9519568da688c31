// Line tables (DWARF 4 and 5, 6.2): which instruction belongs to which line of which file.
#pragma once

#include "libs/base/string.hpp"
#include "libs/dwarf/units.hpp"

namespace dwarf {

struct LineRow {
    u64 address = 0;
    u32 file = 0;     ///< index into LineTable::files
    u32 line = 0;     ///< 0: the compiler names none
    bool end = false; ///< the row only ends the sequence before it
};

/// The table of one unit.
struct LineTable {
    Vector<String> files; ///< with their directory; index as DW_AT_call_file has it
    Vector<LineRow> rows; ///< sequences one after the other, each sorted and closed by an end

    /// EINVAL when the table is damaged.
    static Result<LineTable> read(DebugSections const& sections, Unit const& unit);
};

} // namespace dwarf
