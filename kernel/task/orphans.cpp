// The census after a bug: who can refer to what, and the end of what nobody refers to.
#include "kernel/task/orphans.hpp"

#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/power.hpp"
#include "kernel/arch/api/references.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/log/log.hpp"
#include "kernel/mem/census.hpp"
#include "kernel/mem/heap.hpp"
#include "kernel/mem/kernel_stack.hpp"
#include "kernel/task/containment.hpp"
#include "kernel/task/run_queue.hpp"
#include "kernel/task/scheduler.hpp"
#include "kernel/task/types.hpp"
#include "libs/base/scope.hpp"

#include <new>

namespace task {
namespace {

using mem::Census;

/// The list of threads is complete while it lives, and no other CPU runs.
class Standstill {
public:
    Standstill() {
        thread_list.lock.acquire(ksync::this_owner());
        for (usize cpu = 0; cpu < arch::cpu_count(); ++cpu)
            if (cpu != arch::cpu_index())
                caught_[cpu] = arch::hold_cpu(cpu);
    }

    Standstill(Standstill const&) = delete;
    Standstill& operator=(Standstill const&) = delete;

    ~Standstill() {
        for (usize cpu = 0; cpu < arch::cpu_count(); ++cpu)
            if (caught_[cpu] != nullptr)
                arch::let_go_of_cpu(cpu);
        thread_list.lock.release();
    }

    bool complete() const {
        for (usize cpu = 0; cpu < arch::cpu_count(); ++cpu)
            if (cpu != arch::cpu_index() && caught_[cpu] == nullptr)
                return false;
        return true;
    }

    /// Stacks and registers of all threads, those that run included.
    [[gnu::noinline]] void count_stacks(Census& census) const {
        __builtin_unwind_init(); // this function's frame has all registers
        count_stack(census, address_of(__builtin_frame_address(0)));
        for (usize cpu = 0; cpu < arch::cpu_count(); ++cpu)
            if (auto const* const caught = caught_[cpu]; caught != nullptr && !caught->in_program) {
                census.count(object_bytes(caught->registers), Census::Kind::stack);
                count_stack(census, VirtAddr(caught->registers[stack_register]));
            }
        auto& list = thread_list.list;
        for (Scheduling* at = list.first(); at != nullptr; at = list.next(*at))
            if (at->state.load() != State::dead)
                count_stack(census, arch::stack_pointer_of(at->thread->context()));
    }

private:
    static constexpr usize stack_register = 7; // DWARF's number

    static void count_stack(Census& census, VirtAddr from) {
        auto const ours = mem::stack_above(from);
        census.count(!ours.empty() ? ours : arch::boot_stack_above(from), Census::Kind::stack);
    }

    arch::InterruptsOff const off_;
    arch::CatchingCpus const catching_;
    arch::CaughtCpu const* caught_[arch::max_cpus] = {};
};

/// References to the object that nobody has any more; also one if it is no shared object and nobody
/// has it.
u32 lost_references(Census::Object const& object) {
    auto const* const shared = shared_object_at(object.start);
    u32 const count = shared != nullptr ? shared->reference_count() : 0;
    if (object.from_others == 0)
        return count != 0 ? count : 1;
    // Whoever has it in a list may own it by that.
    u32 const most = object.to_start + (object.from_others > object.to_start ? 1 : 0);
    return count > most ? count - most : 0;
}

bool take(Census& census) {
    Standstill const standstill;
    if (!standstill.complete() || !census.begin())
        return false;
    arch::for_each_static([&](ConstBytes memory) { census.count(memory, Census::Kind::data); });
    standstill.count_stacks(census);
    census.count_heap();
    census.judge([](Census::Object const& object) { return lost_references(object); });
    return true;
}

void put_right(void* object, u32 lost) {
    if (auto* const shared = shared_object_at(object))
        shared->release_lost(lost);
    else
        mem::heap_free(object);
}

constinit Atomic<u32> caught_bugs{0};

constexpr Nanoseconds pauses[] = {Nanoseconds::milliseconds(20), Nanoseconds::milliseconds(200),
                                  Nanoseconds::seconds(2)};

/// The worker's: what it has done about bugs.
struct Looks {
    u32 after_bug = 0;               ///< which of caught_bugs
    usize taken = std::size(pauses); ///< since then
    bool waiting = false;            ///< for the next one
    Timer* timer = nullptr;          ///< made when it is needed first
};

constinit Looks looks;

void look(void*) {
    for (int rounds = 0; rounds < 8 && end_orphans() != 0; ++rounds) {
    }
    looks.after_bug = caught_bugs.load(); // not again for what the orphans themselves did
    ++looks.taken;
    looks.waiting = false;
}

alignas(Timer) constinit std::byte timer_room[sizeof(Timer)] = {};
constinit DeferredWork next_look(look, nullptr);

} // namespace

void note_caught_bug() noexcept {
    caught_bugs.fetch_add(1);
}

void look_after_bugs() {
    if (caught_bugs.load() != looks.after_bug) {
        looks.after_bug = caught_bugs.load();
        looks.taken = 0;
    }
    if (looks.waiting || looks.taken == std::size(pauses))
        return;
    if (looks.timer == nullptr)
        looks.timer = ::new (timer_room) Timer([](void*) { next_look.schedule(); }, nullptr);
    looks.timer->arm(arch::now() + pauses[looks.taken]);
    looks.waiting = true;
}

usize end_orphans() {
    static constinit Atomic<bool> going_on{false};
    if (!arch::knows_references() || going_on.exchange(true))
        return 0; // two would both release what they find
    Undo const over([] { going_on.store(false); });
    auto census = Census::prepare();
    if (!census || !take(*census))
        return 0;
    usize objects = 0;
    census->for_each_with_lost([&](void* object, u32 lost) {
        ++objects;
        try {
            put_right(object, lost);
        } catch (KernelBug const& bug) {
            klog::error("an object stays although nobody has it: {}", bug.what);
            put_back(0);
        }
    });
    if (objects != 0)
        klog::warn("after a bug: {lost} objects had lost a reference to them", objects);
    return objects;
}

} // namespace task
