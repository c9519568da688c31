// What code an address belongs to, for people.
#pragma once

#include <string>
#include <vector>

namespace runner {

/// A function that an instruction belongs to.
struct CodeFrame {
    std::string function; ///< demangled; empty when nobody knows it
    std::string file;     ///< empty when not known
    unsigned line = 0;    ///< 0 when not known
};

/// What code an address belongs to.
struct CodePlace {
    std::vector<CodeFrame> frames; ///< innermost first; all but the last were inlined into that
    unsigned long offset = 0;      ///< from the start of the last
};

} // namespace runner
