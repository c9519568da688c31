// Which functions, inlined ones too, and which line an address of an image belongs to, by its
// DWARF.
#pragma once

#include "libs/dwarf/units.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

/// A function, or a copy of one that was inlined into `parent`.
struct Scope {
    static constexpr std::uint32_t none = ~std::uint32_t{0};
    std::uint32_t parent = none;
    std::uint32_t function = 0;  ///< index into SourceMap::functions
    std::uint32_t call_file = 0; ///< where the parent calls it
    std::uint32_t call_line = 0;
};

/// From `start` to the next piece's.
struct Piece {
    std::uint64_t start = 0;
    std::uint32_t scope = Scope::none; ///< the innermost
    std::uint32_t file = 0;            ///< index into SourceMap::files; 0: not known
    std::uint32_t line = 0;
};

struct SourceFrame {
    std::string function; ///< as the linker knows it; may be empty
    std::string plain;    ///< without its namespace; empty when nobody knows the function
    std::string file;
    std::uint32_t line = 0;
};

/// What DWARF says of the addresses from `low` to before `high`. Damaged units are left out.
class SourceMap {
public:
    SourceMap(dwarf::DebugSections const& sections, std::uint64_t low, std::uint64_t high);

    /// Innermost first.
    std::vector<SourceFrame> frames_at(std::uint64_t address) const;

    /// Null when nobody knows the address.
    Piece const* piece_at(std::uint64_t address) const;

    /// The address up to which it was made.
    std::uint64_t end() const { return high_; }

    std::vector<std::string> files{""};
    std::vector<std::string> functions;   ///< as the linker knows them
    std::vector<std::string> plain_names; ///< of the same
    std::vector<Scope> scopes;
    std::vector<Piece> pieces; ///< sorted

private:
    struct Range {
        std::uint64_t low;
        std::uint64_t high;
        std::uint32_t depth;
        std::uint32_t scope;
    };

    struct Line {
        std::uint64_t address;
        std::uint32_t file;
        std::uint32_t line;
    };

    std::uint32_t add_function(dwarf::Unit::FunctionName const& name);
    void add_unit(dwarf::DebugSections const& sections, dwarf::Unit const& unit);
    void drop_repetitions();
    void make_pieces();

    /// Lines without a gap; the last one only says where they end.
    struct Sequence {
        std::vector<Line> lines;
    };

    std::uint64_t low_;
    std::uint64_t high_;
    std::vector<Range> ranges_;
    std::vector<Sequence> sequences_;
    std::vector<Line> lines_; ///< sorted
    std::unordered_map<std::string, std::uint32_t> known_files_{{"", 0}};
    std::unordered_map<std::string, std::uint32_t> known_functions_;
};

/// The path of a source file from the root of the repository, whatever way a room reached it.
std::string plain_path(std::string_view path);
