// An ELF program or library as a file: its sections, and which of its functions an address is in.
#pragma once

#include "libs/base/memory.hpp"
#include "libs/dwarf/cfi.hpp"
#include "libs/dwarf/units.hpp"

#include <optional>
#include <string_view>

namespace inspect {

/// A function of .symtab or .dynsym.
struct Symbol {
    std::string_view name; ///< the linker's
    u64 start = 0;
    u64 size = 0; ///< 0: not known
};

/// Views into `file`, which must outlive it. Damaged files have fewer sections.
class ImageFile {
public:
    explicit ImageFile(ConstBytes file);

    /// Empty when it is not there, or has no bytes in the file, or is compressed.
    ConstBytes section(std::string_view name) const;

    dwarf::DebugSections debug_sections() const;

    /// Call frame information, as it lies in memory when the image is loaded `bias` away from its
    /// own addresses.
    dwarf::FrameTables frame_tables(u64 bias) const;

    /// The function that has the address, or, where it says no size, the nearest before it.
    std::optional<Symbol> symbol_at(u64 address) const;

private:
    struct Section;

    std::optional<Section> section_at(u64 index) const;
    std::optional<Section> find(std::string_view name) const;
    std::string_view text_at(Section const& strings, u64 offset) const;
    void search(Section const& symbols, u64 address, std::optional<Symbol>& best) const;

    ConstBytes file_;
    u64 table_ = 0; ///< of sections
    u64 count_ = 0;
    u64 names_ = 0;
};

} // namespace inspect
