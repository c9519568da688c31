// One step up the stack: canonical frame address, then each register by its rule.
#include "libs/unwind/step.hpp"

#include "libs/dwarf/expression.hpp"
#include "libs/dwarf/frame_program.hpp"

namespace unwind {
namespace {

using dwarf::Rule;

class Stepper {
public:
    Stepper(Located const& where, dwarf::Memory const& memory, Registers const& from) noexcept
        : frames_(where.module->tables.frames), memory_(memory), from_(from) {}

    bool find_cfa(dwarf::Row const& row) noexcept {
        if (!row.cfa_is_expression) {
            cfa_ = from_.values.data()[row.cfa_register] + static_cast<u64>(i64{row.cfa_offset});
            return true;
        }
        auto const value =
            dwarf::evaluate(dwarf::expression_at(frames_, row.cfa_offset), from_.values, memory_);
        cfa_ = value.value_or(0);
        return value.has_value();
    }

    u64 cfa() const noexcept { return cfa_; }

    /// The caller's value of register `number`.
    std::optional<u64> value(Rule const& rule, usize number) const noexcept {
        auto const offset = static_cast<u64>(i64{rule.value});
        switch (rule.kind) {
        case Rule::same:
            return from_.values.data()[number];
        case Rule::undefined:
            return 0;
        case Rule::at_offset:
            return dwarf::read_word(memory_, cfa_ + offset);
        case Rule::is_offset:
            return cfa_ + offset;
        case Rule::in_register:
            return from_.values.data()[rule.value];
        case Rule::at_expression: {
            auto const at = expression(rule);
            return at ? dwarf::read_word(memory_, *at) : std::nullopt;
        }
        case Rule::is_expression:
            return expression(rule);
        }
        return std::nullopt;
    }

private:
    std::optional<u64> expression(Rule const& rule) const noexcept {
        return dwarf::evaluate(dwarf::expression_at(frames_, rule.value), from_.values, memory_,
                               cfa_);
    }

    dwarf::Region const& frames_;
    dwarf::Memory const& memory_;
    Registers const& from_;
    u64 cfa_ = 0;
};

} // namespace

std::optional<Located> locate(Modules modules, u64 instruction) noexcept {
    for (Module const& module : modules) {
        if (!module.contains(instruction))
            continue;
        auto frame = dwarf::find_frame(module.tables, instruction);
        if (frame)
            return Located{.module = &module, .frame = *frame};
    }
    return std::nullopt;
}

Step step(Located const& where, dwarf::Memory const& memory, Frame& frame) noexcept {
    auto const row = dwarf::row_at(where.module->tables.frames, where.frame, frame.instruction());
    if (!row || where.frame.return_register >= dwarf::register_count)
        return Step::malformed;
    auto const& return_rule = row->rules.data()[where.frame.return_register];
    if (return_rule.kind == Rule::undefined || return_rule.kind == Rule::same)
        return Step::end;

    Registers const from = frame.registers;
    Stepper stepper(where, memory, from);
    if (!stepper.find_cfa(*row))
        return Step::unreadable;
    Registers caller;
    for (usize number = 0; number < dwarf::register_count; ++number) {
        Rule rule = row->rules.data()[number];
        if (number == rsp && rule.kind == Rule::same) // by definition of the CFA
            rule = {.value = 0, .kind = Rule::is_offset};
        auto const value = stepper.value(rule, number);
        if (!value)
            return Step::unreadable;
        caller.values.data()[number] = *value;
    }
    caller[rip] = caller.values.data()[where.frame.return_register];
    if (caller[rip] == 0)
        return Step::end;
    if (caller[rip] == from[rip] && caller[rsp] == from[rsp])
        return Step::malformed; // no progress: would never end
    frame = {.registers = caller, .interrupted = where.frame.signal_frame};
    return Step::stepped;
}

Step step(Modules modules, dwarf::Memory const& memory, Frame& frame) noexcept {
    auto const where = locate(modules, frame.instruction());
    return where ? step(*where, memory, frame) : Step::no_description;
}

bool leave_nowhere(Modules modules, dwarf::Memory const& memory, Frame& frame) noexcept {
    if (!frame.interrupted || locate(modules, frame.instruction()))
        return false;
    u64 const stack = frame.registers[rsp];
    auto const caller = dwarf::read_word(memory, stack);
    if (!caller || !locate(modules, *caller - 1))
        return false;
    frame.registers[rip] = *caller;
    frame.registers[rsp] = stack + 8;
    frame.interrupted = false;
    return true;
}

} // namespace unwind
