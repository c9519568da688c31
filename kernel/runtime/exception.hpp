// A thrown object's header, and the types of the Itanium C++ ABI's unwind interface.
#pragma once

#include "libs/base/bug.hpp"
#include "libs/unwind/registers.hpp"
#include "libs/unwind/step.hpp"

#include <typeinfo>

// Names and layouts are the ABI's: compiled code passes these structures around.
extern "C" {

enum _Unwind_Reason_Code : int {
    _URC_NO_REASON = 0,
    _URC_FOREIGN_EXCEPTION_CAUGHT = 1,
    _URC_FATAL_PHASE2_ERROR = 2,
    _URC_FATAL_PHASE1_ERROR = 3,
    _URC_NORMAL_STOP = 4,
    _URC_END_OF_STACK = 5,
    _URC_HANDLER_FOUND = 6,
    _URC_INSTALL_CONTEXT = 7,
    _URC_CONTINUE_UNWIND = 8,
};

using _Unwind_Action = int;

struct _Unwind_Exception {
    u64 exception_class;
    void (*exception_cleanup)(_Unwind_Reason_Code, _Unwind_Exception*);
    u64 private_1;
    u64 private_2;
} __attribute__((aligned(16)));

/// The frame that a personality routine is asked about, and what it wants changed.
struct _Unwind_Context {
    unwind::Frame frame;
    unwind::Located where;
};

_Unwind_Reason_Code __gxx_personality_v0(int version, _Unwind_Action actions, u64 exception_class,
                                         _Unwind_Exception* thrown, _Unwind_Context* context);

// In registers.S.
void runtime_capture(unwind::Registers* into) noexcept;
[[noreturn]] void runtime_resume(unwind::Registers const* from) noexcept;
}

inline constexpr _Unwind_Action _UA_SEARCH_PHASE = 1;
inline constexpr _Unwind_Action _UA_CLEANUP_PHASE = 2;
inline constexpr _Unwind_Action _UA_HANDLER_FRAME = 4;

namespace runtime {

/// "GNUCC++\0": the class of C++ exceptions. There is no other in the kernel.
inline constexpr u64 cxx_class = 0x474e5543432b2b00;

/// In memory: this header, then the thrown object.
struct Exception {
    std::type_info const* type;
    void (*destroy)(void*); ///< the object's destructor, or nullptr
    Exception* next;        ///< in EhState::caught
    i32 handlers;           ///< catch blocks that hold it; negative while it is thrown again
    i8 slot;                ///< in EhState::reserve, or -1 for the heap
    bool is_bug;            ///< a KernelBug: skips frames that may not be unwound
    // What phase 1 found, for the handler's frame in phase 2.
    i64 selector;
    u64 landing_pad;
    void* adjusted; ///< the object as the handler's type sees it
    u64 handler_cfa;
    _Unwind_Exception unwind;

    void* object() { return this + 1; }

    KernelBug const* bug() { return is_bug ? static_cast<KernelBug const*>(object()) : nullptr; }

    static Exception& of_object(void* object) { return static_cast<Exception*>(object)[-1]; }

    static Exception& of(_Unwind_Exception* thrown) {
        // Safe because every _Unwind_Exception in the kernel is the last member of an Exception.
        return reinterpret_cast<Exception*>(thrown + 1)[-1];
    }
};

static_assert(sizeof(Exception) % 16 == 0, "the object behind it must be aligned");

/// Finds the handler, then unwinds to it. `from` is the frame that throws.
[[noreturn]] void raise(Exception& thrown, unwind::Frame const& from) noexcept;
/// For an exception that may not leave the frame `from`: a bug goes on, anything else becomes one.
[[noreturn]] void raise_past_noexcept(Exception& thrown, unwind::Frame const& from) noexcept;
/// Goes on after a cleanup.
[[noreturn]] void continue_unwinding(Exception& thrown, unwind::Frame const& from) noexcept;

/// Fills in the header and counts the exception as thrown.
void begin_throw(Exception& thrown, std::type_info const& type, void (*destroy)(void*)) noexcept;
/// Runs the object's destructor and frees it.
void destroy(Exception& thrown) noexcept;

/// Whether a handler for `handler` takes the object; then `adjusted` is how the handler sees it.
bool can_catch(std::type_info const& handler, Exception& thrown, void*& adjusted) noexcept;

} // namespace runtime
