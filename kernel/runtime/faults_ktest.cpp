// CPU faults in kernel code arrive as KernelBug, and unwind what they may.
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/ktest/ktest.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/memory.hpp"

namespace {

/// Not known to the compiler, so that it cannot see what will fault.
template <class T>
[[gnu::noinline]] T hidden(T value) {
    asm volatile("" : "+r"(value));
    return value;
}

int* bad_pointer() {
    return hidden(reinterpret_cast<int*>(8));
}

int* wild_pointer() {
    return hidden(reinterpret_cast<int*>(0x1234'5678'9abc'def0));
}

struct Counts {
    int& counter;

    ~Counts() { ++counter; }
};

bool nothing_left() {
    auto const& state = runtime::eh_state();
    return state.caught == nullptr && state.uncaught == 0 && state.bugs == 0 &&
           state.used_slots.load() == 0;
}

/// Runs `body`, which must be ended by a bug, and returns that.
template <class Body>
KernelBug bug_of(Body body) {
    try {
        body();
    } catch (KernelBug const& bug) {
        return bug;
    }
    return {.what = "nothing"};
}

// GCC gives ordinary instructions landing pads; Clang does so only with calls.
#if defined(__clang__)
constexpr bool own_pads = false;
#else
constexpr bool own_pads = true;
#endif

[[gnu::noinline]] void store(int* where) {
    *where = 1;
    asm volatile("" ::: "memory");
}

} // namespace

KTEST(a_null_pointer_is_a_bug_with_its_address) {
    int destroyed = 0;
    auto const bug = bug_of([&] {
        Counts const outer{destroyed};
        void (*volatile call)(int*) = store;
        call(bad_pointer());
    });
    KCHECK(bug.address == 8);
    KCHECK(bug.instruction != 0);
    KCHECK(destroyed == 1);
    KCHECK(nothing_left());
}

KTEST(a_pointer_that_is_no_address_is_a_bug) {
    void (*volatile call)(int*) = store;
    auto const bug = bug_of([&] { call(wild_pointer()); });
    KCHECK(bug.instruction != 0);
    KCHECK(nothing_left());
}

KTEST(the_faulting_frame_runs_its_own_destructors) {
    if constexpr (own_pads) {
        int destroyed = 0;
        int* const where = bad_pointer();
        bool caught = false;
        try {
            Counts const here{destroyed};
            *where = 1;
        } catch (KernelBug const&) {
            caught = true;
        }
        KCHECK(caught);
        KCHECK(destroyed == 1);
        KCHECK(nothing_left());
    }
}

KTEST(a_division_by_zero_is_a_bug) {
    if constexpr (own_pads) {
        int const zero = hidden(0);
        int volatile result = 0;
        auto const bug = bug_of([&] { result = hidden(7) / zero; });
        KCHECK(std::string_view(bug.what) == "divide error");
        KCHECK(nothing_left());
    }
}

KTEST(copy_bytes_with_a_bad_pointer_unwinds_its_caller) {
    int destroyed = 0;
    std::byte to[64];
    auto const from = hidden(reinterpret_cast<std::byte const*>(16));
    auto const bug = bug_of([&] {
        Counts const outer{destroyed};
        copy_bytes(to, {from, sizeof to});
    });
    KCHECK(bug.address >= 16 && bug.address < 80);
    KCHECK(destroyed == 1);
    KCHECK(nothing_left());
}

KTEST(a_fault_in_a_noexcept_function_unwinds_it) {
    int destroyed = 0;
    static int* where;
    where = bad_pointer();
    void (*volatile call)(int&) = +[](int& counter) noexcept {
        Counts const inner{counter};
        *where = 1;
        asm volatile("" ::: "memory");
    };
    auto const bug = bug_of([&] {
        Counts const outer{destroyed};
        call(destroyed);
    });
    KCHECK(bug.address == 8);
    KCHECK(destroyed == (own_pads ? 2 : 1));
    KCHECK(nothing_left());
}

KTEST(a_call_through_a_null_pointer_is_a_bug_in_the_caller) {
    int destroyed = 0;
    auto const nowhere = hidden(static_cast<void (*)()>(nullptr));
    auto const bug = bug_of([&] {
        Counts const outer{destroyed};
        nowhere();
        asm volatile("" ::: "memory");
    });
    KCHECK(std::string_view(bug.what) != "nothing");
    KCHECK(destroyed == 1);
    KCHECK(nothing_left());
}

KTEST(landing_pads_run_with_the_interrupt_flag_of_the_faulting_code) {
    void (*volatile call)(int*) = store;
    bool const before = arch::interrupts_enabled();
    bug_of([&] { call(bad_pointer()); });
    KCHECK(arch::interrupts_enabled() == before);
    arch::disable_interrupts();
    bug_of([&] { call(bad_pointer()); });
    bool const stayed_off = !arch::interrupts_enabled();
    if (before)
        arch::enable_interrupts();
    KCHECK(stayed_off);
}

KTEST(a_fault_while_a_bug_unwinds_is_contained_too) {
    struct FaultsToo {
        int& caught;

        ~FaultsToo() {
            void (*volatile call)(int*) = store;
            try {
                call(bad_pointer());
            } catch (KernelBug const&) {
                ++caught;
            }
        }
    };

    int caught = 0;
    auto const bug = bug_of([&] {
        FaultsToo const inner{caught};
        panic("the first");
    });
    KCHECK(std::string_view(bug.what) == "the first");
    KCHECK(caught == 1);
    KCHECK(nothing_left());
}
