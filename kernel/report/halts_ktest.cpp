// Bugs that cannot be contained: each test ends with the machine stopped and a report in the log.
#include "kernel/ktest/ktest.hpp"
#include "kernel/report/options.hpp"
#include "libs/base/annotations.hpp"
#include "libs/base/bug.hpp"

namespace {

[[gnu::noinline]] VITAL void vital_panic() noexcept {
    panic("in vital code");
}

[[gnu::noinline]] VITAL void vital_fault() noexcept {
    int* where = reinterpret_cast<int*>(8);
    asm volatile("" : "+r"(where));
    *where = 1;
    asm volatile("" ::: "memory");
}

} // namespace

KTEST(halt_bug_in_vital_code) {
    vital_panic();
}

KTEST(halt_fault_in_vital_code) {
    vital_fault();
}

KTEST(halt_any_bug_when_asked) {
    report::set_panic_options({.on_any_bug = true}); // as oops=panic does
    try {
        panic("that would be contained");
    } catch (KernelBug const&) {
    }
}
