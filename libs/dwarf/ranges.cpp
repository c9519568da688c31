// The addresses of an entry: one range, or a list of either format.
#include "libs/dwarf/units.hpp"

namespace dwarf {
namespace {

enum RangeEntry : u8 { // DWARF 5, 7.25
    range_end = 0,
    range_base_index = 1,
    range_start_end_index = 2,
    range_start_length_index = 3,
    range_offset_pair = 4,
    range_base = 5,
    range_start_end = 6,
    range_start_length = 7,
};

} // namespace

u64 Unit::address(Value const& value) const {
    if (value.kind != Value::Kind::address_index)
        return value.number;
    Reader at = reader_at(sections_->addr, root_.address_base.number);
    at.skip(value.number * address_size_);
    return read_address(at);
}

void Unit::for_each_range(Entry const& entry, FunctionRef<void(CodeRange)> visit) const {
    if (entry.low && entry.high) {
        u64 const low = address(entry.low);
        bool const is_size = entry.high.kind == Value::Kind::number;
        u64 const high = is_size ? low + entry.high.number : address(entry.high);
        if (low < high)
            visit({low, high});
        return;
    }
    if (!entry.ranges)
        return;
    if (version_ < 5)
        return read_ranges(entry.ranges.number, visit);
    u64 list = entry.ranges.number;
    if (entry.ranges.kind == Value::Kind::list_index) {
        Reader index = reader_at(sections_->rnglists, root_.list_base.number);
        index.skip(list * offset_size_);
        list = root_.list_base.number + read_offset(index);
        if (!index.ok())
            return;
    }
    read_range_list(list, visit);
}

/// DWARF 4, 2.17.3.
void Unit::read_ranges(u64 offset, FunctionRef<void(CodeRange)> visit) const {
    Reader reader = reader_at(sections_->ranges, offset);
    u64 const selects_base = address_size_ == 8 ? ~u64{0} : 0xffff'ffff;
    u64 base = address(root_.low);
    while (reader.more()) {
        u64 const low = read_address(reader);
        u64 const high = read_address(reader);
        if (!reader.ok() || (low == 0 && high == 0))
            return;
        if (low == selects_base)
            base = high;
        else if (low < high)
            visit({base + low, base + high});
    }
}

/// DWARF 5, 2.17.3.
void Unit::read_range_list(u64 offset, FunctionRef<void(CodeRange)> visit) const {
    Reader reader = reader_at(sections_->rnglists, offset);
    u64 base = address(root_.low);
    auto const indexed = [&] { return address({Value::Kind::address_index, reader.uleb()}); };
    while (reader.more()) {
        CodeRange range;
        switch (reader.byte()) {
        case range_base_index:
            base = indexed();
            continue;
        case range_base:
            base = read_address(reader);
            continue;
        case range_start_end_index:
            range.low = indexed();
            range.high = indexed();
            break;
        case range_start_length_index:
            range.low = indexed();
            range.high = range.low + reader.uleb();
            break;
        case range_offset_pair:
            range.low = base + reader.uleb();
            range.high = base + reader.uleb();
            break;
        case range_start_end:
            range.low = read_address(reader);
            range.high = read_address(reader);
            break;
        case range_start_length:
            range.low = read_address(reader);
            range.high = range.low + reader.uleb();
            break;
        default: // the end, or what nobody knows
            return;
        }
        if (reader.ok() && range.low < range.high)
            visit(range);
    }
}

} // namespace dwarf
