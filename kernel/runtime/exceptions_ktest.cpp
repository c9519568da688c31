// Throwing and catching in the kernel itself.
#include "kernel/ktest/ktest.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "libs/base/bug.hpp"

#include <exception>
#include <new>

namespace {

/// Appends its letter to a text when destroyed.
class Trace {
public:
    Trace(char (&text)[16], usize& size, char letter) : text_(text), size_(size), letter_(letter) {}

    ~Trace() { text_[size_++] = letter_; }

private:
    char (&text_)[16];
    usize& size_;
    char letter_;
};

[[gnu::noinline]] void nest(int levels, char (&text)[16], usize& size) {
    Trace const trace(text, size, static_cast<char>('a' + levels));
    if (levels == 0)
        throw 42;
    nest(levels - 1, text, size);
    asm volatile(""); // not a tail call
}

bool nothing_left() {
    auto const& state = runtime::eh_state();
    return state.caught == nullptr && state.uncaught == 0 && state.bugs == 0 &&
           state.used_slots.load() == 0;
}

} // namespace

// A9.3
KTEST(a_throw_destroys_the_frames_it_leaves_innermost_first) {
    char text[16] = {};
    usize size = 0;
    int caught = 0;
    try {
        nest(3, text, size);
    } catch (int value) {
        caught = value;
    }
    KCHECK(caught == 42);
    KCHECK(std::string_view(text, size) == "abcd");
    KCHECK(nothing_left());
}

namespace {

struct Base {
    virtual ~Base() = default;
    int one = 1;
};

struct Other {
    virtual ~Other() = default;
    int two = 2;
};

struct Derived : Base, Other {};

struct Leaf final : Derived {};

struct Hidden : private Base {};

struct Left : virtual Base {};

struct Right : virtual Base {};

struct Diamond : Left, Right {};

} // namespace

KTEST(handlers_match_by_public_base) {
    bool second_base = false;
    try {
        throw Leaf();
    } catch (Diamond const&) {
    } catch (Other const& other) { // at an offset in the object
        second_base = other.two == 2;
    }
    KCHECK(second_base);

    bool hidden = false;
    try {
        throw Hidden();
    } catch (Base const&) {
    } catch (...) {
        hidden = true;
    }
    KCHECK(hidden);

    bool diamond = false;
    try {
        throw Diamond();
    } catch (Base const& base) {
        diamond = base.one == 1;
    }
    KCHECK(diamond);
    KCHECK(nothing_left());
}

KTEST(pointers_are_caught_with_more_const_and_as_void) {
    static int value = 7;
    bool as_const = false;
    try {
        throw &value;
    } catch (int const* pointer) {
        as_const = pointer == &value;
    }
    KCHECK(as_const);
    bool as_void = false;
    try {
        throw &value;
    } catch (char*) {
    } catch (void* pointer) {
        as_void = pointer == &value;
    }
    KCHECK(as_void);
    KCHECK(nothing_left());
}

KTEST(dynamic_cast_finds_bases_and_siblings) {
    Leaf leaf;
    Base& base = leaf;
    Other* const sibling = dynamic_cast<Other*>(&base);
    KCHECK(sibling == static_cast<Other*>(&leaf));
    KCHECK(dynamic_cast<Leaf*>(sibling) == &leaf);
    Diamond diamond;
    Left& left = diamond;
    KCHECK(dynamic_cast<Right*>(&left) == static_cast<Right*>(&diamond));
    KCHECK(dynamic_cast<Derived*>(static_cast<Base*>(&diamond)) == nullptr);
}

KTEST(rethrow_keeps_the_object) {
    int levels = 0;
    void const* first = nullptr;
    try {
        try {
            throw KernelBug{.what = "once"};
        } catch (KernelBug const& bug) {
            first = &bug;
            ++levels;
            KCHECK(bugs_in_flight() == 0);
            throw;
        }
    } catch (KernelBug const& bug) {
        ++levels;
        KCHECK(first == &bug);
    }
    KCHECK(levels == 2);
    KCHECK(nothing_left());
}

namespace {

struct CountsBugs {
    u32& seen;

    ~CountsBugs() { seen = bugs_in_flight(); }
};

} // namespace

KTEST(only_bugs_count_as_bugs_in_flight) {
    u32 seen = 9;
    try {
        CountsBugs const counts{seen};
        throw std::bad_alloc();
    } catch (std::bad_alloc const&) {
    }
    KCHECK(seen == 0);
    try {
        CountsBugs const counts{seen};
        throw KernelBug{.what = "counted"};
    } catch (KernelBug const&) {
    }
    KCHECK(seen == 1);
    KCHECK(nothing_left());
}

namespace {

struct ThrowsInside {
    int& caught;

    ~ThrowsInside() {
        try {
            throw 1;
        } catch (int value) {
            caught += value;
        }
    }
};

} // namespace

KTEST(destructors_may_throw_and_catch_while_unwinding) {
    int caught = 0;
    try {
        ThrowsInside const inner{caught};
        ThrowsInside const outer{caught};
        throw 10;
    } catch (int value) {
        caught += value;
    }
    KCHECK(caught == 12);
    KCHECK(nothing_left());
}

KTEST(more_exceptions_at_once_than_the_reserve_holds_or_none) {
    // Nested handlers keep their exceptions alive; the fifth needs the heap.
    int deepest = 0;
    try {
        throw 1;
    } catch (int) {
        try {
            throw 2;
        } catch (int) {
            try {
                throw 3;
            } catch (int) {
                try {
                    throw 4;
                } catch (int value) {
                    deepest = value;
                }
            }
        }
    }
    KCHECK(deepest == 4);
    KCHECK(nothing_left());
}

namespace {

[[gnu::noinline]] void leave_noexcept() noexcept {
    throw_out_of_memory();
}

/// Owns something, so that it matters that the second call throws nothing.
[[gnu::noinline]] void rely_on_noexcept(void (*before)(), u32& bugs) {
    CountsBugs const here{bugs};
    before();
    leave_noexcept();
}

} // namespace

KTEST(an_exception_that_leaves_noexcept_becomes_a_contained_bug) {
    bool contained = false;
    u32 bugs = 0;
    void (*volatile before)() = [] {};
    try {
        rely_on_noexcept(before, bugs);
    } catch (KernelBug const&) {
        contained = true;
    }
    KCHECK(contained);
    KCHECK(nothing_left());
}

KTEST(a_failed_ensure_is_a_bug_with_its_place) {
    bool seen = false;
    try {
        ensure(false, "on purpose");
    } catch (KernelBug const& bug) {
        seen = std::string_view(bug.what) == "on purpose" && bug.where.line() != 0;
    }
    KCHECK(seen);
    KCHECK(nothing_left());
}
