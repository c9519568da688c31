// Makes the compiler emit a call of each symbol in symbols.txt, and checks what comes of it.
#include "kernel/ktest/ktest.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "libs/base/bug.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cxxabi.h>
#include <new>
#include <string_view>
#include <typeinfo>
#include <utility>

namespace {

using ktest::unseen;

struct Block {
    std::array<u8, 10'000> bytes;
};

constinit Block first{};
constinit Block second{};

[[gnu::noinline]] void copy(Block& to, Block const& from) {
    to = from;
}

[[gnu::noinline]] void clear(Block& block) {
    block = {};
}

} // namespace

KTEST(the_compiler_copies_clears_and_compares_by_calls) {
    for (usize i = 0; i < first.bytes.size(); ++i)
        first.bytes.data()[i] = static_cast<u8>(i * 7);
    copy(second, first);                 // memcpy
    KCHECK(first.bytes == second.bytes); // memcmp
    second.bytes.back() ^= 1;
    KCHECK(first.bytes != second.bytes);
    u8* const bytes = unseen(first.bytes.data());
    std::copy(bytes, bytes + 5'000, bytes + unseen(1)); // memmove
    KCHECK(bytes[1] == 0 && bytes[5'000] == static_cast<u8>(4'999 * 7));
    clear(first); // memset
    KCHECK(std::ranges::all_of(first.bytes, [](u8 byte) { return byte == 0; }));
}

KTEST(the_compiler_searches_text_by_calls) {
    std::string_view const text(unseen("a text")); // strlen
    KCHECK(text.size() == 6);
    KCHECK(text.find(unseen('x')) == 4); // memchr
    KCHECK(text.find(unseen('y')) == text.npos);
    bool refused = false;
    try {
        (void)text.substr(unseen(7)); // std::__throw_out_of_range_fmt
    } catch (KernelBug const&) {
        refused = true;
    }
    KCHECK(refused);
}

KTEST(the_compiler_counts_bits_by_a_call) {
    KCHECK(std::popcount(unseen(~u64{0})) == 64); // __popcountdi2
    KCHECK(std::popcount(unseen(u64{0x8000'0001'0000'1000})) == 3);
}

namespace {

struct Plain {
    u64 value = 1;
};

struct alignas(128) Aligned {
    u64 value = 2;
};

struct Throws {
    Throws() {
        if (unseen(true))
            throw 5;
    }

    u64 value = 3;
};

bool is_aligned(void const* at, usize to) {
    return reinterpret_cast<u64>(at) % to == 0;
}

} // namespace

KTEST(the_compiler_allocates_by_calls) {
    auto* const plain = unseen(new Plain); // operator new
    auto* const aligned = unseen(new Aligned);
    KCHECK(plain->value == 1 && is_aligned(plain, 16));
    KCHECK(aligned->value == 2 && is_aligned(aligned, 128));
    delete plain; // operator delete with a size
    delete aligned;
    ::operator delete(unseen(::operator new(sizeof(Plain)))); // without one
    constexpr auto alignment = std::align_val_t(alignof(Aligned));
    ::operator delete(unseen(::operator new(sizeof(Aligned), alignment)), alignment);
    auto* const quiet = unseen(new (std::nothrow) Plain);
    KCHECK(quiet != nullptr && quiet->value == 1);
    delete quiet;
    int caught = 0;
    try {
        delete unseen(new (std::nothrow) Throws); // operator delete with std::nothrow
    } catch (int value) {
        caught = value;
    }
    KCHECK(caught == 5);
}

namespace {

struct Shape {
    virtual ~Shape() = default;
    virtual u64 corners() const = 0; // __cxa_pure_virtual in the table of functions
};

struct Square : Shape {
    u64 corners() const override { return 4; }
};

struct Named {
    virtual ~Named() = default;
    u64 name = 9;
};

struct NamedSquare : Square, Named {}; // typeinfo of several bases

/// Throws while the exception is made.
struct Unlucky {
    Unlucky() = default;

    explicit Unlucky(int value) {
        if (unseen(value) == 1)
            throw value;
    }
};

[[gnu::noinline]] void throw_unlucky(int value) {
    throw Unlucky(value); // __cxa_free_exception when that throws
}

struct LeavesByThrow {
    ~LeavesByThrow() noexcept(false) { throw 6; }
};

[[gnu::noinline]] void throw_twice() {
    LeavesByThrow const one;
    throw 7; // std::terminate when the destructor throws, too
}

} // namespace

KTEST(the_compiler_throws_catches_and_casts_by_calls) {
    NamedSquare square;
    Shape* const shape = unseen(static_cast<Shape*>(&square));
    auto* const named = dynamic_cast<Named*>(shape); // __dynamic_cast
    KCHECK(named != nullptr && named->name == 9 && shape->corners() == 4);

    Shape const& hidden = *unseen(shape);
    KCHECK(typeid(hidden) == typeid(NamedSquare)); // strcmp, when the names are two objects

    // The types of types, by which one comes from a class to its base.
    std::type_info const* const type = unseen(&typeid(Square));
    auto const* const derived = dynamic_cast<abi::__si_class_type_info const*>(type);
    KCHECK(derived != nullptr && derived->__base_type == &typeid(Shape));
    std::type_info const* const other = unseen(&typeid(NamedSquare));
    auto const* const several = dynamic_cast<abi::__vmi_class_type_info const*>(other);
    KCHECK(several != nullptr && several->__base_count == 2);

    int caught = 0;
    try {
        try {
            throw_unlucky(unseen(1)); // __cxa_allocate_exception, __cxa_throw
        } catch (Unlucky const&) {
            caught = -1;
        } catch (int value) { // __cxa_begin_catch, __cxa_end_catch
            caught = value;
            throw; // __cxa_rethrow
        }
    } catch (...) {
        ++caught;
    }
    KCHECK(caught == 2);

    bool terminated = false;
    try {
        ktest::call_unseen<void>(throw_twice);
    } catch (KernelBug const&) {
        terminated = true;
    } catch (int) {
    }
    KCHECK(terminated);
    KCHECK(runtime::eh_state().uncaught == 0 && runtime::eh_state().used_slots.load() == 0);
}
