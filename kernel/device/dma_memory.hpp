// Memory that a device may access: physically consecutive, owned by its driver.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/memory.hpp"
#include "libs/base/result.hpp"

#include <utility>

namespace device {

class DmaMemory {
public:
    DmaMemory() = default;
    /// Zeroed, page-aligned, at least `size` bytes. ENOMEM.
    static Result<DmaMemory> allocate(usize size);

    DmaMemory(DmaMemory&& other) noexcept
        : start_(std::exchange(other.start_, PhysAddr())), order_(other.order_) {}

    DmaMemory& operator=(DmaMemory&& other) noexcept {
        std::swap(start_, other.start_);
        std::swap(order_, other.order_);
        return *this;
    }

    /// The device must not use it any more: reset it first.
    ~DmaMemory();

    PhysAddr address() const { return start_; }

    usize size() const { return page_size << order_; }

    Bytes bytes() const;

private:
    DmaMemory(PhysAddr start, u32 order) : start_(start), order_(order) {}

    PhysAddr start_;
    u32 order_ = 0;
};

} // namespace device
