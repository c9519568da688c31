// Finds sections by name.
#include "libs/symbols/image.hpp"

#include "libs/symbols/elf_file.hpp"

ImageSections sections_of(std::span<char const> image) {
    static constexpr struct {
        std::string_view name;
        ConstBytes dwarf::DebugSections::* member;
    } wanted[] = {
        {".debug_info", &dwarf::DebugSections::info},
        {".debug_abbrev", &dwarf::DebugSections::abbrev},
        {".debug_line", &dwarf::DebugSections::line},
        {".debug_str", &dwarf::DebugSections::str},
        {".debug_line_str", &dwarf::DebugSections::line_str},
        {".debug_str_offsets", &dwarf::DebugSections::str_offsets},
        {".debug_addr", &dwarf::DebugSections::addr},
        {".debug_ranges", &dwarf::DebugSections::ranges},
        {".debug_rnglists", &dwarf::DebugSections::rnglists},
    };

    ImageSections found;
    for (auto const& [name, section] : elf_sections({image.data(), image.size()})) {
        if (name == ".text") {
            found.text_start = section.sh_addr;
            found.text_end = section.sh_addr + section.sh_size;
        }
        if (section.sh_type == SHT_NOBITS || (section.sh_flags & SHF_COMPRESSED) != 0)
            continue;
        for (auto const& one : wanted)
            if (one.name == name)
                found.debug.*one.member =
                    std::as_bytes(image.subspan(section.sh_offset, section.sh_size));
    }
    return found;
}
