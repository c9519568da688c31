// Faults by every shape of instruction, in a function that holds a lock, a reference, a frame, a
// descriptor and an object: each time the lock is poisoned and free, and nothing is left.
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/ktest/ktest.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/process/descriptors.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "kernel/sync/locked.hpp"
#include "kernel/task/scheduler.hpp"
#include "kernel/task/thread.hpp"
#include "libs/base/box.hpp"
#include "libs/base/list.hpp"
#include "libs/base/string.hpp"
#include "libs/base/vector.hpp"

namespace {

using process::Descriptors;

#if defined(__clang__)
constexpr bool own_pads = false; ///< the faulting frame's destructors do not run
#else
constexpr bool own_pads = true;
#endif

/// Not known to the compiler, so that it cannot see what will fault.
template <class T>
[[gnu::always_inline]] inline T hidden(T value) {
    asm volatile("" : "+r"(value)); // Safe because it changes nothing.
    return value;
}

template <class T>
[[gnu::always_inline]] inline T& at_null() {
    return *hidden(pointer_to<T>(VirtAddr(8)));
}

/// No address at all: a protection fault, without a page.
template <class T>
[[gnu::always_inline]] inline T& wild() {
    return *hidden(pointer_to<T>(VirtAddr(0x1234'5678'9abc'def0)));
}

constinit Atomic<int> counted{0};

class Counted : public RefCounted {
public:
    Counted() { counted.fetch_add(1); }

    ~Counted() override { counted.fetch_sub(1); }

    ListHook<Counted> hook;
};

struct Large {
    u64 words[24];
};

template <class T>
[[gnu::always_inline]] inline void use(T value) {
    asm volatile("" : : "r"(value) : "memory"); // Safe because it changes nothing.
}

u64 recurse(u64 depth);
u64 (*volatile recurse_again)(u64) = recurse;

[[gnu::noinline]] u64 recurse(u64 depth) {
    u64 volatile block[200] = {depth};
    return recurse_again(depth + 1) + block[0];
}

// The shapes. Each is compiled into the function that holds the lock.
#define SHAPE(name, ...)                                                                           \
    struct name {                                                                                  \
        static constexpr char const* text = #name;                                                 \
        [[gnu::always_inline]] static void run() {                                                 \
            __VA_ARGS__;                                                                           \
        }                                                                                          \
    };

SHAPE(Load, use(at_null<int>()))
SHAPE(LoadWild, use(wild<int>()))
SHAPE(Store, at_null<int volatile>() = 1)
SHAPE(StoreWild, wild<int volatile>() = 1)
SHAPE(ReadModifyWrite, at_null<int volatile>() = at_null<int volatile>() + 1)
SHAPE(StructFrom, Large copy = at_null<Large>(); use(&copy))
SHAPE(StructTo, Large const copy{}; use(&copy); at_null<Large>() = copy; use(1))
SHAPE(Divide, use(hidden(7) / hidden(0)))
SHAPE(Remainder, use(hidden(7u) % hidden(0u)))
SHAPE(CallNull, hidden(static_cast<void (*)()>(nullptr))(); use(1))
SHAPE(CallWild, hidden (&wild<void()>())(); use(1))
SHAPE(CallData, static u64 data[4]; hidden(reinterpret_cast<void (*)()>(data))(); use(1))
SHAPE(VirtualCall, use(at_null<vfs::File>().is_stream()))
SHAPE(Assembly, asm volatile("movl $1, (%0)" : : "r"(hidden(u64{16})) : "memory"))
SHAPE(Invalid, asm volatile("ud2"))
SHAPE(Selector, asm volatile("movw %w0, %%es" : : "r"(0x5670)))
SHAPE(Check, ensure(hidden(0) != 0))
SHAPE(VectorItself, use(at_null<Vector<int>>()[0]))
SHAPE(VectorIndex, Vector<int> three(3); use(three[hidden(usize{3})]))
SHAPE(VectorPush, at_null<Vector<int>>().push_back(1))
SHAPE(VectorPop, Vector<int> none; none.pop_back())
SHAPE(SliceData, use(Slice<int>(&at_null<int>(), 9)[hidden(usize{2})]))
SHAPE(SliceIndex, int one[1] = {}; use(Slice<int>(one)[hidden(usize{2})]))
SHAPE(SlicePart, int one[1] = {}; use(Slice<int>(one).from(hidden(usize{2})).data()))
SHAPE(StringIndex, use(String("abc")[hidden(usize{7})]))
SHAPE(StringItself, at_null<String>().push_back('x'))
SHAPE(BoxEmpty, Box<Large> none; use(hidden(&none)->raw()); use((*none).words[0]))
SHAPE(BoxWild, use(wild<Box<Large>>()->words[1]))
SHAPE(RefEmpty, Ref<Counted> none; use(none->reference_count()))
SHAPE(RefWild, use(wild<Ref<Counted>>()->reference_count()))
SHAPE(RefCopy, Ref<Counted> const more = at_null<Ref<Counted>>(); use(more.raw()))
SHAPE(Retain, at_null<Counted>().retain())
SHAPE(AtomicLoad, use(at_null<Atomic<u32>>().load()))
SHAPE(AtomicStore, at_null<Atomic<u32>>().store(1))
SHAPE(AtomicAdd, use(wild<Atomic<u32>>().fetch_add(1)))
SHAPE(AtomicSwap, use(wild<Atomic<u64>>().exchange(1)))
SHAPE(AtomicCompare, u32 seen = 0; use(at_null<Atomic<u32>>().compare_exchange(seen, 1)))
SHAPE(ListPush, Counted item; at_null<List<Counted, &Counted::hook>>().push_back(item))
SHAPE(ListErase, Counted item; at_null<List<Counted, &Counted::hook>>().erase(item))
SHAPE(CopyFrom, std::byte to[64]; copy_bytes(to, {&at_null<std::byte>(), 64}))
SHAPE(CopyTo, std::byte const from[64] = {}; copy_bytes({&wild<std::byte>(), 64}, from))
SHAPE(Zero, zero_bytes({&at_null<std::byte>(), hidden(usize{64})}))
SHAPE(Overflow, use(recurse_again(0)))
#undef SHAPE

struct World {
    Ref<Counted> shared = make_ref<Counted>();
    Ref<Descriptors> table = make_ref<Descriptors>();
    ksync::SpinLocked<int, ksync::Rank::wait_queue> spin;
    ksync::IrqLocked<int, ksync::Rank::wait_queue> irq;
    ksync::SleepLocked<int, ksync::Rank::pipe> mutex;
};

/// What must be as before afterwards.
struct State {
    u32 locks = ksync::held_locks();
    u32 preemption = arch::preemption_depth();
    bool interrupts = arch::interrupts_enabled();
    u32 exceptions = runtime::eh_state().used_slots.load() | runtime::eh_state().bugs |
                     runtime::eh_state().uncaught;

    friend bool operator==(State const&, State const&) = default;
};

template <class Shape, auto lock>
[[gnu::noinline]] void hold_and_fault(World& world) {
    auto const frame = mem::Frame::allocate(mem::Fill::any);
    auto const descriptor = world.table->reserve(64);
    Ref<Counted> const reference = world.shared;
    Box<Counted> const own = make<Counted>();
    auto const guard = (world.*lock).lock();
    Shape::run();
}

/// One fault; false when something is not as it must be.
template <class Shape, auto lock>
bool contained(World& world) {
    runtime::Unreported const quiet;
    State const before;
    bool caught = false;
    void (*volatile call)(World&) = hold_and_fault<Shape, lock>;
    try {
        call(world);
    } catch (KernelBug const&) {
        caught = true;
    }
    bool const poisoned = (world.*lock).poisoned();
    (world.*lock).clear_poison();
    {
        auto const free_again = (world.*lock).lock();
    }
    return caught && poisoned && before == State();
}

/// A stack overflows once: the reserve below it stays until its thread is gone.
bool in_a_thread(bool (*contained)(World&), World& world) {
    struct Job {
        bool (*contained)(World&);
        World& world;
        bool good = false;
        Atomic<bool> done{false};
    } job{.contained = contained, .world = world};

    auto const thread = task::Thread::create(
        "deep",
        [](void* argument) {
            auto& self = *static_cast<Job*>(argument);
            self.good = self.contained(self.world);
            self.done.store(true);
        },
        &job);
    ktest::check(thread.has_value(), "no thread");
    (*thread)->start();
    while (!job.done.load())
        task::yield();
    return job.good;
}

template <class Shape>
void check_rounds(World& world, u32 rounds) {
    constexpr bool (*each[])(World&) = {contained<Shape, &World::spin>,
                                        contained<Shape, &World::irq>,
                                        contained<Shape, &World::mutex>};
    for (u32 i = 0; i < rounds; ++i)
        for (auto const one : each)
            if constexpr (std::same_as<Shape, Overflow>)
                ktest::check(in_a_thread(one, world), Shape::text);
            else
                ktest::check(one(world), Shape::text);
}

template <class Shape>
void check_shape(u32 rounds) {
    int const before = counted.load();
    {
        World world;
        check_rounds<Shape>(world, 1); // fills caches
        usize const frames = mem::frame_statistics().user;
        check_rounds<Shape>(world, rounds);
        if constexpr (own_pads) {
            ktest::check(world.shared->reference_count() == 1, Shape::text);
            ktest::check(mem::frame_statistics().user == frames, Shape::text);
            auto const lowest = world.table->reserve(64);
            ktest::check(lowest && lowest->number() == Fd{0}, Shape::text);
        }
    }
    if constexpr (own_pads)
        ktest::check(counted.load() == before, Shape::text);
}

template <class... Shapes>
void check_shapes(u32 rounds) {
    (check_shape<Shapes>(rounds), ...);
}

constexpr auto check_all =
    check_shapes<Load, LoadWild, Store, StoreWild, ReadModifyWrite, StructFrom, StructTo, Divide,
                 Remainder, CallNull, CallWild, CallData, VirtualCall, Assembly, Invalid, Selector,
                 Check, VectorItself, VectorIndex, VectorPush, VectorPop, SliceData, SliceIndex,
                 SlicePart, StringIndex, StringItself, BoxEmpty, BoxWild, RefEmpty, RefWild,
                 RefCopy, Retain, AtomicLoad, AtomicStore, AtomicAdd, AtomicSwap, AtomicCompare,
                 ListPush, ListErase, CopyFrom, CopyTo, Zero, Overflow>;

} // namespace

KTEST(a_fault_of_any_shape_releases_and_poisons) {
    check_all(10);
}

KTEST(long_a_fault_of_any_shape_releases_and_poisons_a_thousand_times) {
    check_all(1000);
}
