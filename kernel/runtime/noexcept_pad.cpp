// Where the landing pads lead that Clang gives to noexcept functions (GCC gives them none).
#include "kernel/runtime/abi.hpp"
#include "kernel/runtime/walk.hpp"

// Clang emits a weak one wherever it needs it, which would call std::terminate(). In a file of its
// own, since in a file with a noexcept call Clang would fill in this body too.
extern "C" [[noreturn]] void __clang_call_terminate(void* unwinding) {
    runtime::raise_past_noexcept(*static_cast<_Unwind_Exception*>(unwinding),
                                 runtime::calling_frame());
}
