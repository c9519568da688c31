// Debugging information entries (DWARF 4 and 5, chapters 2 and 7): units, entries, their
// attributes.
#pragma once

#include "libs/base/function_ref.hpp"
#include "libs/base/result.hpp"
#include "libs/base/vector.hpp"
#include "libs/dwarf/reader.hpp"

namespace dwarf {

/// What the sections hold; those that are not there stay empty. Must outlive what reads them.
struct DebugSections {
    ConstBytes info, abbrev, line, str, line_str, str_offsets, addr, ranges, rnglists;
};

enum Tag : u16 {
    tag_end = 0, ///< ends a list of children
    tag_array_type = 0x01,
    tag_class_type = 0x02,
    tag_enumeration_type = 0x04,
    tag_member = 0x0d,
    tag_pointer_type = 0x0f,
    tag_reference_type = 0x10,
    tag_structure_type = 0x13,
    tag_typedef = 0x16,
    tag_union_type = 0x17,
    tag_inheritance = 0x1c,
    tag_subrange_type = 0x21,
    tag_const_type = 0x26,
    tag_enumerator = 0x28,
    tag_volatile_type = 0x35,
    tag_namespace = 0x39,
    tag_lexical_block = 0x0b,
    tag_compile_unit = 0x11,
    tag_inlined_subroutine = 0x1d,
    tag_subprogram = 0x2e,
};

enum AttributeName : u16 {
    at_sibling = 0x01,
    at_name = 0x03,
    at_byte_size = 0x0b,
    at_stmt_list = 0x10,
    at_low_pc = 0x11,
    at_high_pc = 0x12,
    at_comp_dir = 0x1b,
    at_const_value = 0x1c,
    at_upper_bound = 0x2f,
    at_abstract_origin = 0x31,
    at_count = 0x37,
    at_data_member_location = 0x38,
    at_declaration = 0x3c,
    at_specification = 0x47,
    at_type = 0x49,
    at_ranges = 0x55,
    at_call_file = 0x58,
    at_call_line = 0x59,
    at_linkage_name = 0x6e,
    at_str_offsets_base = 0x72,
    at_addr_base = 0x73,
    at_rnglists_base = 0x74,
    at_noreturn = 0x87,
};

/// A value as its form gives it; indices into tables are resolved by Unit.
struct Value {
    enum class Kind : u8 {
        none,
        number,
        text,
        address,
        reference, ///< offset in .debug_info
        offset,    ///< into another section
        text_index,
        address_index,
        list_index, ///< of .debug_rnglists
    };
    Kind kind = Kind::none;
    u64 number = 0;
    std::string_view text = {};

    explicit operator bool() const { return kind != Kind::none; }
};

/// The attributes that describe code, and where the members of types are.
struct Entry {
    u64 offset = 0; ///< in .debug_info
    u16 tag = tag_end;
    bool has_children = false;
    Value name, linkage_name, low, high, ranges, origin, specification, call_file, call_line;
    Value sibling, type, byte_size, constant, upper_bound, count, member_location, declaration;
    Value noreturn;                                                  ///< a flag
    Value line_table, directory, text_base, address_base, list_base; ///< of a unit's first entry
};

/// Addresses from low to before high.
struct CodeRange {
    u64 low = 0;
    u64 high = 0;
};

/// One unit of .debug_info. Damaged input gives EINVAL or an early end, and never reads outside.
class Unit {
public:
    /// The unit whose header lies at `offset`.
    static Result<Unit> read(DebugSections const& sections, u64 offset);

    /// Where the next one lies.
    u64 end() const { return end_; }

    u8 offset_size() const { return offset_size_; }

    Entry const& root() const { return root_; }

    /// Reads entries in the order in which they lie, children behind their parent. Starts with the
    /// root, and is at the end when ok() is false or nothing is left.
    class Walk {
    public:
        bool more() const { return reader_.more(); }

        Entry next() { return unit_->read_entry(reader_); }

        /// Passes over the children of `entry`, which next() has just given, if the unit says where
        /// they end.
        void skip_children(Entry const& entry) {
            if (entry.has_children && entry.sibling.number > reader_.address())
                reader_.skip(entry.sibling.number - reader_.address());
        }

    private:
        friend Unit;

        Walk(Unit const& unit, Reader reader) : unit_(&unit), reader_(reader) {}

        Unit const* unit_;
        Reader reader_;
    };

    Walk walk() const { return Walk(*this, entries_); }

    /// Starts with the entry at an offset of .debug_info; at the end when that is not in this unit.
    Walk walk_from(u64 offset) const;

    /// The entry at an offset of .debug_info, which must lie in this unit; else tag_end.
    Entry entry_at(u64 offset) const;

    std::string_view text(Value const& value) const;

    /// The names of the function that this entry is, or is a copy of; empty when there are none.
    struct FunctionName {
        std::string_view linkage; ///< for linkers, mangled
        std::string_view plain;   ///< without its namespace
    };

    FunctionName function_name(Entry const& entry) const;
    void for_each_range(Entry const& entry, FunctionRef<void(CodeRange)> visit) const;

private:
    struct Attribute {
        u16 name = 0;
        u16 form = 0;
        i64 constant = 0;
    };

    struct Abbreviation {
        u16 tag = tag_end;
        bool has_children = false;
        usize first = 0; ///< in attributes_
        usize count = 0;
    };

    bool read_abbreviations(Reader reader);
    Entry read_entry(Reader& reader) const;
    Value read_value(Reader& reader, u64 form, i64 constant, unsigned depth = 0) const;
    u64 read_offset(Reader& reader) const;
    u64 read_address(Reader& reader) const;
    u64 address(Value const& value) const;
    void read_ranges(u64 offset, FunctionRef<void(CodeRange)> visit) const;
    void read_range_list(u64 offset, FunctionRef<void(CodeRange)> visit) const;

    DebugSections const* sections_ = nullptr;
    u64 start_ = 0;
    u64 end_ = 0;
    u16 version_ = 0;
    u8 offset_size_ = 4;
    u8 address_size_ = 8;
    Reader entries_;
    Vector<Abbreviation> abbreviations_; ///< by code - 1: both compilers number them so
    Vector<Attribute> attributes_;
    Entry root_;
};

/// Reads at `offset` of a section.
inline Reader reader_at(ConstBytes section, u64 offset) {
    return Reader({.address = 0, .bytes = section}, offset);
}

} // namespace dwarf
