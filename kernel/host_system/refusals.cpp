// Refuses allocations of the kernel, and only of the kernel, while programs run on the host.
#include "kernel/host_system/refusals.hpp"

#include "kernel/mem/testing.hpp"

namespace host_system {

namespace {

// One CPU: whoever runs has it.
i64 left = -1;
bool in_kernel = false;
bool refusing = false; ///< one is still to come, or has come

} // namespace

void refuse_after(i64 count) {
    left = count;
    refusing = count >= 0;
}

bool was_refused() {
    return refusing && left_to_refusal() < 0;
}

i64 left_to_refusal() {
    return in_kernel ? mem::testing::left_to_failure() : left;
}

void entered_kernel() {
    if (in_kernel)
        return;
    in_kernel = true;
    mem::testing::fail_after(left);
}

void left_kernel() {
    if (!in_kernel)
        return;
    left = mem::testing::left_to_failure();
    in_kernel = false;
    mem::testing::fail_after(-1);
}

bool is_in_kernel() {
    return in_kernel;
}

} // namespace host_system
