// Owners that meet a bug while they are moved, and functions whose result cannot be stored.
#include "kernel/ktest/ktest.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "libs/base/box.hpp"
#include "libs/base/ref.hpp"
#include "libs/base/vector.hpp"

#if !defined(__clang__) // which gives ordinary stores no landing pads

namespace {

constinit Atomic<u32> alive{0};

struct Counted : RefCounted {
    Counted() { alive.fetch_add(1); }

    ~Counted() override { alive.fetch_sub(1); }
};

/// GCC likes to clear the other's reference before it writes this one.
struct Numbered {
    explicit Numbered(Ref<Counted> const& to_keep) : kept(to_keep) {}

    [[gnu::noinline]] Numbered(Numbered&& other)
        : kept(std::move(other.kept)), number(other.number) {}

    Ref<Counted> kept;
    u32 number = 0;
};

/// Where nothing is, which the compiler does not know.
template <class T>
T* nowhere() {
    T* at = nullptr;
    asm("" : "+r"(at));
    return at;
}

/// Whether `action` ends by a bug.
template <class Action>
[[gnu::noinline]] bool fails(Action const& action) {
    runtime::Unreported const quiet;
    try {
        action();
    } catch (KernelBug const&) {
        return true;
    }
    return false;
}

[[gnu::noinline]] Result<void> refuse_as_owner() {
    auto const held = make_ref<Counted>();
    return fail(held->reference_count() == 1 ? Errno::einval : Errno::eio);
}

[[gnu::noinline]] Result<i64> answer_as_owner() {
    auto const held = make_ref<Counted>();
    return held->reference_count();
}

[[gnu::noinline]] Result<Ref<Counted>> give_as_owner() {
    auto const held = make_ref<Counted>();
    return held;
}

template <class Owner>
bool survives_a_move(Owner owner) {
    bool const failed = fails([&] { ::new (nowhere<Owner>()) Owner(std::move(owner)); });
    return failed && alive.load() == 1;
}

} // namespace

KTEST(owners_keep_what_cannot_be_moved) {
    KCHECK(survives_a_move(make_ref<Counted>()));
    KCHECK(survives_a_move(make<Counted>()));
    KCHECK(survives_a_move(Numbered(make_ref<Counted>())));
    {
        Vector<Ref<Counted>> vector;
        vector.push_back(make_ref<Counted>());
        KCHECK(survives_a_move(std::move(vector)));
    }
    KCHECK(alive.load() == 0);
}

KTEST(functions_whose_result_cannot_be_stored_let_go_of_what_they_own) {
    KCHECK(fails([] { ::new (nowhere<Result<void>>()) Result<void>(refuse_as_owner()); }));
    KCHECK(fails([] { ::new (nowhere<Result<i64>>()) Result<i64>(answer_as_owner()); }));
    KCHECK(fails([] {
        using Given = Result<Ref<Counted>>;
        ::new (nowhere<Given>()) Given(give_as_owner());
    }));
    KCHECK(fails([] { ::new (nowhere<Ref<Counted>>()) Ref<Counted>(make_ref<Counted>()); }));
    KCHECK(alive.load() == 0);
}

#endif
