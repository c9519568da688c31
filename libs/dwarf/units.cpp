// Unit headers, abbreviations, entries, and the names of functions.
#include "libs/dwarf/units.hpp"

namespace dwarf {
namespace {

constexpr u16 implicit_constant = 0x21; ///< the form whose value stands in the abbreviation
constexpr u64 most_abbreviations = 1u << 16;
constexpr unsigned most_hops = 8; ///< from a copy to what it is a copy of

} // namespace

Result<Unit> Unit::read(DebugSections const& sections, u64 offset) {
    Unit unit;
    unit.sections_ = &sections;
    unit.start_ = offset;
    Reader reader = reader_at(sections.info, offset);
    u64 length = reader.fixed<u32>();
    if (length == 0xffff'ffff) {
        unit.offset_size_ = 8;
        length = reader.fixed<u64>();
    }
    Reader body = reader.take(length);
    unit.end_ = reader.address();
    unit.version_ = body.fixed<u16>();
    u64 abbreviations = 0;
    if (unit.version_ == 5) {
        u8 const type = body.byte();
        unit.address_size_ = body.byte();
        abbreviations = unit.read_offset(body);
        constexpr u8 skeleton = 4;
        constexpr u8 split_compile = 5;
        constexpr u8 type_unit = 2;
        if (type == skeleton || type == split_compile)
            body.skip(8);
        else if (type == type_unit)
            body.skip(usize{8} + unit.offset_size_);
    } else if (unit.version_ >= 2 && unit.version_ <= 4) {
        abbreviations = unit.read_offset(body);
        unit.address_size_ = body.byte();
    } else {
        return fail(Errno::einval);
    }
    if (!body.ok() || (unit.address_size_ != 8 && unit.address_size_ != 4) ||
        !unit.read_abbreviations(reader_at(sections.abbrev, abbreviations)))
        return fail(Errno::einval);
    unit.entries_ = body;
    if (!unit.entries_.more())
        return fail(Errno::einval);
    unit.root_ = unit.walk().next();
    return unit;
}

bool Unit::read_abbreviations(Reader reader) {
    for (u64 code = reader.uleb(); code != 0; code = reader.uleb()) {
        if (code > most_abbreviations)
            return false;
        Abbreviation one{.tag = static_cast<u16>(reader.uleb()),
                         .has_children = reader.byte() != 0,
                         .first = attributes_.size()};
        for (;;) {
            Attribute attribute;
            attribute.name = static_cast<u16>(reader.uleb());
            attribute.form = static_cast<u16>(reader.uleb());
            if (attribute.form == implicit_constant)
                attribute.constant = reader.sleb();
            if (!reader.ok())
                return false;
            if (attribute.name == 0 && attribute.form == 0)
                break;
            attributes_.push_back(attribute);
        }
        one.count = attributes_.size() - one.first;
        if (abbreviations_.size() < code)
            abbreviations_.resize(code);
        abbreviations_[code - 1] = one;
    }
    return reader.ok();
}

u64 Unit::read_offset(Reader& reader) const {
    return offset_size_ == 8 ? reader.fixed<u64>() : reader.fixed<u32>();
}

u64 Unit::read_address(Reader& reader) const {
    return address_size_ == 8 ? reader.fixed<u64>() : reader.fixed<u32>();
}

namespace {

constexpr struct {
    AttributeName name;
    Value Entry::* member;
} wanted[] = {
    {at_name, &Entry::name},
    {at_linkage_name, &Entry::linkage_name},
    {at_low_pc, &Entry::low},
    {at_high_pc, &Entry::high},
    {at_ranges, &Entry::ranges},
    {at_abstract_origin, &Entry::origin},
    {at_specification, &Entry::specification},
    {at_call_file, &Entry::call_file},
    {at_call_line, &Entry::call_line},
    {at_stmt_list, &Entry::line_table},
    {at_comp_dir, &Entry::directory},
    {at_str_offsets_base, &Entry::text_base},
    {at_addr_base, &Entry::address_base},
    {at_rnglists_base, &Entry::list_base},
    {at_sibling, &Entry::sibling},
    {at_type, &Entry::type},
    {at_byte_size, &Entry::byte_size},
    {at_const_value, &Entry::constant},
    {at_upper_bound, &Entry::upper_bound},
    {at_count, &Entry::count},
    {at_data_member_location, &Entry::member_location},
    {at_declaration, &Entry::declaration},
    {at_noreturn, &Entry::noreturn},
};

} // namespace

Entry Unit::read_entry(Reader& reader) const {
    Entry entry{.offset = reader.address()};
    u64 const code = reader.uleb();
    if (code == 0)
        return entry;
    if (code > abbreviations_.size() || abbreviations_[code - 1].tag == tag_end) {
        reader.fail();
        return entry;
    }
    auto const& abbreviation = abbreviations_[code - 1];
    entry.tag = abbreviation.tag;
    entry.has_children = abbreviation.has_children;
    for (usize i = 0; i < abbreviation.count; ++i) {
        auto const& attribute = attributes_[abbreviation.first + i];
        Value const value = read_value(reader, attribute.form, attribute.constant);
        for (auto const& one : wanted)
            if (one.name == attribute.name)
                entry.*one.member = value;
    }
    if (!reader.ok())
        return {.offset = entry.offset};
    return entry;
}

Unit::Walk Unit::walk_from(u64 offset) const {
    Reader reader = entries_;
    if (offset < entries_.address() || offset >= end_)
        reader.fail();
    reader.skip(offset - entries_.address());
    return Walk(*this, reader);
}

Entry Unit::entry_at(u64 offset) const {
    Walk walk = walk_from(offset);
    return walk.more() ? walk.next() : Entry{};
}

std::string_view Unit::text(Value const& value) const {
    if (value.kind != Value::Kind::text_index)
        return value.text;
    Reader index = reader_at(sections_->str_offsets, root_.text_base.number);
    index.skip(value.number * offset_size_);
    Reader at = reader_at(sections_->str, read_offset(index));
    return index.ok() ? at.text() : std::string_view();
}

Unit::FunctionName Unit::function_name(Entry const& entry) const {
    Entry at = entry;
    FunctionName name;
    for (unsigned hop = 0; hop < most_hops; ++hop) {
        if (name.linkage.empty())
            name.linkage = text(at.linkage_name);
        if (name.plain.empty())
            name.plain = text(at.name);
        Value const& next = at.origin ? at.origin : at.specification;
        if (!next)
            break;
        at = entry_at(next.number);
    }
    return name;
}

} // namespace dwarf
