// When the kernel's code is read, to know it later.
#include "kernel/init/guard_text.hpp"

#include "kernel/arch/api/text.hpp"
#include "kernel/arch/api/timer.hpp"
#include "kernel/runtime/text.hpp"
#include "kernel/task/scheduler.hpp"

void init::guard_text() {
    constexpr auto after = Nanoseconds::milliseconds(200);
    // An interrupted wait would only be shorter.
    static_cast<void>(task::sleep_until(arch::now() + after, ksync::Wait::uninterruptible));
    runtime::learn_text(arch::put_text);
}
