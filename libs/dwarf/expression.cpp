// DWARF 5, section 2.5: the stack machine of expressions.
#include "libs/dwarf/expression.hpp"

namespace dwarf {
namespace {

enum Operation : u8 {
    op_addr = 0x03,
    op_deref = 0x06,
    op_const1u = 0x08,
    op_const1s,
    op_const2u,
    op_const2s,
    op_const4u,
    op_const4s,
    op_const8u,
    op_const8s,
    op_constu,
    op_consts,
    op_dup,
    op_drop,
    op_over,
    op_pick,
    op_swap,
    op_rot,
    op_abs = 0x19,
    op_and,
    op_div,
    op_minus,
    op_mod,
    op_mul,
    op_neg,
    op_not,
    op_or,
    op_plus,
    op_plus_uconst,
    op_shl,
    op_shr,
    op_shra,
    op_xor,
    op_bra,
    op_eq,
    op_ge,
    op_gt,
    op_le,
    op_lt,
    op_ne,
    op_skip,
    op_lit0 = 0x30,
    op_reg0 = 0x50,
    op_breg0 = 0x70,
    op_regx = 0x90,
    op_bregx = 0x92,
    op_deref_size = 0x94,
    op_nop = 0x96,
};

constexpr unsigned step_limit = 1000; // an expression with a loop may never end

class Machine {
public:
    Machine(Reader program, std::span<u64 const> registers, Memory const& memory) noexcept
        : start_(program), at_(program), registers_(registers), memory_(memory) {}

    void push(u64 value) noexcept {
        if (depth_ == stack_size)
            return fail();
        stack_[depth_++] = value;
    }

    std::optional<u64> run() noexcept {
        for (unsigned steps = 0; at_.more() && ok_; ++steps) {
            if (steps == step_limit)
                return std::nullopt;
            step(at_.byte());
        }
        if (!ok_ || !at_.ok() || depth_ == 0)
            return std::nullopt;
        return stack_[depth_ - 1];
    }

private:
    static constexpr usize stack_size = 16;

    void fail() noexcept { ok_ = false; }

    u64 pop() noexcept {
        if (depth_ == 0) {
            fail();
            return 0;
        }
        return stack_[--depth_];
    }

    /// The value `below` the top (0 is the top) stays where it is.
    u64 peek(u64 below) noexcept {
        if (below >= depth_) {
            fail();
            return 0;
        }
        return stack_[depth_ - 1 - below];
    }

    u64 register_value(u64 number) noexcept {
        if (number >= registers_.size()) {
            fail();
            return 0;
        }
        return registers_[number];
    }

    void dereference(usize size) noexcept {
        auto const value = read_word(memory_, pop(), size);
        if (!value)
            return fail();
        push(*value);
    }

    void jump(i64 distance) noexcept {
        auto const target = static_cast<i64>(at_.address() - start_.address()) + distance;
        if (target < 0)
            return fail();
        at_.move_to(start_, target);
    }

    void rotate() noexcept {
        u64 const first = pop();
        u64 const second = pop();
        u64 const third = pop();
        push(first);
        push(third);
        push(second);
    }

    void unary(u8 operation) noexcept {
        u64 const value = pop();
        if (operation == op_abs)
            push(static_cast<i64>(value) < 0 ? u64{0} - value : value);
        else
            push(operation == op_neg ? u64{0} - value : ~value);
    }

    void binary(u8 operation) noexcept {
        u64 const right = pop();
        u64 const left = pop();
        auto const signed_right = static_cast<i64>(right);
        auto const signed_left = static_cast<i64>(left);
        switch (operation) {
        case op_and:
            return push(left & right);
        case op_or:
            return push(left | right);
        case op_xor:
            return push(left ^ right);
        case op_plus:
            return push(left + right);
        case op_minus:
            return push(left - right);
        case op_mul:
            return push(left * right);
        case op_div:
            if (right == 0)
                return fail();
            return push(signed_right == -1 ? u64{0} - left
                                           : static_cast<u64>(signed_left / signed_right));
        case op_mod:
            return right == 0 ? fail() : push(left % right);
        case op_shl:
            return push(right < 64 ? left << right : 0);
        case op_shr:
            return push(right < 64 ? left >> right : 0);
        case op_shra:
            return push(static_cast<u64>(signed_left >> (right < 63 ? right : 63)));
        case op_eq:
            return push(left == right);
        case op_ge:
            return push(signed_left >= signed_right);
        case op_gt:
            return push(signed_left > signed_right);
        case op_le:
            return push(signed_left <= signed_right);
        case op_lt:
            return push(signed_left < signed_right);
        default:
            return push(left != right);
        }
    }

    void step(u8 operation) noexcept {
        if (operation >= op_lit0 && operation < op_reg0)
            return push(operation - op_lit0);
        if (operation >= op_reg0 && operation < op_breg0)
            return push(register_value(operation - op_reg0));
        if (operation >= op_breg0 && operation < op_regx) {
            u64 const base = register_value(operation - op_breg0);
            return push(base + static_cast<u64>(at_.sleb()));
        }
        switch (operation) {
        case op_addr:
        case op_const8u:
        case op_const8s:
            return push(at_.fixed<u64>());
        case op_const1u:
            return push(at_.byte());
        case op_const1s:
            return push(static_cast<u64>(i64{at_.fixed<i8>()}));
        case op_const2u:
            return push(at_.fixed<u16>());
        case op_const2s:
            return push(static_cast<u64>(i64{at_.fixed<i16>()}));
        case op_const4u:
            return push(at_.fixed<u32>());
        case op_const4s:
            return push(static_cast<u64>(i64{at_.fixed<i32>()}));
        case op_constu:
            return push(at_.uleb());
        case op_consts:
            return push(static_cast<u64>(at_.sleb()));
        case op_dup:
            return push(peek(0));
        case op_drop:
            pop();
            return;
        case op_over:
            return push(peek(1));
        case op_pick:
            return push(peek(at_.byte()));
        case op_swap: {
            u64 const first = pop();
            u64 const second = pop();
            push(first);
            return push(second);
        }
        case op_rot:
            return rotate();
        case op_abs:
        case op_neg:
        case op_not:
            return unary(operation);
        case op_plus_uconst:
            return push(pop() + at_.uleb());
        case op_regx:
            return push(register_value(at_.uleb()));
        case op_bregx: {
            u64 const base = register_value(at_.uleb());
            return push(base + static_cast<u64>(at_.sleb()));
        }
        case op_deref:
            return dereference(8);
        case op_deref_size:
            return dereference(at_.byte());
        case op_skip:
            return jump(at_.fixed<i16>());
        case op_bra: {
            i64 const distance = at_.fixed<i16>();
            return pop() != 0 ? jump(distance) : void();
        }
        case op_nop:
            return;
        default:
            if ((operation >= op_and && operation <= op_xor) ||
                (operation >= op_eq && operation <= op_ne))
                return binary(operation);
            return fail();
        }
    }

    Reader start_;
    Reader at_;
    std::span<u64 const> registers_;
    Memory const& memory_;
    std::array<u64, stack_size> stack_ = {};
    usize depth_ = 0;
    bool ok_ = true;
};

} // namespace

std::optional<u64> evaluate(Reader program, std::span<u64 const> registers, Memory const& memory,
                            std::optional<u64> initial) noexcept {
    Machine machine(program, registers, memory);
    if (initial)
        machine.push(*initial);
    return machine.run();
}

} // namespace dwarf
