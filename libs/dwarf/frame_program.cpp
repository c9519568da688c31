// DWARF 5, section 6.4.2: call frame instructions, with the GNU extensions.
#include "libs/dwarf/frame_program.hpp"

#include <limits>

namespace dwarf {
namespace {

enum Instruction : u8 {
    cfa_nop = 0x00,
    cfa_set_loc,
    cfa_advance_loc1,
    cfa_advance_loc2,
    cfa_advance_loc4,
    cfa_offset_extended,
    cfa_restore_extended,
    cfa_undefined,
    cfa_same_value,
    cfa_register,
    cfa_remember_state,
    cfa_restore_state,
    cfa_def_cfa,
    cfa_def_cfa_register,
    cfa_def_cfa_offset,
    cfa_def_cfa_expression,
    cfa_expression,
    cfa_offset_extended_sf,
    cfa_def_cfa_sf,
    cfa_def_cfa_offset_sf,
    cfa_val_offset,
    cfa_val_offset_sf,
    cfa_val_expression,
    cfa_gnu_args_size = 0x2e,
    cfa_gnu_negative_offset_extended = 0x2f,
    cfa_advance_loc = 0x40,
    cfa_offset = 0x80,
    cfa_restore = 0xc0,
};

class Interpreter {
public:
    Interpreter(Region const& frames, FrameDescription const& frame, u64 instruction) noexcept
        : frames_(frames), frame_(frame), instruction_(instruction), location_(frame.start) {}

    std::optional<Row> run() noexcept {
        // The common program holds for the whole function: its locations are not looked at.
        program_ = frame_.initial;
        while (program_.more() && ok_)
            step();
        initial_ = row_;
        location_ = frame_.start;
        done_ = false;
        if (!ok_ || !program_.ok())
            return std::nullopt;
        program_ = frame_.program;
        while (program_.more() && ok_ && !done_)
            step();
        if (!ok_ || !program_.ok())
            return std::nullopt;
        return row_;
    }

private:
    // Compilers nest remember_state once; the limit bounds what a hostile table can use.
    static constexpr usize saved_limit = 4;

    void fail() noexcept { ok_ = false; }

    void advance(u64 units) noexcept { move_to(location_ + units * frame_.code_alignment); }

    void move_to(u64 location) noexcept {
        if (location > instruction_)
            done_ = true; // the row so far is the one in force
        else
            location_ = location;
    }

    i32 narrow(i64 value) noexcept {
        if (value < std::numeric_limits<i32>::min() || value > std::numeric_limits<i32>::max()) {
            fail();
            return 0;
        }
        return static_cast<i32>(value);
    }

    i64 factored(u64 value) noexcept {
        return static_cast<i64>(value * static_cast<u64>(frame_.data_alignment));
    }

    /// Rules of registers that are not general ones (vector registers) are read and dropped.
    void set(u64 number, Rule::Kind kind, i64 value = 0) noexcept {
        Rule const rule{.value = narrow(value), .kind = kind};
        if (number < register_count)
            row_.rules[number] = rule;
    }

    void restore(u64 number) noexcept {
        if (number < register_count)
            row_.rules[number] = initial_.rules[number];
    }

    void set_cfa(u64 number, i64 offset) noexcept {
        set_cfa_register(number);
        set_cfa_offset(offset);
    }

    void set_cfa_register(u64 number) noexcept {
        if (number >= register_count)
            return fail();
        row_.cfa_register = static_cast<u8>(number);
        row_.cfa_is_expression = false;
    }

    void set_cfa_offset(i64 offset) noexcept { row_.cfa_offset = narrow(offset); }

    /// Consumes a length-prefixed expression and returns its offset in the section.
    i64 expression() noexcept {
        auto const offset = static_cast<i64>(program_.address() - frames_.address);
        program_.skip(program_.uleb());
        return offset;
    }

    void step() noexcept {
        u8 const byte = program_.byte();
        u8 const low = byte & 0x3f;
        switch (byte & 0xc0) {
        case cfa_advance_loc:
            return advance(low);
        case cfa_offset:
            return set(low, Rule::at_offset, factored(program_.uleb()));
        case cfa_restore:
            return restore(low);
        default:
            return extended(low);
        }
    }

