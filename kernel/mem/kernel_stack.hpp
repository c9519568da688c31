// Kernel stacks: mapped pages between unmapped guards, named for the report of an overflow.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/memory.hpp"
#include "libs/base/owned.hpp"
#include "libs/base/result.hpp"

#include <utility>

namespace mem {

class KernelStack {
public:
    static constexpr usize size = 32_KiB;

    KernelStack() = default;
    /// `owner` must outlive the stack; shown when its guard is hit.
    static Result<KernelStack> allocate(char const* owner);

    KernelStack(KernelStack&& other) : bottom_(other.bottom_) { other.bottom_ = VirtAddr(); }

    KernelStack& operator=(KernelStack&& other) {
        owned::swap(bottom_, other.bottom_);
        return *this;
    }

    ~KernelStack();

    VirtAddr bottom() const { return bottom_; }

    VirtAddr top() const { return bottom_ + size; }

    explicit operator bool() const { return bottom_ != VirtAddr(); }

private:
    explicit KernelStack(VirtAddr bottom) : bottom_(bottom) {}

    VirtAddr bottom_;
};

/// What is in use of the stack that `stack_pointer` is on; empty if that is on none.
ConstBytes stack_above(VirtAddr stack_pointer);

/// Device registers in the kernel half, uncached.
Result<VirtAddr> map_device(PhysAddr start, usize bytes);

} // namespace mem
