// Writing: into the ring under a lock that a panic can break, then to the console.
#include "kernel/log/log.hpp"

#include "kernel/arch/api/console.hpp"
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/timer.hpp"
#include "libs/base/atomic.hpp"

namespace klog {
namespace {

constexpr usize storage_size = 128_KiB;
alignas(16) constinit char storage[storage_size] = {};
constinit Ring ring{storage};

constexpr u32 nobody = ~u32{0};
constexpr u32 patience = 2'000'000; ///< turns a panic waits for a lock before it breaks it

constinit Atomic<bool> panicking{false};
constinit Atomic<u32> level_limit{7};
constinit Atomic<void (*)(std::string_view) noexcept> panic_output{nullptr};

/// Rooms above this one have locks that check ranks and log; this one must not.
class Lock {
public:
    enum class Got { taken, broken, mine_already };

    Got acquire() noexcept {
        u32 const self = static_cast<u32>(arch::cpu_index());
        for (u32 turns = 0;; ++turns) {
            u32 holder = nobody;
            if (holder_.compare_exchange(holder, self, std::memory_order_acquire))
                return Got::taken;
            if (holder == self)
                return Got::mine_already; // an NMI or a fault inside the log itself
            if (panicking.load(std::memory_order_relaxed) && turns > patience) {
                holder_.store(self);
                return Got::broken;
            }
            arch::relax();
        }
    }

    bool try_acquire() noexcept {
        u32 holder = nobody;
        return holder_.compare_exchange(holder, static_cast<u32>(arch::cpu_index()));
    }

    void release() noexcept { holder_.store(nobody); }

private:
    Atomic<u32> holder_{nobody};
};

constinit Lock ring_lock;
constinit Lock console_lock;
constinit Cursor printed; ///< under console_lock

/// Runs `action` on the ring; returns false, without running it, when this CPU is inside already.
template <class Action>
bool with_ring(Action action) noexcept {
    arch::InterruptsOff const off;
    if (ring_lock.acquire() == Lock::Got::mine_already)
        return false;
    action();
    ring_lock.release();
    return true;
}

void print(Record const& record) noexcept {
    if (static_cast<u32>(record.level) >= level_limit.load(std::memory_order_relaxed))
        return;
    // One write per line where it fits: the machine's console may be shared with its loader.
    char line[line_limit + 64];
    BufferSink sink(line);
    format_record(sink, record);
    arch::early_write(sink.text());
    if (sink.lost() != 0)
        arch::early_write(record.text.substr(record.text.size() - sink.lost()));
    arch::early_write("\n");
    if (auto const write = panic_output.load(); write != nullptr && panicking.load())
        write(sink.text());
}

/// Prints what is in the ring and not printed yet. If another CPU prints already, it will find our
/// record: it looks again after it has let go of the console.
void drain() noexcept {
    char text[Ring::longest_text];
    for (;;) {
        arch::InterruptsOff const off;
        if (panicking.load(std::memory_order_relaxed)) {
            if (console_lock.acquire() == Lock::Got::mine_already)
                return;
        } else if (!console_lock.try_acquire())
            return;
        bool any = false;
        for (;;) {
            std::optional<Record> record;
            if (!with_ring([&] { record = ring.read(printed, text); }) || !record)
                break;
            print(*record);
            any = true;
        }
        u64 const seen = printed.sequence;
        console_lock.release();
        if (!any || seen >= next_sequence())
            return;
    }
}

void write_line(Level level, std::string_view line) noexcept {
    Nanoseconds const now = arch::now();
    if (!with_ring([&] { ring.append(level, now, line); })) {
        // Inside the log on this CPU already: only the console is left.
        arch::early_write("\n");
        arch::early_write(line);
        arch::early_write("\n");
    }
}

} // namespace

void write(Level level, std::string_view text) noexcept {
    while (!text.empty() && text.back() == '\n')
        text.remove_suffix(1);
    for (;;) {
        usize const end = text.find('\n');
        write_line(level, text.substr(0, end));
        if (end == std::string_view::npos)
            break;
        text.remove_prefix(end + 1);
    }
    drain();
}

void set_console_level(u32 level) noexcept {
    level_limit.store(level);
}

u32 console_level() noexcept {
    return level_limit.load();
}

void panic_mode() noexcept {
    panicking.store(true);
    level_limit.store(static_cast<u32>(Level::debug) + 1);
}

void set_panic_output(void (*write)(std::string_view line) noexcept) noexcept {
    panic_output.store(write);
}

std::optional<Record> read(Cursor& cursor, std::span<char> into) noexcept {
    std::optional<Record> record;
    with_ring([&] { record = ring.read(cursor, into); });
    return record;
}

Cursor end() noexcept {
    Cursor cursor;
    with_ring([&] { cursor = ring.end(); });
    return cursor;
}

u64 next_sequence() noexcept {
    u64 sequence = 0;
    with_ring([&] { sequence = ring.next_sequence(); });
    return sequence;
}

usize capacity() noexcept {
    return storage_size;
}

void format_record(TextSink& sink, Record const& record) {
    i64 const count = record.time.count();
    format_to(sink, "[{:5}.{:06}] ", count / 1'000'000'000, count / 1000 % 1'000'000);
    sink.write(record.text);
}

} // namespace klog
