// A personality routine that the unwinder would call with other arguments.
// room: runtime
// expect: conflicting declaration|conflicting types|ambiguating new declaration
#include "kernel/runtime/abi.hpp"

#ifdef MUST_FAIL
extern "C" _Unwind_Reason_Code __gxx_personality_v0(int version, u64 exception_class,
                                                    _Unwind_Exception* thrown,
                                                    _Unwind_Context* context);
#else
extern "C" _Unwind_Reason_Code __gxx_personality_v0(int version, _Unwind_Action actions,
                                                    u64 exception_class, _Unwind_Exception* thrown,
                                                    _Unwind_Context* context);
#endif
