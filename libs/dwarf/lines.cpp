// Runs line programs.
#include "libs/dwarf/lines.hpp"

namespace dwarf {
namespace {

enum Standard : u8 {
    extended = 0,
    copy = 1,
    advance_pc = 2,
    advance_line = 3,
    set_file = 4,
    set_column = 5,
    negate_statement = 6,
    set_basic_block = 7,
    const_add_pc = 8,
    fixed_advance_pc = 9,
};

enum Extended : u8 { end_sequence = 1, set_address = 2, define_file = 3 };

enum Content : u16 { content_path = 1, content_directory = 2 };

struct Header {
    u16 version = 0;
    u8 offset_size = 4;
    u8 minimum_length = 1;
    i8 line_base = 0;
    u8 line_range = 1;
    u8 first_special = 1;
    u8 lengths[256] = {}; ///< operands of standard opcodes
    Reader program;
};

String joined(std::string_view directory, std::string_view name) {
    if (directory.empty() || name.starts_with('/'))
        return String(name);
    String path(directory);
    if (!directory.ends_with('/'))
        path.append("/");
    path.append(name);
    return path;
}

/// One of the two lists of a version 5 header.
class NameList {
public:
    NameList(DebugSections const& sections, Unit const& unit, Reader& reader, u8 offset_size)
        : sections_(sections), unit_(unit), reader_(reader), offset_size_(offset_size) {
        u8 const formats = reader.byte();
        Reader const description = reader;
        for (u8 i = 0; i < formats; ++i) {
            reader.uleb();
            reader.uleb();
        }
        description_ = description;
        formats_ = formats;
        u64 const count = reader.uleb();
        count_ = formats != 0 ? count : 0; // nothing would be read of them
    }

    template <class Add>
    void read(Add add) {
        for (u64 i = 0; i < count_ && reader_.more(); ++i) {
            Reader description = description_;
            std::string_view name;
            u64 directory = 0;
            for (u8 format = 0; format < formats_; ++format) {
                u64 const content = description.uleb();
                Value const value = read_value(description.uleb());
                if (content == content_path)
                    name = unit_.text(value);
                if (content == content_directory)
                    directory = value.number;
            }
            add(name, directory);
        }
    }

private:
    u64 read_offset() {
        return offset_size_ == 8 ? reader_.fixed<u64>() : u64{reader_.fixed<u32>()};
    }

    /// The forms that 6.2.4.1 allows here.
    Value read_value(u64 form) {
        using enum Value::Kind;
        auto const in = [](ConstBytes section, u64 at) {
            Reader reader = reader_at(section, at);
            return Value{text, 0, reader.text()};
        };
        switch (form) {
        case 0x08:
            return {text, 0, reader_.text()};
        case 0x0e:
            return in(sections_.str, read_offset());
        case 0x1f:
            return in(sections_.line_str, read_offset());
        case 0x1a:
            return {text_index, reader_.uleb()};
        case 0x25:
            return {text_index, reader_.byte()};
        case 0x26:
            return {text_index, reader_.fixed<u16>()};
        case 0x28:
            return {text_index, reader_.fixed<u32>()};
        case 0x0b:
            return {number, reader_.byte()};
        case 0x05:
            return {number, reader_.fixed<u16>()};
        case 0x06:
            return {number, reader_.fixed<u32>()};
        case 0x07:
            return {number, reader_.fixed<u64>()};
        case 0x0f:
            return {number, reader_.uleb()};
        case 0x1e:
            reader_.skip(16);
            return {}; // an MD5 sum
        case 0x09:
            reader_.skip(reader_.uleb());
            return {};
        default:
            reader_.fail();
            return {};
        }
    }

