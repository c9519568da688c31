// Values of attributes by their form (DWARF 5, 7.5.6).
#include "libs/dwarf/units.hpp"

namespace dwarf {
namespace {

enum Form : u16 {
    form_addr = 0x01,
    form_block2 = 0x03,
    form_block4 = 0x04,
    form_data2 = 0x05,
    form_data4 = 0x06,
    form_data8 = 0x07,
    form_string = 0x08,
    form_block = 0x09,
    form_block1 = 0x0a,
    form_data1 = 0x0b,
    form_flag = 0x0c,
    form_sdata = 0x0d,
    form_strp = 0x0e,
    form_udata = 0x0f,
    form_ref_addr = 0x10,
    form_ref1 = 0x11,
    form_ref2 = 0x12,
    form_ref4 = 0x13,
    form_ref8 = 0x14,
    form_ref_udata = 0x15,
    form_indirect = 0x16,
    form_sec_offset = 0x17,
    form_exprloc = 0x18,
    form_flag_present = 0x19,
    form_strx = 0x1a,
    form_addrx = 0x1b,
    form_strp_sup = 0x1d,
    form_data16 = 0x1e,
    form_line_strp = 0x1f,
    form_ref_sig8 = 0x20,
    form_implicit_const = 0x21,
    form_loclistx = 0x22,
    form_rnglistx = 0x23,
    form_strx1 = 0x25,
    form_strx2 = 0x26,
    form_strx3 = 0x27,
    form_strx4 = 0x28,
    form_addrx1 = 0x29,
    form_addrx2 = 0x2a,
    form_addrx3 = 0x2b,
    form_addrx4 = 0x2c,
};

u64 three_bytes(Reader& reader) {
    u64 const low = reader.fixed<u16>();
    return low | u64{reader.byte()} << 16;
}

} // namespace

Value Unit::read_value(Reader& reader, u64 form, i64 constant, unsigned depth) const {
    using enum Value::Kind;
    auto const local = [&](u64 offset) { return Value{reference, start_ + offset}; };
    auto const text_at = [&](ConstBytes section) {
        Reader at = reader_at(section, read_offset(reader));
        return Value{text, 0, at.text()};
    };
    auto const block = [&](u64 size) {
        reader.skip(size);
        return Value{};
    };
    switch (form) {
    case form_addr:
        return {address, read_address(reader)};
    case form_data1:
    case form_flag:
        return {number, reader.byte()};
    case form_data2:
        return {number, reader.fixed<u16>()};
    case form_data4:
        return {number, reader.fixed<u32>()};
    case form_data8:
        return {number, reader.fixed<u64>()};
    case form_sdata:
        return {number, static_cast<u64>(reader.sleb())};
    case form_udata:
        return {number, reader.uleb()};
    case form_implicit_const:
        return {number, static_cast<u64>(constant)};
    case form_flag_present:
        return {number, 1};
    case form_sec_offset:
        return {offset, read_offset(reader)};
    case form_string:
        return {text, 0, reader.text()};
    case form_strp:
        return text_at(sections_->str);
    case form_line_strp:
        return text_at(sections_->line_str);
    case form_ref1:
        return local(reader.byte());
    case form_ref2:
        return local(reader.fixed<u16>());
    case form_ref4:
        return local(reader.fixed<u32>());
    case form_ref8:
        return local(reader.fixed<u64>());
    case form_ref_udata:
        return local(reader.uleb());
    case form_ref_addr:
        return {reference, read_offset(reader)};
    case form_strx:
        return {text_index, reader.uleb()};
    case form_strx1:
        return {text_index, reader.byte()};
    case form_strx2:
        return {text_index, reader.fixed<u16>()};
    case form_strx3:
        return {text_index, three_bytes(reader)};
    case form_strx4:
        return {text_index, reader.fixed<u32>()};
    case form_addrx:
        return {address_index, reader.uleb()};
    case form_addrx1:
        return {address_index, reader.byte()};
    case form_addrx2:
        return {address_index, reader.fixed<u16>()};
    case form_addrx3:
        return {address_index, three_bytes(reader)};
    case form_addrx4:
        return {address_index, reader.fixed<u32>()};
    case form_rnglistx:
        return {list_index, reader.uleb()};
    case form_loclistx:
        reader.uleb();
        return {};
    case form_block1:
        return block(reader.byte());
    case form_block2:
        return block(reader.fixed<u16>());
    case form_block4:
        return block(reader.fixed<u32>());
    case form_block:
    case form_exprloc:
        return block(reader.uleb());
    case form_data16:
        return block(16);
    case form_ref_sig8:
        return block(8);
    case form_strp_sup:
        return block(offset_size_);
    case form_indirect:
        if (depth == 0)
            return read_value(reader, reader.uleb(), 0, 1);
        break;
    default:
        break;
    }
    reader.fail(); // its size is not known
    return {};
}

} // namespace dwarf
