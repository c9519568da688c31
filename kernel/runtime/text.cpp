// Code that has changed: what stood there, and where the bad instructions have led.
#include "kernel/runtime/text.hpp"

#include "kernel/runtime/hooks.hpp"
#include "kernel/runtime/modules.hpp"
#include "libs/base/atomic.hpp"
#include "libs/parity/parity.hpp"
#include "libs/unwind/step.hpp"

#include <bit>

namespace runtime {
namespace {

using unwind::Frame;

constexpr u64 longest_instruction = 15;
constexpr unsigned call_code = 0xe8;

constinit parity::Parity pristine;
constinit PutText put_word = nullptr; // nobody has learnt the code yet
constinit Atomic<bool> mending{false};

/// Code that has changed.
struct Damage {
    u64 first = 0; ///< bad byte
    u64 word = 0;  ///< where that lies
    u64 bad = 0;   ///< what stood there

    bool found() const noexcept { return first != 0; }

    void add(u64 address, u64 was, u64 right) noexcept {
        if (found() && address > first)
            return;
        word = address;
        bad = was;
        first = address + static_cast<u64>(std::countr_zero(was ^ right)) / 8;
    }
};

u64 text_start() noexcept {
    return align_down(unwind::Modules(LoadedModules()).front().text_start, page_size);
}

std::span<u64 const> text() noexcept {
    u64 const end = align_up(unwind::Modules(LoadedModules()).front().text_end, page_size);
    return {pointer_to<u64 const>(VirtAddr(text_start())), (end - text_start()) / sizeof(u64)};
}

Damage mend() noexcept {
    Damage damage;
    if (put_word == nullptr || mending.exchange(true))
        return damage;
    auto const words = text();
    u64 const start = text_start();
    pristine.mend(words, [&](usize index, u64 right) {
        u64 const at = start + index * sizeof(u64);
        damage.add(at, words.data()[index], right);
        put_word(VirtAddr(at), right);
    });
    mending.store(false);
    return damage;
}

void report(Damage const& damage, Frame const& where) noexcept {
    note_fault({.what = "the kernel's code was changed, and is put back",
                .where = {},
                .instruction = where.registers[unwind::rip],
                .address = damage.first},
               where);
}

/// Whether a call ends just before `address`: one with an offset, or one through a register or
/// memory (Intel SDM, volume 2, CALL).
bool follows_call(KernelMemory const& memory, u64 address) noexcept {
    std::array<std::byte, 7> bytes{};
    if (!memory.read(address - bytes.size(), bytes))
        return false;
    auto const before = [&](usize count) {
        return static_cast<unsigned>(bytes.data()[bytes.size() - count]);
    };
    if (before(5) == call_code)
        return true;
    for (usize const size : {2u, 3u, 4u, 6u, 7u})
        if (before(size) == 0xff && (before(size - 1) >> 3 & 7) == 2)
            return true;
    return false;
}

/// Whether that many callers of the frame are where calls return to. The more, the less likely is
/// it that earlier calls have left them below the stack pointer.
bool is_plausible(Frame frame, int callers) noexcept {
    LoadedModules const modules;
    KernelMemory const memory;
    for (int depth = 0; depth < callers; ++depth) {
        auto const step = unwind::step(modules, memory, frame);
        if (step != unwind::Step::stepped)
            return step == unwind::Step::end && depth >= 2; // any word of zeros ends a stack
        if (frame.interrupted)
            return true; // of a trap's entry, where everything is known
        if (!unwind::locate(modules, frame.instruction()) ||
            !follows_call(memory, frame.registers[unwind::rip]))
            return false;
    }
    return true;
}

/// Finds where the stack pointer would be, had the bad code not moved it; the nearest first.
bool straighten(unwind::Registers& registers, u64 instruction, int callers) noexcept {
    constexpr i64 farthest = 1024;
    for (i64 by = 0; by <= farthest; by += 8)
        for (i64 const delta : {by, -by}) {
            Frame frame{.registers = registers, .interrupted = true};
            frame.registers[unwind::rip] = instruction;
            frame.registers[unwind::rsp] += static_cast<u64>(delta);
            if (is_plausible(frame, callers)) {
                registers = frame.registers;
                return true;
            }
        }
    return false;
}

/// Makes the registers those of a frame that can be unwound. Where the bad code has led need not be
/// a place that it could lead to.
void find_frame(unwind::Registers& registers, u64 damaged) noexcept {
    for (int const callers : {5, 3, 2})
        if (is_plausible({.registers = registers, .interrupted = true}, callers) ||
            straighten(registers, damaged, callers) ||
            straighten(registers, registers[unwind::rip], callers))
            return;
}

/// The start of the jump or call whose changed target is `instruction`, where nothing happened yet:
/// an operation code, and four bytes of distance from behind them (Intel SDM, volume 2, CALL, JMP,
/// Jcc). 0 if it was none.
u64 jump_to(u64 instruction, Damage const& damage) noexcept {
    KernelMemory const memory;
    for (u64 at = damage.first - 3; at <= damage.first; ++at) {
        std::array<std::byte, 6> bytes{}; // two of code, four of distance
        if (!memory.read(at - 2, bytes))
            continue;
        u32 distance = 0;
        for (u64 i = 0; i < 4; ++i) {
            u64 const address = at + i;
            bool const was_bad = address >= damage.word && address < damage.word + sizeof(u64);
            u64 const byte = was_bad ? damage.bad >> 8 * (address - damage.word) & 0xff
                                     : static_cast<u64>(bytes.data()[2 + i]);
            distance |= static_cast<u32>(byte << 8 * i);
        }
        if (at + 4 + static_cast<u64>(i64{static_cast<i32>(distance)}) != instruction)
            continue;
        auto const code = static_cast<unsigned>(bytes[1]);
        if (bytes[0] == std::byte{0x0f} && (code & 0xf0) == 0x80)
            return at - 2;
        if (code == call_code || code == 0xe9)
            return at - 1;
    }
    return 0;
}

} // namespace

void learn_text(PutText put) noexcept {
    put_word = nullptr;
    if (pristine.learn(text()))
        put_word = put;
}

bool retry_mended(unwind::Registers& registers) noexcept {
    Damage const damage = mend();
    if (!damage.found())
        return false;
    u64 const instruction = registers[unwind::rip];
    report(damage, {.registers = registers, .interrupted = true});
    if (damage.first >= instruction && damage.first < instruction + longest_instruction)
        return true;
    if (u64 const jump = jump_to(instruction, damage); jump != 0) {
        if (*pointer_to<u8 const>(VirtAddr(jump)) == call_code)
            registers[unwind::rsp] += sizeof(u64);
        registers[unwind::rip] = jump;
        return true;
    }
    find_frame(registers, damage.first);
    return false;
}

void mend_text(Frame const& where) noexcept {
    if (Damage const damage = mend(); damage.found())
        report(damage, where);
}

} // namespace runtime
