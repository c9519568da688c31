// Registers mapped into the kernel half, uncached.
#include "kernel/device/registers.hpp"

#include "kernel/mem/kernel_stack.hpp"

namespace device {
namespace {

class MappedRegisters final : public Registers {
public:
    MappedRegisters(VirtAddr start, usize size) : start_(start), size_(size) {}

    u32 read(usize offset, u8 width) const override {
        switch (width) {
        case 1:
            return __atomic_load_n(at<u8>(offset), __ATOMIC_RELAXED);
        case 2:
            return __atomic_load_n(at<u16>(offset), __ATOMIC_RELAXED);
        default:
            return __atomic_load_n(at<u32>(offset), __ATOMIC_RELAXED);
        }
    }

    void write(usize offset, u8 width, u32 value) override {
        switch (width) {
        case 1:
            __atomic_store_n(at<u8>(offset), static_cast<u8>(value), __ATOMIC_RELAXED);
            break;
        case 2:
            __atomic_store_n(at<u16>(offset), static_cast<u16>(value), __ATOMIC_RELAXED);
            break;
        default:
            __atomic_store_n(at<u32>(offset), value, __ATOMIC_RELAXED);
        }
    }

private:
    /// Accessed atomically: each access happens once, whole and in its width.
    template <class T>
    T* at(usize offset) const {
        ensure(offset % sizeof(T) == 0 && offset < size_ && size_ - offset >= sizeof(T),
               "a register outside its device");
        // Safe because map_registers() mapped these bytes as device memory for good.
        return pointer_to<T>(start_ + offset);
    }

    VirtAddr start_;
    usize size_;
};

Result<VirtAddr> map(PhysAddr start, usize size) {
    PhysAddr const first = start.page_down();
    return TRY(mem::map_device(first, (start + size).page_up() - first))
    +start.page_offset();
}

} // namespace

Result<Box<Registers>> map_registers(PhysAddr start, usize size) {
    return Box<Registers>(make<MappedRegisters>(TRY(map(start, size)), size));
}

Result<Bytes> map_memory(PhysAddr start, usize size) {
    return Bytes(pointer_to<std::byte>(TRY(map(start, size))), size);
}

} // namespace device
