// The cases of unwinding without catching, of deep stacks and little memory, and of what ends
// programs.
#include "kernel/task/exception_case_tools.hpp"

#include <exception>
#include <unwind.h>
#include <utility>

using namespace edge;

namespace {

void* resume_point[5];

_Unwind_Reason_Code stop(int, _Unwind_Action actions, _Unwind_Exception_Class, _Unwind_Exception*,
                         _Unwind_Context* context, void* target) {
    if ((actions & _UA_END_OF_STACK) != 0)
        note("end of stack");
    if (_Unwind_GetCFA(context) > reinterpret_cast<unsigned long>(target))
        __builtin_longjmp(resume_point, 1);
    return _URC_NO_REASON;
}

HIDDEN void force(int level, void* target) {
    Noted const noted{"~", level};
    try {
        if (level == 0) {
            static _Unwind_Exception unwinding;
            unwinding = {};
            _Unwind_ForcedUnwind(&unwinding, stop, target);
        }
        unseen(force)(level - 1, target);
        asm volatile("");
    } catch (int) {
        note("not reached");
    } catch (...) {
        note("passes", level);
        throw;
    }
}

HIDDEN void force_to_here() {
    if (__builtin_setjmp(resume_point) == 0)
        unseen(force)(3, __builtin_frame_address(0));
    else
        note("arrived");
}

} // namespace

void edge::forced() {
    force_to_here();
    try { // nothing is left over
        unseen(throw_thing)(18);
    } catch (Thing const& thing) {
        note("caught", thing.value);
    }
}

namespace {

HIDDEN int deepen(int level, int& destroyed) {
    struct Counts {
        int& count;

        ~Counts() { ++count; }
    } const counts{destroyed};

    if (level == 1)
        throw level;
    return unseen(deepen)(level - 1, destroyed) + 1;
}

void deep() {
    for (int const depth : {5'000, 10'000}) {
        int destroyed = 0;
        try {
            deepen(depth, destroyed);
        } catch (int) {
            note("destroyed", destroyed);
        }
    }
}

/// The frame pointer finds the way back, for the unwinder too.
} // namespace

HIDDEN void edge::deep_recursion() {
    auto const stack = edge::spare_stack();
    void* const old = __builtin_frame_address(0);
    asm volatile("" ::"r"(old));
    asm volatile("movq %%rsp, %%rbx\n\tmovq %[top], %%rsp\n\tcall *%[run]\n\tmovq %%rbx, %%rsp"
                 :
                 : [top] "r"(stack.data() + stack.size()), [run] "r"(unseen(deep))
                 : "rbx", "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory",
                   "cc");
}

void edge::without_memory() {
    edge::allow_memory(false);
    try {
        try {
            Noted const noted{"~"};
            unseen(throw_thing)(11);
        } catch (Thing const& thing) {
            note("caught", thing.value);
            unseen(throw_thing)(12); // two at once
        }
    } catch (Thing const& thing) {
        note("caught", thing.value);
    }
    edge::allow_memory(true);
}

namespace {

int totals[4];

HIDDEN void throw_often(unsigned index) {
    struct Adds {
        int& total;

        ~Adds() { ++total; }
    };

    for (int round = 0; round < 500; ++round) {
        try {
            Adds const outer{totals[index]};
            try {
                Adds const inner{totals[index]};
                throw static_cast<int>(index) * 1000 + round;
            } catch (long) {
                totals[index] = -1'000'000;
            }
        } catch (int value) {
            if (value != static_cast<int>(index) * 1000 + round)
                totals[index] = -1'000'000;
        }
    }
}

} // namespace

void edge::concurrent() {
    for (int& total : totals)
        total = 0;
    edge::on_four_cpus(throw_often);
    for (int const total : totals)
        note("destroyed", total);
}

namespace {

std::exception_ptr* kept;

HIDDEN std::exception_ptr keep(int value) {
    try {
        unseen(throw_thing)(value);
    } catch (...) {
        return std::current_exception();
    }
    return nullptr;
}

HIDDEN void throw_again(std::exception_ptr const& pointer) {
    try {
        std::rethrow_exception(pointer);
    } catch (Thing const& thing) {
        note("again", thing.value);
    } catch (int value) {
        note("int", value);
    }
}

} // namespace

void edge::pointers() {
    std::exception_ptr pointer = keep(13);
    note("kept", pointer != nullptr);
    throw_again(pointer);
    throw_again(pointer);
    std::exception_ptr const other = pointer;
    pointer = nullptr;
    note("shared");
    throw_again(other);
    pointer = std::make_exception_ptr(14);
    throw_again(pointer);
    note("none", std::current_exception() == nullptr);
    // Made by one thread, dropped by another.
    std::exception_ptr places[4];
    kept = places;
    edge::on_four_cpus([](unsigned index) { kept[index] = std::make_exception_ptr(0); });
    edge::on_four_cpus([](unsigned index) { kept[(index + 1) % 4] = nullptr; });
}

namespace {

struct Guarded {
    static inline int tries;

    Guarded() {
        note("try", ++tries);
        if (tries < 3)
            unseen(throw_thing)(tries);
    }
};

HIDDEN Guarded& guarded() {
    static Guarded one;
    return one;
}

} // namespace

void edge::guards() {
    for (int i = 0; i < 4; ++i) {
        try {
            (void)guarded();
            note("made");
        } catch (Thing const& thing) {
            note("failed", thing.value);
        }
    }
}

// Not in the unnamed namespace, where the compiler would know that only one class can be meant.
namespace edge {

struct Abstract {
    Abstract() { call(this); }

    virtual ~Abstract() = default;
    virtual void pure() = 0;

    HIDDEN static void call(Abstract* self) { unseen(self)->pure(); }
};

struct Concrete : Abstract {
    void pure() override { note("not reached"); }
};

} // namespace edge

void edge::pure_virtual() {
    edge::Concrete const one;
}

void edge::terminate_by_call() {
    Noted const noted{"not reached"};
    unseen(std::terminate)();
}

namespace {

_Unwind_Reason_Code count_frame(_Unwind_Context*, void* count) {
    ++*static_cast<long*>(count);
    return _URC_NO_REASON;
}

HIDDEN long frames(int level) {
    long count = level == 0 ? 0 : unseen(frames)(level - 1);
    if (level == 0)
        _Unwind_Backtrace(count_frame, &count);
    asm volatile("" : "+r"(count));
    return count;
}

} // namespace

void edge::backtrace() {
    note("deeper by", frames(30) - frames(10));
}
