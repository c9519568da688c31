// The cases: throwing, catching and everything that ends in std::terminate().
#include "kernel/task/exception_cases.hpp"

#include <exception>
#include <new>
#include <unwind.h>
#include <utility>

#define HIDDEN [[gnu::noinline]]

using edge::note;

namespace {

/// Notes its end.
struct Noted {
    char const* word;
    long number = 0;

    ~Noted() { note(word, number); }
};

/// Keeps the compiler from seeing that a call throws, or that it does not.
template <class Function>
Function* unseen(Function* function) {
    asm volatile("" : "+r"(function) : : "memory");
    return function;
}

HIDDEN void descend(int level) {
    Noted const noted{"~", level};
    if (level == 0)
        throw 7;
    unseen(descend)(level - 1);
    asm volatile(""); // not a tail call
}

void fifty_frames() {
    try {
        descend(49);
    } catch (int value) {
        note("caught", value);
    }
}

struct Thing {
    int value;

    explicit Thing(int of) : value(of) {}

    Thing(Thing const& other) : value(other.value) { note("copy", value); }

    ~Thing() { note("~Thing", value); }
};

HIDDEN void throw_thing(int value) {
    throw Thing(value);
}

void rethrow() {
    void const* first = nullptr;
    try {
        try {
            Noted const noted{"~inner"};
            unseen(throw_thing)(1);
        } catch (Thing const& thing) {
            first = &thing;
            note("first", thing.value);
            try {
                throw;
            } catch (Thing& again) {
                again.value = 2;
                note("again", &again == first);
            }
            throw;
        }
    } catch (Thing const& thing) {
        note("outer", thing.value);
        note("same", &thing == first);
    }
    note("uncaught", std::uncaught_exceptions());
}

void throw_in_handler() {
    try {
        try {
            unseen(throw_thing)(1);
        } catch (Thing const&) {
            note("replace");
            unseen(throw_thing)(2);
        }
    } catch (Thing const& thing) {
        note("caught", thing.value);
    }
}

struct CatchesInside {
    ~CatchesInside() {
        note("uncaught", std::uncaught_exceptions());
        try {
            unseen(throw_thing)(3);
        } catch (...) {
            note("inside");
        }
    }
};

void catch_in_destructor() {
    try {
        CatchesInside const one;
        unseen(throw_thing)(4);
    } catch (Thing const& thing) {
        note("caught", thing.value);
    }
}

struct ThrowsOut {
    ~ThrowsOut() noexcept(false) {
        note("~ThrowsOut");
        unseen(throw_thing)(6);
    }
};

HIDDEN void leave_by_throw() {
    ThrowsOut const out;
    unseen(throw_thing)(5);
}

void throw_out_of_destructor() {
    try {
        leave_by_throw();
    } catch (Thing const&) {
        note("not reached");
    }
}

struct Base {
    virtual ~Base() = default;
    int one = 1;
};

struct Side {
    virtual ~Side() = default;
    int two = 2;
};

struct Derived : Base, Side {};

struct Left : virtual Base {};

struct Right : virtual Base {};

struct Diamond : Left, Right {};

struct First : Base {};

struct Second : Base {};

struct Twice : First, Second {}; // Base is ambiguous

struct Hidden : private Base {};

template <class Object>
HIDDEN void classify() {
    try {
        throw Object();
    } catch (Diamond const&) {
        note("Diamond");
    } catch (Side const& side) {
        note("Side", side.two);
    } catch (Base const& base) {
        note("Base", base.one);
    } catch (...) {
        note("other");
    }
}

void by_base() {
    classify<Derived>();
    classify<Diamond>();
    classify<Right>();
    classify<Twice>();
    classify<Hidden>();
    classify<int>();
}

template <class Pointer>
HIDDEN void point(Pointer pointer) {
    try {
        throw pointer;
    } catch (void (*)()) {
        note("function");
    } catch (Side const* side) {
        note("Side", side != nullptr ? side->two : 0);
    } catch (char**) {
        note("char**");
    } catch (char const* const*) {
        note("char const* const*");
    } catch (void*) {
        note("void*");
    } catch (void const*) {
        note("void const*");
    } catch (...) {
        note("other");
    }
}

void function() {}

void promise() noexcept {}

void by_pointer() {
    Derived derived;
    static char letter = 'a';
    static char* line = &letter;
    static char const* constant = &letter;
    point(&derived);
    point(static_cast<Derived const*>(&derived));
    point(&line);
    point(&constant);
    point(&letter);
    point(constant);
    point(function);
    point(promise);
    point(nullptr);
    point(&Base::one);
}

struct Try {
    Noted const member{"~member"};

