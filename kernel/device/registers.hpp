// A device's registers in memory, as an interface that tests can script.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/box.hpp"
#include "libs/base/memory.hpp"
#include "libs/base/result.hpp"

namespace device {

class Registers {
public:
    virtual ~Registers() = default;

    /// `width` is 1, 2 or 4 bytes, and `offset` a multiple of it.
    virtual u32 read(usize offset, u8 width) const = 0;
    virtual void write(usize offset, u8 width, u32 value) = 0;

    u8 read8(usize offset) const { return static_cast<u8>(read(offset, 1)); }

    u16 read16(usize offset) const { return static_cast<u16>(read(offset, 2)); }

    u32 read32(usize offset) const { return read(offset, 4); }

    void write8(usize offset, u8 value) { write(offset, 1, value); }

    void write16(usize offset, u16 value) { write(offset, 2, value); }

    void write32(usize offset, u32 value) { write(offset, 4, value); }

    /// As two halves, low first: devices need not take 64 bits at once.
    void write64(usize offset, u64 value) {
        write32(offset, static_cast<u32>(value));
        write32(offset + 4, static_cast<u32>(value >> 32));
    }
};

/// Maps `size` bytes of device memory at `start`. An access beyond it is a KernelBug.
Result<Box<Registers>> map_registers(PhysAddr start, usize size);

/// Maps memory of a device that can be read and written in any width and order, such as a
/// framebuffer. For good, uncached.
Result<Bytes> map_memory(PhysAddr start, usize size);

} // namespace device
