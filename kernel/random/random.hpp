// The random number pool: ChaCha20, seeded from the CPU, virtio-rng and timing.
#pragma once

#include "libs/base/memory.hpp"
#include "libs/base/types.hpp"

namespace rng {

/// From the CPU's generator and timing; more comes through add_entropy().
void initialise();
/// Mixes in `bytes`, of which about `bits` are unpredictable. From any context.
void add_entropy(ConstBytes bytes, u32 bits);
/// Mixes in the moment it is called: interrupts, context switches. Cheap.
void add_timing(u64 what);
/// Never fails and never waits; before enough entropy came it is only as good as the timing.
void fill(Bytes bytes);
u64 number();
/// Whether 256 bits have been mixed in.
bool seeded();

} // namespace rng
