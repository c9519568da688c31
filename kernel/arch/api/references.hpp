// Where the kernel can keep references to its objects, besides the heap and page descriptors.
#pragma once

#include "kernel/arch/api/context.hpp"
#include "libs/base/function_ref.hpp"

namespace arch {

/// Whether this machine can tell; the rest is for one that can.
bool knows_references();
/// Static data that is never written, such as tables of virtual functions.
bool is_constant(VirtAddr at);
/// Static data that is, and what each CPU has of its own.
void for_each_static(FunctionRef<void(ConstBytes memory)> show);
/// Of a context that does not run; its registers are above.
VirtAddr stack_pointer_of(Context const& context);
/// From there to the end, of a stack that is not mem::KernelStack's; empty if it is on none.
ConstBytes boot_stack_above(VirtAddr stack_pointer);

} // namespace arch
