// Files that are mapped in a program.
#pragma once

#include "libs/base/types.hpp"
#include "libs/base/vector.hpp"

#include <string_view>

namespace inspect {

struct Mapping {
    u64 start = 0;
    u64 end = 0;
    u64 offset = 0; ///< in the file, of `start`; bytes
    std::string_view file;
};

/// Null when no file is mapped there.
inline Mapping const* mapping_at(Vector<Mapping> const& mappings, u64 address) {
    for (auto const& mapping : mappings)
        if (address - mapping.start < mapping.end - mapping.start)
            return &mapping;
    return nullptr;
}

/// The lines of /proc/PID/maps that name files. `text` must outlive them; other lines are left out.
Vector<Mapping> parse_maps(std::string_view text);

} // namespace inspect
