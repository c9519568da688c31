// Owners whose words cannot be reached: what else the function that meets the bug owns is released.
#include "libs/base/box.hpp"
#include "libs/base/ref.hpp"
#include "libs/hosttest/throw_faults.hpp"

#include <gtest/gtest.h>

namespace {

struct Counted : RefCounted {
    static inline int alive = 0;

    Counted() { ++alive; }

    ~Counted() override { --alive; }
};

struct Counts {
    int& count;

    ~Counts() { ++count; }
};

Ref<Counted>* volatile no_ref = nullptr;
Box<Counted>* volatile no_box = nullptr;

[[gnu::noinline]] void assign_ref(Ref<Counted>& to, int& destroyed) {
    Counts const guard{destroyed};
    to = make_ref<Counted>();
}

[[gnu::noinline]] void exchange_ref(Ref<Counted>& one, Ref<Counted>& other, int& destroyed) {
    Counts const guard{destroyed};
    one.exchange(other);
}

[[gnu::noinline]] void leak_ref(Ref<Counted>& from, int& destroyed) {
    Counts const guard{destroyed};
    if (Counted* const object = from.leak())
        object->release();
}

[[gnu::noinline]] void assign_box(Box<Counted>& to, int& destroyed) {
    Counts const guard{destroyed};
    to = make<Counted>();
}

[[gnu::noinline]] void release_box(Box<Counted>& from, int& destroyed) {
    Counts const guard{destroyed};
    delete from.release();
}

/// Whether the compiler knows what `object` is where the check says that it is nothing.
[[gnu::noinline]] bool is_concluded(int* object) {
    if (owned::to_check(object) != nullptr)
        return false;
    return __builtin_constant_p(object);
}

} // namespace

TEST(Owners, LoseNothingWhereTheirWordsCannotBeReached) {
    hosttest::throw_faults();
    int destroyed = 0;
    Ref<Counted> held = make_ref<Counted>();
    EXPECT_THROW(assign_ref(*no_ref, destroyed), KernelBug);
    EXPECT_THROW(exchange_ref(*no_ref, held, destroyed), KernelBug);
    EXPECT_THROW(exchange_ref(held, *no_ref, destroyed), KernelBug);
    EXPECT_THROW(leak_ref(*no_ref, destroyed), KernelBug);
    EXPECT_THROW(assign_box(*no_box, destroyed), KernelBug);
    EXPECT_THROW(release_box(*no_box, destroyed), KernelBug);
    EXPECT_EQ(destroyed, 6);
    EXPECT_EQ(Counted::alive, 1);
    EXPECT_TRUE(held);
    EXPECT_EQ(held->reference_count(), 1u);
}

TEST(Owners, NothingIsConcludedFromACheckThatFails) {
    int object = 0;
    EXPECT_FALSE(is_concluded(nullptr));
    EXPECT_FALSE(is_concluded(&object));
}
