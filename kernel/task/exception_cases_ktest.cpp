// The cases of throwing, catching and matching; and the list of all.
#include "kernel/task/exception_case_tools.hpp"

#include <exception>
#include <new>
#include <unwind.h>
#include <utility>

using namespace edge;

namespace {

HIDDEN void descend(int level) {
    Noted const noted{"~", level};
    if (level == 0)
        throw 7;
    unseen(descend)(level - 1);
    asm volatile(""); // not a tail call
}

} // namespace

void edge::fifty_frames() {
    try {
        descend(49);
    } catch (int value) {
        note("caught", value);
    }
}

void edge::rethrow() {
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

void edge::throw_in_handler() {
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

namespace {

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

} // namespace

void edge::catch_in_destructor() {
    try {
        CatchesInside const one;
        unseen(throw_thing)(4);
    } catch (Thing const& thing) {
        note("caught", thing.value);
    }
}

namespace {

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

} // namespace

void edge::throw_out_of_destructor() {
    try {
        leave_by_throw();
    } catch (Thing const&) {
        note("not reached");
    }
}

namespace {

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

} // namespace

void edge::by_base() {
    classify<Derived>();
    classify<Diamond>();
    classify<Right>();
    classify<Twice>();
    classify<Hidden>();
    classify<int>();
}

namespace {

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

} // namespace

void edge::by_pointer() {
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

namespace {

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

} // namespace

void edge::function_try() {
    note("returns", Try::function(9));
    try {
        Try const one;
    } catch (Thing const& thing) {
        note("caught", thing.value);
    }
}

namespace {

HIDDEN void promises() noexcept {
    unseen(throw_thing)(10);
}

} // namespace

void edge::out_of_noexcept() {
    try {
        unseen(static_cast<void (*)()>(promises))();
    } catch (...) {
        note("not reached");
    }
}

namespace {

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

} // namespace

void edge::array_element() {
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

namespace {

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

} // namespace

void edge::in_constructor() {
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

namespace {

constexpr edge::Case all[] = {
#include "kernel/task/exception_traces.inc"
};

} // namespace

std::span<edge::Case const> edge::cases() {
    return all;
}
