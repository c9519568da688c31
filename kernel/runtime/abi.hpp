// Every entry point that compiled C++ code calls by name. The files that define them include this,
// so that a definition with another prototype does not compile.
#pragma once

#include "kernel/runtime/exception.hpp"

#include <bits/cxxabi_init_exception.h>

namespace __cxxabiv1 {
class __class_type_info;
}

extern "C" {

// Itanium C++ ABI: Exception Handling, level I.
_Unwind_Reason_Code _Unwind_RaiseException(_Unwind_Exception* unwinding);
[[noreturn]] void _Unwind_Resume(_Unwind_Exception* unwinding);
_Unwind_Reason_Code _Unwind_Resume_or_Rethrow(_Unwind_Exception* unwinding);
_Unwind_Reason_Code _Unwind_ForcedUnwind(_Unwind_Exception* unwinding, _Unwind_Stop_Fn stop,
                                         void* argument);
void _Unwind_DeleteException(_Unwind_Exception* unwinding);
using _Unwind_Trace_Fn = _Unwind_Reason_Code (*)(_Unwind_Context* context, void* argument);
_Unwind_Reason_Code _Unwind_Backtrace(_Unwind_Trace_Fn trace, void* argument);
u64 _Unwind_GetIP(_Unwind_Context* context);
u64 _Unwind_GetIPInfo(_Unwind_Context* context, int* before_instruction);
u64 _Unwind_GetGR(_Unwind_Context* context, int number);
void _Unwind_SetGR(_Unwind_Context* context, int number, u64 value);
void _Unwind_SetIP(_Unwind_Context* context, u64 value);
u64 _Unwind_GetCFA(_Unwind_Context* context);
u64 _Unwind_GetLanguageSpecificData(_Unwind_Context* context);
u64 _Unwind_GetRegionStart(_Unwind_Context* context);

// Level II. GCC declares __cxa_throw's second parameter void* by itself once a header throws.
void* __cxa_allocate_exception(usize size) noexcept;
void __cxa_free_exception(void* object) noexcept;
[[noreturn]] void __cxa_throw(void* object, void* type, void (*destroy)(void*));
void* __cxa_begin_catch(void* unwinding) noexcept;
void __cxa_end_catch();
[[noreturn]] void __cxa_rethrow();
void* __cxa_get_exception_ptr(void* unwinding) noexcept;
std::type_info* __cxa_current_exception_type();
[[noreturn]] void __cxa_call_unexpected(void* unwinding);
[[noreturn]] void __clang_call_terminate(void* unwinding);

// The rest of the ABI's runtime support.
[[noreturn]] void __cxa_pure_virtual();
[[noreturn]] void __cxa_deleted_virtual();
[[noreturn]] void __cxa_bad_cast();
[[noreturn]] void __cxa_bad_typeid();
[[noreturn]] void __cxa_throw_bad_array_new_length();
int __cxa_guard_acquire(u64* guard);
void __cxa_guard_release(u64* guard) noexcept;
void __cxa_guard_abort(u64* guard) noexcept;
void* __dynamic_cast(void const* source, __cxxabiv1::__class_type_info const* source_type,
                     __cxxabiv1::__class_type_info const* target, long hint);
}
