// Where the kernel can keep references to its objects, besides the heap.
#include "kernel/arch/api/references.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/x86_64/cpu_data.hpp"

extern "C" std::byte const __rodata_start[];
extern "C" std::byte const __rodata_end[];
extern "C" std::byte const __data_start[];
extern "C" std::byte const __data_end[];
extern "C" std::byte const boot_stack_guard[];
extern "C" std::byte const boot_stack_top[];

namespace arch {
bool knows_references() {
    return true;
}

bool is_constant(VirtAddr at) {
    return at >= address_of(__rodata_start) && at < address_of(__rodata_end);
}

void for_each_static(FunctionRef<void(ConstBytes memory)> show) {
    // But for the stack that the machine started on, of which nobody is left.
    show({__data_start, static_cast<usize>(boot_stack_guard - __data_start)});
    show({boot_stack_top, static_cast<usize>(__data_end - boot_stack_top)});
    for (usize cpu = 0; cpu < cpu_count(); ++cpu)
        show(object_bytes(cpu_data(cpu)));
}

VirtAddr stack_pointer_of(Context const& context) {
    return VirtAddr(context.stack_pointer);
}

ConstBytes boot_stack_above(VirtAddr stack_pointer) {
    for (usize cpu = 0; cpu < cpu_count(); ++cpu) {
        VirtAddr const top = cpu_slot::top(cpu, cpu_slot::boot);
        if (stack_pointer < top && top - stack_pointer <= cpu_slot::boot.count * page_size)
            return {pointer_to<std::byte const>(stack_pointer), top - stack_pointer};
    }
    return {};
}

} // namespace arch
