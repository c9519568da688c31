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
            return *at<u8>(offset);
        case 2:
            return *at<u16>(offset);
        default:
            return *at<u32>(offset);
        }
    }

    void write(usize offset, u8 width, u32 value) override {
        switch (width) {
        case 1:
            *at<u8>(offset) = static_cast<u8>(value);
            break;
        case 2:
            *at<u16>(offset) = static_cast<u16>(value);
            break;
        default:
            *at<u32>(offset) = value;
        }
    }

private:
    template <class T>
    T volatile* at(usize offset) const {
        ensure(offset % sizeof(T) == 0 && offset < size_ && size_ - offset >= sizeof(T),
               "a register outside its device");
        // Safe because map_registers() mapped these bytes as device memory for good.
        return pointer_to<T volatile>(start_ + offset);
    }

    VirtAddr start_;
    usize size_;
};

} // namespace

Result<Box<Registers>> map_registers(PhysAddr start, usize size) {
    PhysAddr const first = start.page_down();
    VirtAddr const mapped = TRY(mem::map_device(first, (start + size).page_up() - first));
    return Box<Registers>(make<MappedRegisters>(mapped + start.page_offset(), size));
}

} // namespace device