    DebugSections const& sections_;
    Unit const& unit_;
    Reader& reader_;
    u8 offset_size_;
    Reader description_;
    u8 formats_ = 0;
    u64 count_ = 0;
};

void read_new_names(DebugSections const& sections, Unit const& unit, Reader& reader, u8 offset_size,
                    Vector<String>& files) {
    Vector<String> directories;
    NameList list(sections, unit, reader, offset_size);
    list.read([&](std::string_view name, u64) {
        directories.push_back(directories.empty() ? String(name)
                                                  : joined(directories[0].view(), name));
    });
    NameList names(sections, unit, reader, offset_size);
    names.read([&](std::string_view name, u64 directory) {
        files.push_back(joined(directory < directories.size() ? directories[directory].view()
                                                              : std::string_view(),
                               name));
    });
}

/// Versions 2 to 4: directory 0 is the unit's own, and files count from 1.
void read_old_names(Unit const& unit, Reader& reader, Vector<String>& files) {
    auto const own = unit.text(unit.root().directory);
    Vector<String> directories;
    directories.push_back(String(own));
    for (auto name = reader.text(); !name.empty(); name = reader.text())
        directories.push_back(joined(own, name));
    files.push_back(joined(own, unit.text(unit.root().name)));
    for (auto name = reader.text(); !name.empty(); name = reader.text()) {
        u64 const directory = reader.uleb();
        reader.uleb(); // time of modification
        reader.uleb(); // size
        files.push_back(joined(directory < directories.size() ? directories[directory].view()
                                                              : std::string_view(),
                               name));
    }
}

void run(Header const& header, Vector<LineRow>& rows) {
    Reader reader = header.program;
    LineRow const initial{.file = 1, .line = 1};
    LineRow row = initial;
    auto const advance = [&](u64 operations) { row.address += operations * header.minimum_length; };
    while (reader.more()) {
        u8 const code = reader.byte();
        if (code >= header.first_special) {
            unsigned const adjusted = code - header.first_special;
            advance(adjusted / header.line_range);
            row.line +=
                static_cast<u32>(header.line_base + static_cast<int>(adjusted % header.line_range));
            rows.push_back(row);
            continue;
        }
        switch (code) {
        case extended: {
            Reader operation = reader.take(reader.uleb());
            switch (operation.byte()) {
            case end_sequence:
                row.end = true;
                rows.push_back(row);
                row = initial;
                break;
            case set_address:
                row.address =
                    operation.left() == 4 ? u64{operation.fixed<u32>()} : operation.fixed<u64>();
                break;
            default:
                break;
            }
            break;
        }
        case copy:
            rows.push_back(row);
            break;
        case advance_pc:
            advance(reader.uleb());
            break;
        case advance_line:
            row.line += static_cast<u32>(reader.sleb());
            break;
        case set_file:
            row.file = static_cast<u32>(reader.uleb());
            break;
        case const_add_pc:
            advance((255u - header.first_special) / header.line_range);
            break;
        case fixed_advance_pc:
            row.address += reader.fixed<u16>();
            break;
        default:
            for (u8 i = 0; i < header.lengths[code]; ++i)
                reader.uleb();
        }
    }
}

} // namespace

Result<LineTable> LineTable::read(DebugSections const& sections, Unit const& unit) {
    LineTable table;
    if (!unit.root().line_table)
        return table;
    Header header;
    Reader outer = reader_at(sections.line, unit.root().line_table.number);
    u64 length = outer.fixed<u32>();
    if (length == 0xffff'ffff) {
        header.offset_size = 8;
        length = outer.fixed<u64>();
    }
    Reader reader = outer.take(length);
    header.version = reader.fixed<u16>();
    if (header.version < 2 || header.version > 5)
        return fail(Errno::einval);
    if (header.version == 5)
        reader.skip(2); // sizes of addresses and segments
    u64 const names_size = header.offset_size == 8 ? reader.fixed<u64>() : reader.fixed<u32>();
    Reader names = reader.take(names_size);
    header.program = reader;
    header.minimum_length = names.byte();
    if (header.version >= 4)
        names.byte(); // operations per instruction: for VLIW machines
    names.byte();     // whether a row is a statement at first
    header.line_base = names.fixed<i8>();
    header.line_range = names.byte();
    header.first_special = names.byte();
    for (u8 code = 1; code < header.first_special; ++code)
        header.lengths[code] = names.byte();
    if (!names.ok() || header.line_range == 0 || header.first_special == 0)
        return fail(Errno::einval);
    if (header.version == 5)
        read_new_names(sections, unit, names, header.offset_size, table.files);
    else
        read_old_names(unit, names, table.files);
    if (!names.ok() || !header.program.ok())
        return fail(Errno::einval);
    run(header, table.rows);
    return table;
}

} // namespace dwarf
