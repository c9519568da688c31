// linnet-noreturn LIST IMAGE...: behind each call of what does not return stands a trap (A16.1).
// LIST is cmake/traps.h.
//
// That a function does not return is said by DWARF, where [[noreturn]] is an attribute, and by
// LIST. Besides, no function ends with a call: one that did would be of a function that the
// compiler found out not to return.
#include "libs/symbols/elf_file.hpp"
#include "libs/symbols/image.hpp"
#include "tests/code/decoder.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <vector>

namespace {

[[noreturn]] void stop(std::string const& message) {
    std::fprintf(stderr, "linnet-noreturn: %s\n", message.c_str());
    std::exit(2);
}

std::string read(char const* path) {
    std::ifstream in(path, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(in), {}};
    if (content.empty())
        stop(std::string("cannot read ") + path);
    return content;
}

/// The names of LIST: each has a line, in quotes, with a comma behind it but for the last.
std::set<std::string> listed_names(char const* path) {
    std::set<std::string> names;
    std::istringstream lines(read(path));
    for (std::string line; std::getline(lines, line);) {
        auto const start = line.find_first_not_of(' ');
        if (start == std::string::npos || line[start] != '"')
            continue;
        auto const end = line.find_first_of(",\\\"", start + 1);
        std::string const name = line.substr(start + 1, end - start - 1);
        if (!name.empty() && name.find_first_of(" .") == std::string::npos && name != "ud2")
            names.insert(name);
    }
    if (names.empty())
        stop(std::string("no names in ") + path);
    return names;
}

struct Function {
    std::string name;
    std::uint64_t size = 0;
    bool noreturn = false;
    bool described = false; ///< DWARF has its definition
};

class Image {
public:
    Image(char const* path, std::set<std::string> const& listed)
        : path_(path), file_(read(path)), listed_(listed) {
        if (elf_sections(file_).empty())
            stop(std::string("not an ELF image: ") + path);
        for_each_symbol(file_, [&](Elf64_Sym const& symbol, std::string_view name) {
            if (ELF64_ST_TYPE(symbol.st_info) == STT_FUNC && symbol.st_shndx != SHN_UNDEF) {
                functions_[symbol.st_value] = {.name = std::string(name), .size = symbol.st_size};
                by_name_.emplace(name, symbol.st_value);
            }
        });
        read_dwarf();
    }

    /// The number of complaints that it has printed.
    unsigned check() {
        for (auto const& [at, function] : functions_)
            if (function.described && !function.noreturn && listed_.contains(function.name))
                complain(at, "is in the list of what does not return, but is not [[noreturn]]");
        for (auto const& section : elf_sections(file_)) {
            auto const& header = section.header;
            if ((header.sh_flags & SHF_EXECINSTR) == 0 || header.sh_type == SHT_NOBITS)
                continue;
            auto next = functions_.lower_bound(header.sh_addr);
            for (; next != functions_.end() && next->first - header.sh_addr < header.sh_size;
                 ++next)
                check(next->first, next->second,
                      std::string_view(file_).substr(
                          header.sh_offset + (next->first - header.sh_addr), next->second.size));
        }
        if (calls_ == 0 && functions_.size() > 100) {
            std::printf("%s: not one call of what does not return\n", path_);
            ++complaints_;
        }
        return complaints_;
    }

    unsigned calls() const { return calls_; }

private:
    void read_dwarf() {
        auto const sections = sections_of(file_);
        for (std::uint64_t at = 0; at < sections.debug.info.size();) {
            auto const unit = dwarf::Unit::read(sections.debug, at);
            if (!unit)
                stop(std::string("damaged DWARF in ") + path_);
            at = unit->end();
            if (unit->text(unit->root().name).ends_with(".S"))
                continue; // assemblers describe functions, too, but not their attributes
            for (auto walk = unit->walk(); walk.more();) {
                auto const entry = walk.next();
                if (entry.tag == dwarf::tag_subprogram)
                    read_subprogram(*unit, entry);
            }
        }
    }

