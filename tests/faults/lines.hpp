// Which line of the source an instruction of the kernel belongs to, by its DWARF.
#pragma once

#include "libs/symbols/source_map.hpp"

namespace faults {

class Lines {
public:
    explicit Lines(std::string const& elf_file);

    /// "kernel/vfs/walk.cpp:88". What stands in libs or the standard library and was inlined into
    /// the kernel is followed by the first line of the kernel itself: "libs/base/box.hpp:40 <
    /// kernel/...".
    std::string at(std::uint64_t address) const;

    /// The file in which the function stands whose code this is; empty when nobody knows.
    std::string function_file(std::uint64_t address) const;

private:
    std::string image_; ///< what the map's names lie in
    SourceMap map_;
};

} // namespace faults
