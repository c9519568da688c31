// The unwinder's entry points for compiled code and runtimes (Itanium C++ ABI, Level I).
#include "kernel/runtime/abi.hpp"
#include "kernel/runtime/walk.hpp"
#include "libs/base/bug.hpp"

using runtime::Exception;

extern "C" {

_Unwind_Reason_Code _Unwind_RaiseException(_Unwind_Exception* unwinding) {
    auto const caller = runtime::calling_frame();
    unwinding->private_1 = 0;
    if (Exception* const exception = Exception::of(unwinding))
        runtime::raise(*exception, caller);
    return runtime::raise_foreign(*unwinding, caller);
}

_Unwind_Reason_Code _Unwind_ForcedUnwind(_Unwind_Exception* unwinding, _Unwind_Stop_Fn stop,
                                         void* argument) {
    auto const caller = runtime::calling_frame();
    // Safe because continue_forced() turns the numbers back.
    unwinding->private_1 = reinterpret_cast<u64>(stop);
    unwinding->private_2 = reinterpret_cast<u64>(argument);
    return runtime::continue_forced(*unwinding, caller);
}

[[noreturn]] void _Unwind_Resume(_Unwind_Exception* unwinding) {
    auto const caller = runtime::calling_frame();
    if (unwinding->private_1 == 0)
        runtime::continue_unwinding(*unwinding, caller);
    (void)runtime::continue_forced(*unwinding, caller);
    panic("a forced unwind has nowhere to go");
}

_Unwind_Reason_Code _Unwind_Resume_or_Rethrow(_Unwind_Exception* unwinding) {
    auto const caller = runtime::calling_frame();
    if (unwinding->private_1 != 0)
        return runtime::continue_forced(*unwinding, caller);
    if (Exception* const exception = Exception::of(unwinding))
        runtime::raise(*exception, caller);
    return runtime::raise_foreign(*unwinding, caller);
}

void _Unwind_DeleteException(_Unwind_Exception* unwinding) {
    if (unwinding->exception_cleanup != nullptr)
        unwinding->exception_cleanup(_URC_FOREIGN_EXCEPTION_CAUGHT, unwinding);
}

_Unwind_Reason_Code _Unwind_Backtrace(_Unwind_Trace_Fn trace, void* argument) {
    auto const caller = runtime::calling_frame();
    for (runtime::Walk walk(caller); walk.at_frame(); walk.to_caller())
        if (trace(&walk.context(), argument) != _URC_NO_REASON)
            return _URC_FATAL_PHASE1_ERROR;
    return _URC_END_OF_STACK;
}

} // extern "C"