    void read_subprogram(dwarf::Unit const& unit, dwarf::Entry const& entry) {
        bool const noreturn = says_noreturn(unit, entry);
        bool defined = false;
        unit.for_each_range(entry, [&](dwarf::CodeRange range) {
            defined = true;
            if (auto const found = functions_.find(range.low); found != functions_.end()) {
                found->second.described = true;
                found->second.noreturn |= noreturn;
            }
        });
        if (defined || !noreturn)
            return;
        auto const name = unit.function_name(entry);
        auto const [first, last] =
            by_name_.equal_range(std::string(name.linkage.empty() ? name.plain : name.linkage));
        for (auto found = first; found != last; ++found)
            functions_[found->second].noreturn = true;
    }

    static bool says_noreturn(dwarf::Unit const& unit, dwarf::Entry entry) {
        for (unsigned hop = 0; hop < 4 && !entry.noreturn; ++hop) {
            auto const& next = entry.origin ? entry.origin : entry.specification;
            if (!next)
                return false;
            entry = unit.entry_at(next.number);
        }
        return entry.noreturn.number != 0;
    }

    void check(std::uint64_t at, Function const& function, std::string_view code) {
        std::uint64_t call = 0;   // behind which a trap must come
        std::uint64_t before = 0; // the last call, when nothing has come behind it
        std::uint64_t callee = 0;
        auto const bytes = std::as_bytes(std::span(code));
        for (std::size_t done = 0; done < bytes.size();) {
            if (!decoder_.decode(bytes.subspan(done), at + done)) {
                ++done;
                continue;
            }
            auto const& instruction = decoder_.instruction();
            done += instruction.size;
            if (call != 0 && instruction.id != X86_INS_UD2)
                no_trap(call, function, at, callee);
            call = before = 0;
            if (instruction.id != X86_INS_CALL)
                continue;
            before = instruction.address;
            auto const& operand = instruction.detail->x86.operands[0];
            callee = operand.type == X86_OP_IMM ? static_cast<std::uint64_t>(operand.imm) : 0;
            auto const found = functions_.find(callee);
            if (found == functions_.end() ||
                (!found->second.noreturn && !listed_.contains(found->second.name)))
                continue;
            ++calls_;
            call = instruction.address;
        }
        if (before != 0)
            no_trap(before, function, at, callee);
    }

    void no_trap(std::uint64_t call, Function const& function, std::uint64_t start,
                 std::uint64_t callee) {
        auto const found = functions_.find(callee);
        std::string const name =
            found == functions_.end() ? "what has no name" : found->second.name;
        std::string text = "+" + std::to_string(call - start) + " calls " + name +
                           ", which does not return, and no trap comes next";
        if (found == functions_.end())
            text += "; write a trap there";
        else if (!found->second.noreturn)
            text += "; make it [[noreturn]] and add its name to cmake/traps.h";
        else if (!listed_.contains(name))
            text += "; add its name to cmake/traps.h";
        complain(start, text, function.name);
    }

    void complain(std::uint64_t at, std::string const& text) {
        complain(at, " " + text, functions_[at].name);
    }

    void complain(std::uint64_t at, std::string const& text, std::string const& name) {
        if (++complaints_ <= 20)
            std::printf("%s: 0x%lx %s%s\n", path_, at, name.c_str(), text.c_str());
    }

    char const* path_;
    std::string file_;
    std::set<std::string> const& listed_;
    std::map<std::uint64_t, Function> functions_; ///< by address
    std::multimap<std::string, std::uint64_t> by_name_;
    Decoder decoder_;
    unsigned calls_ = 0;
    unsigned complaints_ = 0;
};

} // namespace

int main(int count, char** arguments) {
    if (count < 3)
        stop("usage: linnet-noreturn LIST IMAGE...");
    auto const listed = listed_names(arguments[1]);
    unsigned complaints = 0;
    unsigned calls = 0;
    for (char const* const path :
         std::span(arguments, static_cast<std::size_t>(count)).subspan(2)) {
        Image image(path, listed);
        complaints += image.check();
        calls += image.calls();
    }
    std::printf("%u calls of what does not return, %u complaints\n", calls, complaints);
    return complaints == 0 ? 0 : 1;
}