    Try() try : member{"~member"} { unseen(throw_thing)(8); } catch (Thing const& thing) {

        note("constructor's handler", thing.value);
    } // and throws it again

    HIDDEN static int function(int value) try {
        if (value != 0)
            unseen(throw_thing)(value);
        return 0;
    } catch (Thing const& thing) {

        return thing.value;
    }
};

void function_try() {
    note("returns", Try::function(9));
    try {
        Try const one;
    } catch (Thing const& thing) {
        note("caught", thing.value);
    }
}

HIDDEN void promises() noexcept {
    unseen(throw_thing)(10);
}

void out_of_noexcept() {
    try {
        unseen(static_cast<void (*)()>(promises))();
    } catch (...) {
        note("not reached");
    }
}

struct Element {
    static inline int count;
    int number;

    Element() : number(++count) {
        if (number == 4)
            unseen(throw_thing)(number);
        note("element", number);
    }

    ~Element() { note("~element", number); }
};

void array_element() {
    for (int i = 0; i < 2; ++i) {
        Element::count = 0;
        try {
            if (i == 0)
                Element const some[6];
            else
                delete[] unseen(new Element[6]);
        } catch (Thing const& thing) {
            note("caught", thing.value);
        }
    }
    try {
        long volatile many = -1;
        delete[] unseen(new Element[static_cast<unsigned long>(many)]);
    } catch (std::bad_alloc const&) {
        note("too many");
    }
}

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

void forced() {
    force_to_here();
    classify<Derived>(); // nothing is left over
}

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
HIDDEN void deep_recursion() {
    auto const stack = edge::spare_stack();
    void* const old = __builtin_frame_address(0);
    asm volatile("" ::"r"(old));
    asm volatile("movq %%rsp, %%rbx\n\tmovq %[top], %%rsp\n\tcall *%[run]\n\tmovq %%rbx, %%rsp"
                 :
                 : [top] "r"(stack.data() + stack.size()), [run] "r"(unseen(deep))
                 : "rbx", "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory",
                   "cc");
}

void without_memory() {
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

void concurrent() {
    for (int& total : totals)
        total = 0;
    edge::on_four_cpus(throw_often);
    for (int const total : totals)
        note("destroyed", total);
}

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

void pointers() {
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

void guards() {
    for (int i = 0; i < 4; ++i) {
        try {
            (void)guarded();
            note("made");
        } catch (Thing const& thing) {
            note("failed", thing.value);
        }
    }
}

} // namespace

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

namespace {

void pure_virtual() {
    edge::Concrete const one;
}

void terminate_by_call() {
    Noted const noted{"not reached"};
    unseen(std::terminate)();
}

struct Rich {
    Noted const first{"~first"};
    Thing thing{15};
    Noted const last{"~last"};

    explicit Rich(int value) {
        note("constructing");
        unseen(throw_thing)(value);
    }

    ~Rich() { note("not reached"); }
};

void in_constructor() {
    try {
        Rich const one(16);
    } catch (Thing thing) { // by value
        note("caught", thing.value);
    }
    try {
        delete unseen(new Rich(17));
    } catch (Thing const& thing) {
        note("caught", thing.value);
    }
}

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

void backtrace() {
    note("deeper by", frames(30) - frames(10));
}

constexpr edge::Case all[] = {
#include "kernel/task/exception_traces.inc"
};

} // namespace

std::span<edge::Case const> edge::cases() {
    return all;
}
