// What owners hold is not lost when destructors have bugs.
#include "kernel/arch/api/timer.hpp"
#include "kernel/ktest/ktest.hpp"
#include "kernel/mem/heap.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "kernel/task/scheduler.hpp"
#include "kernel/task/thread.hpp"
#include "libs/base/box.hpp"
#include "libs/base/ref.hpp"
#include "libs/base/vector.hpp"

#if !defined(__clang__) // which knows no -fno-enforce-eh-specs

/// With names that the assembler below can say.
namespace destructors {

constinit Atomic<u32> ended{0};

struct Part {
    ~Part() { ended.fetch_add(1); }
};

struct Base : RefCounted {
    ~Base() override;
    Part part;
};

struct Whole : Base {
    ~Whole() override;
    Part part;
};

Base::~Base() = default;
Whole::~Whole() = default;

} // namespace destructors

namespace {

constexpr u32 rounds = 24;
constexpr usize object_bytes = 3072; // of a size class that hardly anybody else uses
constinit Atomic<u32> ended{0};
constinit Atomic<u32> finished{0};
constinit u32 parts[3] = {};

struct Shared : RefCounted {
    explicit Shared(bool bug) : bug_(bug) {}

    ~Shared() override {
        ended.fetch_add(1);
        ensure(!bug_, "test of a bug in a destructor");
    }

    bool const bug_;
    std::byte room[object_bytes - 64] = {};
};

struct Element {
    explicit Element(bool bug) : bug_(bug) {}

    Element(Element&& other) noexcept
        : bug_(other.bug_), owner_(std::exchange(other.owner_, false)) {}

    Element& operator=(Element&&) = delete;

    ~Element() {
        if (!owner_)
            return;
        ended.fetch_add(1);
        ensure(!bug_, "test of a bug in an element's destructor");
    }

    bool bug_;
    bool owner_ = true;
};

void drop_shared() {
    Ref<Shared> const first = make_ref<Shared>(true);
    Ref<Shared> const second = make_ref<Shared>(true);
}

void drop_boxed() {
    Box<Shared> const boxed = make<Shared>(true);
}

void drop_elements() {
    Vector<Element> elements;
    for (int i = 0; i < 4; ++i)
        elements.emplace_back(i == 1 || i == 2);
}

/// `body` in threads of its own, one after the other, which the bugs cost; how many objects it
/// ended in all.
u32 run(void (*body)()) {
    ended.store(0);
    for (u32 i = 0; i < rounds; ++i) {
        finished.store(0);
        auto const thread = task::Thread::create(
            "owner",
            [](void* function) {
                // Safe because it is what was given.
                reinterpret_cast<void (*)()>(function)();
                finished.store(1);
            },
            reinterpret_cast<void*>(body));
        if (!thread)
            return 0;
        (*thread)->start();
        for (int tries = 0; tries < 5000 && finished.load() == 0; ++tries)
            (void)task::sleep_until(arch::now() + Nanoseconds::milliseconds(1));
    }
    return ended.load();
}

usize objects_of_this_size() {
    usize count = 0;
    mem::for_each_size_class([&](mem::SizeClassUse const& use) {
        if (use.object_bytes == object_bytes)
            count = use.objects_used;
    });
    return count;
}

/// As destructors begin, with a null pointer.
void fail_to_enter_whole(void*) {
    asm volatile("movq $_ZTVN11destructors5WholeE+16, (%0)" ::"r"(0L) : "memory");
}

void fail_to_enter_base(void*) {
    asm volatile("movq $_ZTVN11destructors4BaseE+16, (%0)" ::"r"(0L) : "memory");
}

void fail_otherwise(void*) {
    panic("test of a bug that is no store");
}

/// How many parts are ended by a destructor that fails like this.
u32 parts_ended_after(void (*failing)(void*)) {
    runtime::Unreported const quiet;
    destructors::ended.store(0);
    auto* const object = new destructors::Whole;
    KCHECK(!survive_destructor(failing, static_cast<RefCounted*>(object)));
    ::operator delete(object);
    return destructors::ended.load();
}

void end_parts() {
    parts[0] = parts_ended_after(fail_to_enter_whole);
    parts[1] = parts_ended_after(fail_to_enter_base);
    parts[2] = parts_ended_after(fail_otherwise);
}

} // namespace

KTEST(destructors_that_cannot_begin_are_called_again) {
    (void)run(end_parts);
    KCHECK(parts[0] == 2);
    KCHECK(parts[1] == 1);
    KCHECK(parts[2] == 0);
}

KTEST(owners_lose_nothing_by_bugs_in_destructors) {
    usize const before = objects_of_this_size();
    KCHECK(run(drop_shared) == rounds * 2);
    KCHECK(run(drop_boxed) == rounds);
    KCHECK(run(drop_elements) == rounds * 4);
    KCHECK(objects_of_this_size() < before + rounds); // CPUs keep some
}
#endif