    void extended(u8 instruction) noexcept {
        switch (instruction) {
        case cfa_nop:
            return;
        case cfa_set_loc:
            return move_to(program_.pointer(frame_.address_encoding, {}).value);
        case cfa_advance_loc1:
            return advance(program_.byte());
        case cfa_advance_loc2:
            return advance(program_.fixed<u16>());
        case cfa_advance_loc4:
            return advance(program_.fixed<u32>());
        case cfa_restore_extended:
            return restore(program_.uleb());
        case cfa_undefined:
            return set(program_.uleb(), Rule::undefined);
        case cfa_same_value:
            return set(program_.uleb(), Rule::same);
        case cfa_remember_state:
            if (saved_ == saved_limit)
                return fail();
            stack_[saved_++] = row_;
            return;
        case cfa_restore_state:
            if (saved_ == 0)
                return fail();
            row_ = stack_[--saved_];
            return;
        case cfa_gnu_args_size:
            program_.uleb();
            return;
        case cfa_def_cfa:
        case cfa_def_cfa_register:
        case cfa_def_cfa_offset:
        case cfa_def_cfa_sf:
        case cfa_def_cfa_offset_sf:
        case cfa_def_cfa_expression:
            return define_cfa(instruction);
        default:
            return define_register(instruction);
        }
    }

    void define_cfa(u8 instruction) noexcept {
        switch (instruction) {
        case cfa_def_cfa: {
            u64 const number = program_.uleb();
            return set_cfa(number, static_cast<i64>(program_.uleb()));
        }
        case cfa_def_cfa_sf: {
            u64 const number = program_.uleb();
            return set_cfa(number, factored(static_cast<u64>(program_.sleb())));
        }
        case cfa_def_cfa_register:
            return set_cfa_register(program_.uleb());
        case cfa_def_cfa_offset:
            return set_cfa_offset(static_cast<i64>(program_.uleb()));
        case cfa_def_cfa_offset_sf:
            return set_cfa_offset(factored(static_cast<u64>(program_.sleb())));
        default:
            row_.cfa_is_expression = true;
            return set_cfa_offset(expression());
        }
    }

    void define_register(u8 instruction) noexcept {
        u64 const number = program_.uleb();
        switch (instruction) {
        case cfa_offset_extended:
            return set(number, Rule::at_offset, factored(program_.uleb()));
        case cfa_offset_extended_sf:
            return set(number, Rule::at_offset, factored(static_cast<u64>(program_.sleb())));
        case cfa_gnu_negative_offset_extended:
            return set(number, Rule::at_offset, factored(u64{0} - program_.uleb()));
        case cfa_val_offset:
            return set(number, Rule::is_offset, factored(program_.uleb()));
        case cfa_val_offset_sf:
            return set(number, Rule::is_offset, factored(static_cast<u64>(program_.sleb())));
        case cfa_register: {
            u64 const holder = program_.uleb();
            if (holder >= register_count)
                return fail();
            return set(number, Rule::in_register, static_cast<i64>(holder));
        }
        case cfa_expression:
            return set(number, Rule::at_expression, expression());
        case cfa_val_expression:
            return set(number, Rule::is_expression, expression());
        default:
            return fail();
        }
    }

    Region const& frames_;
    FrameDescription const& frame_;
    u64 instruction_;
    u64 location_;
    Reader program_ = {};
    Row row_ = {};
    Row initial_ = {};
    std::array<Row, saved_limit> stack_ = {};
    usize saved_ = 0;
    bool ok_ = true;
    bool done_ = false;
};

} // namespace

std::optional<Row> row_at(Region const& frames, FrameDescription const& frame,
                          u64 instruction) noexcept {
    return Interpreter(frames, frame, instruction).run();
}

Reader expression_at(Region const& frames, i32 offset) noexcept {
    Reader reader(frames, frames.address + static_cast<u64>(i64{offset}));
    return reader.take(reader.uleb());
}

} // namespace dwarf
