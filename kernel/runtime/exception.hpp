// A thrown object's header, and the types of the Itanium C++ ABI's unwind interface.
#pragma once

#include "libs/base/atomic.hpp"
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
    u64 private_1; ///< of a forced unwind: its _Unwind_Stop_Fn; else 0
    u64 private_2; ///< of a forced unwind: the function's argument; else the handler's frame's CFA
} __attribute__((aligned(16)));

/// The frame that a personality routine is asked about, and what it wants changed.
struct _Unwind_Context {
    unwind::Frame frame;
    unwind::Located where;
};

/// Asked about each frame of a forced unwind; ends it by not returning.
using _Unwind_Stop_Fn = _Unwind_Reason_Code (*)(int version, _Unwind_Action actions,
                                                u64 exception_class, _Unwind_Exception* thrown,
                                                _Unwind_Context* context, void* argument);

_Unwind_Reason_Code __gxx_personality_v0(int version, _Unwind_Action actions, u64 exception_class,
                                         _Unwind_Exception* thrown, _Unwind_Context* context);

// In registers.S.
void runtime_capture(unwind::Registers* into) noexcept;
[[noreturn]] void runtime_resume(unwind::Registers const* from) noexcept;
}

inline constexpr _Unwind_Action _UA_SEARCH_PHASE = 1;
inline constexpr _Unwind_Action _UA_CLEANUP_PHASE = 2;
inline constexpr _Unwind_Action _UA_HANDLER_FRAME = 4;
inline constexpr _Unwind_Action _UA_FORCE_UNWIND = 8;
inline constexpr _Unwind_Action _UA_END_OF_STACK = 16;

namespace runtime {

/// "GNUCC++\0": the class of C++ exceptions. Others are foreign, as those of forced unwinds.
inline constexpr u64 cxx_class = 0x474e5543432b2b00;

/// In memory: this header, then the thrown object. An exception that std::rethrow_exception()
/// throws has a header of its own, without object, since the same object may be thrown by many
/// threads.
struct Exception {
    std::type_info const* type;
    void (*destroy)(void*);   ///< the object's destructor, or nullptr
    Exception* next;          ///< in EhState::caught
    i32 handlers;             ///< catch blocks that hold it; negative while it is thrown again
    i8 slot;                  ///< in EhState::reserve, or -1 for the heap
    bool is_bug;              ///< a KernelBug: skips frames that may not be unwound
    Atomic<u32> references;   ///< the throw, std::exception_ptrs and dependent headers
    Exception* thrown_before; ///< in EhState::thrown
    u64 landing_cfa;          ///< of the frame whose cleanup runs; 0 before the first
    Exception* primary;       ///< of a dependent header: the one before the object; else nullptr
    void* thread; ///< kept alive because the slot is its and a std::exception_ptr was made
    // What phase 1 found, for the handler's frame in phase 2.
    i64 selector;
    u64 landing_pad;
    void* adjusted; ///< the object as the handler's type sees it
    _Unwind_Exception unwind;

    /// The header before the object.
    Exception& owner() { return primary != nullptr ? *primary : *this; }

    void* object() { return &owner() + 1; }

    KernelBug const* bug() { return is_bug ? static_cast<KernelBug const*>(object()) : nullptr; }

    static Exception& of_object(void* object) { return static_cast<Exception*>(object)[-1]; }

    /// nullptr when it is foreign.
    static Exception* of(_Unwind_Exception* thrown) {
        if (thrown->exception_class != cxx_class || thrown->private_1 != 0)
            return nullptr;
        // Safe because every _Unwind_Exception of that class is the last member of an Exception.
        return &reinterpret_cast<Exception*>(thrown + 1)[-1];
    }
};

static_assert(sizeof(Exception) % 16 == 0, "the object behind it must be aligned");

/// Finds the handler, then unwinds to it. `from` is the frame that throws.
[[noreturn]] void raise(Exception& thrown, unwind::Frame const& from) noexcept;
/// The same for a foreign exception; returns when nobody takes it.
_Unwind_Reason_Code raise_foreign(_Unwind_Exception& thrown, unwind::Frame const& from) noexcept;
/// For an exception that may not leave the frame `from`: a bug goes on, anything else becomes one.
[[noreturn]] void raise_past_noexcept(_Unwind_Exception& thrown,
                                      unwind::Frame const& from) noexcept;
/// Phase 2, also after a cleanup.
[[noreturn]] void continue_unwinding(_Unwind_Exception& thrown, unwind::Frame const& from) noexcept;
/// A forced unwind, also after a cleanup. Returns when the stack ends or
/// a frame refuses.
_Unwind_Reason_Code continue_forced(_Unwind_Exception& thrown, unwind::Frame const& from) noexcept;
/// Before std::terminate() or what stands for it becomes a bug: calls the handler that
/// std::set_terminate() installed, which may return.
void call_terminate_handler() noexcept;

/// Memory for a header and `size` bytes behind it; nullptr when there is none.
Exception* allocate_exception(usize size) noexcept;
/// Fills in the header of an object.
void name_object(Exception& primary, std::type_info const& type, void (*destroy)(void*)) noexcept;
/// Counts the exception as thrown.
void begin_throw(Exception& thrown) noexcept;
/// Counts it as thrown no more.
void end_throw(Exception& thrown) noexcept;
/// Gives up one reference to an object; the last one destroys it.
void release_object(Exception& primary) noexcept;
/// Gives up an exception that was thrown.
void destroy(Exception& thrown) noexcept;

/// Whether a handler for `handler` takes an object of `type`; then `adjusted` is how it sees it.
bool can_catch(std::type_info const& handler, std::type_info const& type, void* object,
               void*& adjusted) noexcept;

} // namespace runtime
