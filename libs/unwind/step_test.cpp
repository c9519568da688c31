// Walks this program's own stack and tables and compares with what libgcc says about them.
#include "libs/unwind/step.hpp"

#include "libs/dwarf/frame_program.hpp"
#include "libs/unwind/host_modules.hpp"
#include "libs/unwind/lsda.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <setjmp.h>
#include <stdexcept>
#include <ucontext.h>
#include <unwind.h>
#include <vector>

// Exported by libgcc, not declared by its header.
struct dwarf_eh_bases {
    void* text;
    void* data;
    void* function;
};

extern "C" void const* _Unwind_Find_FDE(void*, dwarf_eh_bases*);

namespace {

using unwind::Frame;
using unwind::Registers;
using unwind::Step;

/// DWARF's numbering of what getcontext() and signal handlers give.
Registers from_context(ucontext_t const& context) {
    constexpr int order[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
                             REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
                             REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
    Registers registers;
    for (usize i = 0; i < 17; ++i)
        registers.values[i] = static_cast<u64>(context.uc_mcontext.gregs[order[i]]);
    return registers;
}

struct Seen {
    u64 ip = 0;
    u64 cfa = 0;
    u64 start = 0;
    u64 lsda = 0;
};

std::vector<Seen> libgcc_walk() {
    std::vector<Seen> seen;
    _Unwind_Backtrace(
        [](_Unwind_Context* context, void* into) {
            int before = 0;
            Seen one{.ip = _Unwind_GetIPInfo(context, &before),
                     .cfa = _Unwind_GetCFA(context),
                     .start = _Unwind_GetRegionStart(context),
                     .lsda = reinterpret_cast<u64>(_Unwind_GetLanguageSpecificData(context))};
            static_cast<std::vector<Seen>*>(into)->push_back(one);
            return _URC_NO_REASON;
        },
        &seen);
    return seen;
}

std::vector<Seen> own_walk(Registers const& start, bool interrupted = false) {
    auto const modules = unwind::host::modules();
    unwind::host::OwnMemory const memory;
    Frame frame{.registers = start, .interrupted = interrupted};
    std::vector<Seen> seen;
    for (int i = 0; i < 1000; ++i) {
        auto const where = unwind::locate(modules, frame.instruction());
        if (!where)
            break;
        seen.push_back({.ip = frame.registers[unwind::rip],
                        .cfa = frame.registers[unwind::rsp],
                        .start = where->frame.start,
                        .lsda = where->frame.lsda});
        if (unwind::step(*where, memory, frame) != Step::stepped)
            break;
    }
    return seen;
}

/// Both walks from here. The first frames differ (each walker's own); the callers must not.
[[gnu::noinline]] void compare_walks() {
    ucontext_t context;
    getcontext(&context);
    auto const own = own_walk(from_context(context));
    auto const theirs = libgcc_walk();
    ASSERT_GT(own.size(), 5u);
    // Ours starts in this function; theirs in libgcc_walk, called from this function.
    usize offset = 0;
    while (offset < theirs.size() && theirs[offset].start != own[0].start)
        ++offset;
    ASSERT_LT(offset, theirs.size());
    // libgcc ends with a frame that has no description (ip 0) on some C libraries.
    usize const common = std::min(own.size(), theirs.size() - offset);
    ASSERT_GE(own.size() + 1, theirs.size() - offset);
    for (usize i = 1; i < common; ++i) {
        EXPECT_EQ(own[i].ip, theirs[offset + i].ip) << "frame " << i;
        EXPECT_EQ(own[i].cfa, theirs[offset + i].cfa) << "frame " << i;
        EXPECT_EQ(own[i].start, theirs[offset + i].start) << "frame " << i;
        EXPECT_EQ(own[i].lsda, theirs[offset + i].lsda) << "frame " << i;
    }
}

[[gnu::noinline]] int deep(int levels) {
    if (levels == 0) {
        compare_walks();
        return 0;
    }
    std::vector<int> owner(3, levels); // so that the frame has a landing pad
    return deep(levels - 1) + owner[1];
}

TEST(Step, WalksLikeLibgccThroughOrdinaryFrames) {
    EXPECT_GT(deep(7), 0);
}

TEST(Step, WalksLikeLibgccThroughVariableSizedFrames) {
    usize volatile size = 1000;
    auto* const block = static_cast<char*>(__builtin_alloca(size));
    block[0] = 1;
    std::function<void()> const call = [] { compare_walks(); };
    call();
    EXPECT_EQ(block[0], 1);
}

TEST(Step, WalksLikeLibgccThroughQsort) {
    static bool walked;
    walked = false;
    unwind::host::call_through_qsort([] {
        compare_walks();
        walked = true;
    });
    EXPECT_TRUE(walked);
}

TEST(Step, WalksLikeLibgccFromASignalHandler) {
    // The handler's caller is a signal frame: the interrupted instruction needs no adjustment.
    auto const previous = std::signal(SIGUSR1, [](int) { compare_walks(); });
    std::raise(SIGUSR1);
    std::signal(SIGUSR1, previous);
}

sigjmp_buf after_fault;
std::vector<Seen> at_fault;
std::vector<Seen> before_fault;

[[gnu::noinline]] void fault_here(int volatile* where) {
    before_fault = libgcc_walk();
    *where = 1;
    asm volatile("" ::: "memory");
}

TEST(Step, WalksFromAFaultingInstruction) {
    struct sigaction action = {};
    struct sigaction previous = {};
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    action.sa_sigaction = [](int, siginfo_t*, void* context) {
        at_fault = own_walk(from_context(*static_cast<ucontext_t*>(context)), true);
        siglongjmp(after_fault, 1);
    };
    sigaction(SIGSEGV, &action, &previous);
    if (sigsetjmp(after_fault, 1) == 0)
        fault_here(nullptr);
    sigaction(SIGSEGV, &previous, nullptr);
    ASSERT_GT(at_fault.size(), 3u);
    usize offset = 0;
    while (offset < before_fault.size() && before_fault[offset].start != at_fault[0].start)
        ++offset;
    ASSERT_LT(offset + 2, before_fault.size());
    for (usize i = 1; i < at_fault.size(); ++i)
        EXPECT_EQ(at_fault[i].ip, before_fault[offset + i].ip) << "frame " << i;
}

TEST(Step, FindsWhatLibgccFindsAtEveryTable) {
    // Every 97th byte of code of every loaded image: same description or none in both.
    usize found = 0;
    for (auto const& module : unwind::host::modules()) {
        for (u64 at = module.text_start; at < module.text_end; at += 97) {
            dwarf_eh_bases bases = {};
            auto const theirs =
                reinterpret_cast<u64>(_Unwind_Find_FDE(reinterpret_cast<void*>(at), &bases));
            auto const own = dwarf::find_frame(module.tables, at);
            ASSERT_EQ(own ? own->address : 0, theirs) << std::hex << at;
            if (own) {
                ++found;
                ASSERT_EQ(own->start, reinterpret_cast<u64>(bases.function));
            }
        }
    }
    EXPECT_GT(found, 10000u);
}

TEST(Step, UnderstandsEveryProgramOfEveryLoadedImage) {
    usize rows = 0;
    for (auto const& module : unwind::host::modules()) {
        for (u64 at = module.text_start; at < module.text_end;) {
            auto const frame = dwarf::find_frame(module.tables, at);
            if (!frame) {
                at += 16;
                continue;
            }
            ASSERT_TRUE(dwarf::row_at(module.tables.frames, *frame, at)) << std::hex << at;
            ASSERT_TRUE(dwarf::row_at(module.tables.frames, *frame, frame->start + frame->size - 1))
                << std::hex << at;
            if (frame->lsda != 0) {
                auto const lsda = unwind::Lsda::parse(module.lsda, frame->lsda, frame->start);
                ASSERT_TRUE(lsda);
                ASSERT_TRUE(lsda->find(at));
            }
            ++rows;
            at = frame->start + frame->size;
        }
    }
    EXPECT_GT(rows, 1000u);
}

TEST(Step, StopsWhereNothingIsKnown) {
    Frame frame;
    frame.registers[unwind::rip] = 0x1000;
    unwind::host::OwnMemory const memory;
    EXPECT_EQ(unwind::step(unwind::host::modules(), memory, frame), Step::no_description);
    EXPECT_EQ(frame.registers[unwind::rip], 0x1000u);
}

class NoMemory final : public dwarf::Memory {
public:
    bool read(u64, Bytes) const noexcept override { return false; }
};

TEST(Step, AnUnreadableStackLeavesTheFrameAsItWas) {
    ucontext_t context;
    getcontext(&context);
    Frame frame{.registers = from_context(context), .interrupted = true};
    auto const before = frame.registers.values;
    EXPECT_EQ(unwind::step(unwind::host::modules(), NoMemory(), frame), Step::unreadable);
    EXPECT_EQ(frame.registers.values, before);
}

} // namespace
