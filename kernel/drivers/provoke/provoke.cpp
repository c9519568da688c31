// /dev/provoke: kernel bugs on demand, to show and to test what they cost.
#include "kernel/drivers/provoke/provoke.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/log/log.hpp"
#include "kernel/sync/locked.hpp"
#include "kernel/task/orphans.hpp"
#include "kernel/task/scheduler.hpp"
#include "kernel/task/thread.hpp"
#include "kernel/vfs/context.hpp"
#include "kernel/vfs/devices.hpp"
#include "kernel/vfs/operations.hpp"
#include "libs/base/annotations.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/box.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/scope.hpp"

namespace provoke {
namespace {

constexpr u32 misc_major = 10; ///< Linux's for devices of one kind
constexpr u32 minor = 250;     ///< within its range for local use

// The compiler does not know their values, so it emits what must go wrong.
constinit Atomic<u64> nowhere{8};
constinit Atomic<u64> no_address{u64{1} << 62}; ///< bits that no virtual address has
constinit Atomic<int> zero{0};

/// Inlined, so that backtraces have such a function to show.
[[gnu::always_inline]] inline void write_one(u64 address) {
    *pointer_to<int>(VirtAddr(address)) = 1;
}

void write_to_null() {
    write_one(nowhere.load());
}

void write_to_no_address() {
    write_one(no_address.load());
}

void divide() {
    zero.store(1 / zero.load());
}

void run_no_instruction() {
    __builtin_trap();
}

void fail_in_deferred_work(void*) {
    panic("provoked in deferred work");
}

constinit task::DeferredWork failing_work(fail_in_deferred_work, nullptr);

void fail_in_interrupt(void*) {
    panic("provoked in an interrupt");
}

constexpr Nanoseconds soon = Nanoseconds::milliseconds(50);

void fail_in_interrupt_of_kernel() {
    task::Timer timer(fail_in_interrupt, nullptr);
    timer.arm(arch::now() + soon);
    while (timer.armed())
        arch::relax();
}

constinit task::Timer* later = nullptr; ///< made when first needed; kept for ever

/// Most likely of a program, if one runs on and on.
void fail_in_interrupt_later() {
    if (later == nullptr)
        later = make<task::Timer>(fail_in_interrupt, nullptr).release();
    later->arm(arch::now() + soon);
}

u64 recurse(u64 depth);
constinit Atomic<u64 (*)(u64)> again{&recurse};

u64 recurse(u64 depth) {
    Atomic<u64> const block[64] = {};
    return again.load()(depth + 1) + block[depth % 64].load();
}

[[gnu::noinline]] VITAL void fail_vitally() noexcept {
    panic("provoked in vital code");
}

/// Like code that loops: until the watchdog has noticed.
void wait_until_noticed() {
    while (!task::Thread::current().stalled())
        arch::relax();
}

void hog_cpu() {
    arch::disable_preemption();
    Undo const enable([] { arch::enable_preemption(); });
    wait_until_noticed();
}

void hog_cpu_without_interrupts() {
    arch::InterruptsOff const off;
    wait_until_noticed();
}

/// Never returns to its program; but it can be preempted.
void loop_for_ever() {
    hog_cpu();
    for (;;)
        arch::relax();
}

/// A panic whose report fails, too.
void fail_twice() {
    klog::set_panic_output([](std::string_view) noexcept { write_one(nowhere.load()); });
    fail_vitally();
}

struct Table {};

constinit ksync::SpinLocked<Table, ksync::Rank::mounts> vital;
constinit ksync::SpinLocked<Table, ksync::Rank::device> suspect;

/// The first time; then the lock is refused.
void fail_with_a_lock() {
    auto const guard = suspect.lock();
    panic("provoked with a lock held");
}

void fail_with_a_vital_lock() {
    auto const guard = vital.lock();
    panic("provoked in the middle of a change");
}

struct Lost final : RefCounted {
    Vector<u64> held{1, 2, 3};
};

/// A reference of which nobody knows any more, as after a changed pointer.
void lose_object() {
    static_cast<void>(make_ref<Lost>().leak());
}

struct Kind {
    std::string_view name;
    void (*provoke)();
};

constexpr Kind kinds[] = {
    {"panic", [] { panic("provoked"); }},
    {"null", write_to_null},
    {"protection", write_to_no_address},
    {"divide", divide},
    {"opcode", run_no_instruction},
    {"overflow", [] { nowhere.store(recurse(0)); }},
    {"vital", fail_vitally},
    {"vital-lock", fail_with_a_vital_lock},
    {"lock", fail_with_a_lock},
    {"twice", fail_twice},
    {"hog", hog_cpu},
    {"hog-irq", hog_cpu_without_interrupts},
    {"loop", loop_for_ever},
    {"deferred", [] { failing_work.schedule(); }},
    {"interrupt", fail_in_interrupt_of_kernel},
    {"interrupt-later", fail_in_interrupt_later},
    {"lose", lose_object},
    {"census", [] { klog::info("census: {} lost", task::end_orphans()); }},
};

constinit vfs::MountTree* mounts = nullptr; ///< kept for ever

/// Writes from nowhere, so that the object behind `path` is in the middle of a change when it
/// fails.
Result<void> write_from_nowhere(std::string_view path) {
    using uapi::Open;
    auto const caller = vfs::Caller::kernel(Ref<vfs::MountTree>::share(mounts));
    auto const file = TRY(
        vfs::open(caller, caller.root, path, vfs::OpenFlags(Open::read_write) | Open::nonblocking));
    auto* const from = pointer_to<std::byte const>(VirtAddr(nowhere.load()));
    auto source = mem::Source::kernel({from, 16});
    TRY(file->write(source));
    return {};
}

class ProvokeFile final : public vfs::File {
public:
    ProvokeFile(vfs::Place const& place, vfs::OpenFlags flags) : File(place, flags) {}

    bool is_stream() const override { return true; } // so that it holds no lock of its own

protected:
    Result<usize> read_bytes(mem::Sink&, u64) override { return usize{0}; }

    /// Takes the name of a kind, or "write PATH". EINVAL: there is no such kind.
    Result<Written> write_bytes(mem::Source& from, u64 offset) override {
        char text[80];
        usize const size =
            TRY(from.read(Bytes(pointer_to<std::byte>(address_of(text)), sizeof text)));
        std::string_view word(text, size);
        word = word.substr(0, word.find('\n'));
        for (auto const& kind : kinds) {
            if (kind.name != word)
                continue;
            kind.provoke();
            return Written{size, offset};
        }
        if (!word.starts_with(write_to))
            return fail(Errno::einval);
        TRY(write_from_nowhere(word.substr(write_to.size())));
        return Written{size, offset};
    }

private:
    static constexpr std::string_view write_to = "write ";
};

} // namespace

void register_device(Ref<vfs::MountTree> tree) {
    mounts = tree.leak();
    auto const added = vfs::register_character_device(
        misc_major, minor, "provoke",
        [](vfs::DeviceNumber, vfs::Place const& place, vfs::OpenFlags flags)
            -> Result<Ref<vfs::File>> { return make_ref<ProvokeFile>(place, flags); },
        0200);
    ensure(added.has_value(), "the device of bugs is registered twice");
    klog::warn("/dev/provoke makes kernel bugs on demand");
}

} // namespace provoke
