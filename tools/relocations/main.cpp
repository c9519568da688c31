// relocations IMAGE OUTPUT: lists every word of a kernel image that holds one of its own addresses.
//
// The image was linked with --emit-relocs. The output is assembly for the section .relocations: the
// physical address of each such word, which boot.S adds the slide to.
#include <elf.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

/// Where linnet.ld puts the kernel's upper half.
constexpr std::uint64_t kernel_offset = 0xffff'ffff'8000'0000;

class Image {
public:
    explicit Image(std::string const& path) {
        std::ifstream file(path, std::ios::binary);
        bytes_.assign(std::istreambuf_iterator<char>(file), {});
        if (!file || bytes_.size() < sizeof(Elf64_Ehdr) ||
            std::memcmp(bytes_.data(), ELFMAG, SELFMAG) != 0)
            throw std::runtime_error(path + " is not an ELF file");
        auto const header = read<Elf64_Ehdr>(0);
        for (unsigned i = 0; i < header.e_shnum; ++i)
            sections_.push_back(read<Elf64_Shdr>(header.e_shoff + i * sizeof(Elf64_Shdr)));
    }

    std::vector<std::uint32_t> words() const {
        std::vector<std::uint32_t> found;
        for (auto const& section : sections_)
            if (section.sh_type == SHT_RELA && (sections_.at(section.sh_info).sh_flags & SHF_ALLOC))
                add_words(section, found);
        std::sort(found.begin(), found.end());
        found.erase(std::unique(found.begin(), found.end()), found.end());
        return found;
    }

private:
    template <class T>
    T read(std::uint64_t at) const {
        if (at > bytes_.size() || sizeof(T) > bytes_.size() - at)
            throw std::runtime_error("the image ends too early");
        T value;
        std::memcpy(&value, bytes_.data() + at, sizeof value);
        return value;
    }

    void add_words(Elf64_Shdr const& section, std::vector<std::uint32_t>& found) const {
        auto const& symbols = sections_.at(section.sh_link);
        auto const& target = sections_.at(section.sh_info);
        for (std::uint64_t at = 0; at < section.sh_size; at += sizeof(Elf64_Rela)) {
            auto const entry = read<Elf64_Rela>(section.sh_offset + at);
            auto const type = ELF64_R_TYPE(entry.r_info);
            if (type != R_X86_64_64 && type != R_X86_64_32S)
                continue; // relative ones hold, 32-bit ones are physical addresses of boot.S
            auto const symbol =
                read<Elf64_Sym>(symbols.sh_offset + ELF64_R_SYM(entry.r_info) * sizeof(Elf64_Sym));
            auto const place = entry.r_offset;
            if (symbol.st_value < kernel_offset || place < target.sh_addr ||
                place >= target.sh_addr + target.sh_size || target.sh_type == SHT_NOBITS)
                continue;
            // What stands there must be what the relocation computed: the linker rewrites
            // .eh_frame, and a wrong entry would damage the kernel.
            auto const file_at = target.sh_offset + (place - target.sh_addr);
            std::uint64_t const wanted =
                symbol.st_value + static_cast<std::uint64_t>(entry.r_addend);
            if (read<std::uint32_t>(file_at) != static_cast<std::uint32_t>(wanted))
                throw std::runtime_error("a relocation does not match the linked image");
            found.push_back(
                static_cast<std::uint32_t>(place >= kernel_offset ? place - kernel_offset : place));
        }
    }

    std::vector<char> bytes_;
    std::vector<Elf64_Shdr> sections_;
};

} // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        std::cerr << "usage: relocations IMAGE OUTPUT\n";
        return 2;
    }
    try {
        Image const image(arguments[1]);
        std::ofstream output(arguments[2]);
        output << "    .section .relocations, \"a\"\n";
        for (auto const word : image.words())
            output << "    .long " << word << "\n";
        output << "    .section .note.GNU-stack, \"\", @progbits\n";
        return output.flush() ? 0 : 1;
    } catch (std::exception const& error) {
        std::cerr << "relocations: " << error.what() << "\n";
        return 1;
    }
}
