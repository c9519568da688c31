// Logs what a sanitizer found and throws it as a kernel bug.
#include "kernel/sanitizer/report.hpp"

#include "kernel/log/log.hpp"
#include "kernel/runtime/backtrace.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "kernel/runtime/hooks.hpp"

namespace sanitizer {

void report(KernelBug const& bug, std::string_view details) {
    u32& depth = runtime::eh_state().reporting;
    if (depth == 0) {
        ++depth;
        klog::write(klog::Level::error, {__builtin_FILE(), __builtin_LINE()}, details);
        --depth;
    }
    runtime::note_fault(bug, runtime::current_frame());
    throw bug;
}

} // namespace sanitizer
