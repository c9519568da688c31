// What the compiler has rooms marked STEPS call before each access to memory.
#include "kernel/arch/host/steps.hpp"

#include "libs/base/address.hpp"

#include <pthread.h>

namespace host {
namespace {

struct Steps {
    bool counts = false;
    bool failed = false;
    u64 left = 0;
    u64 stack = 0;
    u64 stack_end = 0;
};

thread_local Steps steps;

void find_stack() {
    pthread_attr_t attributes;
    void* start = nullptr;
    size_t size = 0;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &start, &size);
    pthread_attr_destroy(&attributes);
    steps.stack = address_of(start).value();
    steps.stack_end = steps.stack + size;
}

void before_access(void const* at) {
    u64 const address = address_of(at).value();
    if (!steps.counts || (address >= steps.stack && address < steps.stack_end) || steps.left-- != 0)
        return;
    steps.counts = false;
    steps.failed = true;
    KernelBug const bug{.what = "a bug at this step", .address = address};
    note_bug(bug);
    throw bug;
}

} // namespace

bool sees_steps() {
#if defined(LINNET_STEPS)
    return true;
#else
    return false;
#endif
}

void fail_at_step(u64 number) {
    find_stack();
    steps.failed = false;
    steps.left = number;
    steps.counts = true;
}

bool stop_failing() {
    steps.counts = false;
    return steps.failed;
}

} // namespace host

// Names and types are those of LLVM's SanitizerCoverage.
extern "C" {

void __sanitizer_cov_load1(void const* at) {
    host::before_access(at);
}

void __sanitizer_cov_load2(void const* at) {
    host::before_access(at);
}

void __sanitizer_cov_load4(void const* at) {
    host::before_access(at);
}

void __sanitizer_cov_load8(void const* at) {
    host::before_access(at);
}

void __sanitizer_cov_load16(void const* at) {
    host::before_access(at);
}

void __sanitizer_cov_store1(void const* at) {
    host::before_access(at);
}

void __sanitizer_cov_store2(void const* at) {
    host::before_access(at);
}

void __sanitizer_cov_store4(void const* at) {
    host::before_access(at);
}

void __sanitizer_cov_store8(void const* at) {
    host::before_access(at);
}

void __sanitizer_cov_store16(void const* at) {
    host::before_access(at);
}
}
