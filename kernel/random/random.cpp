// The kernel's one random generator: a key under a lock, and timings gathered without one.
#include "kernel/random/random.hpp"

#include "kernel/arch/api/random.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/sync/locked.hpp"
#include "kernel/sync/sound.hpp"
#include "libs/base/atomic.hpp"
#include "libs/random/generator.hpp"

#include <bit>

namespace rng {
namespace {

constexpr u32 enough_bits = 256;
constexpr usize timing_slots = 16;
constexpr u32 timings_per_bit = 64; ///< how little one interrupt's moment is trusted to hide

struct Pool {
    prng::Generator generator;
    u32 bits = 0; ///< of entropy, up to enough_bits
};

/// A key of which a bug lets only some bytes change is as secret as one that changes whole.
constinit ksync::IrqLocked<ksync::Independent<Pool>, ksync::Rank::random_pool> pool;

// Moments that are not in the pool yet. Racing updates may lose one, which does no harm.
constinit Atomic<u64> timings[timing_slots];
constinit Atomic<u32> timing_count{0};
constinit Atomic<u32> timings_taken{0};

void credit(Pool& into, u32 bits) {
    into.bits = bits >= enough_bits - into.bits ? enough_bits : into.bits + bits;
}

void take_timings(Pool& into) {
    u32 const count = timing_count.load(MemoryOrder::relaxed);
    u32 const fresh = count - timings_taken.load(MemoryOrder::relaxed);
    if (fresh == 0)
        return;
    timings_taken.store(count, MemoryOrder::relaxed);
    u64 words[timing_slots];
    for (usize i = 0; i < timing_slots; ++i)
        words[i] = timings[i].load(MemoryOrder::relaxed);
    into.generator.mix(std::as_bytes(std::span(words)));
    credit(into, fresh / timings_per_bit);
}

} // namespace

void initialise() {
    u64 words[8];
    u32 bits = 0;
    for (u64& word : words) {
        auto const hardware = arch::hardware_random();
        word = hardware.value_or(arch::cycle_count());
        bits += hardware ? 64 : 0;
    }
    add_entropy(std::as_bytes(std::span(words)), bits);
    u64 const moments[] = {arch::cycle_count(), static_cast<u64>(arch::now().count()),
                           static_cast<u64>(arch::boot_wall_time().count())};
    add_entropy(std::as_bytes(std::span(moments)), 0);
}

void add_entropy(ConstBytes bytes, u32 bits) {
    auto const guard = pool.lock();
    guard->generator.mix(bytes);
    credit(*guard, bits);
}

void add_timing(u64 what) {
    u32 const count = timing_count.fetch_add(1, MemoryOrder::relaxed);
    auto& slot = timings[count % timing_slots];
    u64 const old = slot.load(MemoryOrder::relaxed);
    slot.store(std::rotl(old, 19) ^ arch::cycle_count() ^ what << 48, MemoryOrder::relaxed);
}

void fill(Bytes bytes) {
    prng::Key key;
    {
        auto const guard = pool.lock();
        take_timings(*guard);
        key = guard->generator.next_key();
    }
    if (bytes.size() <= key.size())
        copy_bytes(bytes, key); // as good as the stream it would start, and used for nothing else
    else
        prng::Stream(key).fill(bytes);
    prng::wipe(key);
}

u64 number() {
    u64 value = 0;
    fill(writable_object_bytes(value));
    return value;
}

bool seeded() {
    auto const guard = pool.lock();
    take_timings(*guard);
    return guard->bits >= enough_bits;
}

} // namespace rng
