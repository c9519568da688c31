// The compiler's entry points for throwing and catching (Itanium C++ ABI, Level II).
#include "kernel/runtime/abi.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "kernel/runtime/exception.hpp"
#include "kernel/runtime/hooks.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/upcalls.hpp"

#include <exception>

namespace runtime {

namespace {

/// Takes the exception off the list of those being handled.
void pop(EhState& state, Exception& handled) noexcept {
    state.caught = handled.next;
    handled.next = nullptr;
}

} // namespace

void begin_throw(Exception& thrown, std::type_info const& type, void (*destroy)(void*)) noexcept {
    thrown.type = &type;
    thrown.destroy = destroy;
    thrown.is_bug = type == typeid(KernelBug);
    thrown.unwind.exception_class = cxx_class;
    thrown.unwind.exception_cleanup = [](_Unwind_Reason_Code, _Unwind_Exception* unwinding) {
        runtime::destroy(Exception::of(unwinding));
    };
    EhState& state = eh_state();
    ++state.uncaught;
    state.bugs += thrown.is_bug ? 1 : 0;
}

namespace {

Exception* allocate(usize size) noexcept {
    EhState& state = eh_state();
    for (usize slot = 0; size <= EhState::slot_size && slot < EhState::slot_count; ++slot) {
        if ((state.used_slots >> slot & 1) != 0)
            continue;
        state.used_slots |= 1u << slot;
        auto* const header = ::new (static_cast<void*>(state.reserve[slot])) Exception{};
        header->slot = static_cast<i8>(slot);
        return header;
    }
    void* const memory = upcall::allocate_bytes(size, 16);
    if (memory == nullptr)
        return nullptr;
    auto* const header = ::new (memory) Exception{};
    header->slot = -1;
    return header;
}

void free(Exception& exception) noexcept {
    if (exception.slot < 0)
        upcall::free_bytes(&exception, 0);
    else
        eh_state().used_slots &= ~(1u << exception.slot);
}

/// Not noexcept: its own frame is the first that the search meets.
[[noreturn]] void raise_from_here(Exception& thrown) {
    unwind::Frame here;
    runtime_capture(&here.registers);
    raise(thrown, here);
}

} // namespace

void destroy(Exception& thrown) noexcept {
    if (thrown.destroy != nullptr)
        thrown.destroy(thrown.object());
    free(thrown);
}

} // namespace runtime

using runtime::EhState;
using runtime::Exception;

u32 bugs_in_flight() noexcept {
    return runtime::eh_state().bugs;
}

int std::uncaught_exceptions() noexcept {
    return static_cast<int>(runtime::eh_state().uncaught);
}

bool std::uncaught_exception() noexcept {
    return runtime::eh_state().uncaught != 0;
}

extern "C" {

void* __cxa_allocate_exception(usize size) noexcept {
    Exception* const exception = runtime::allocate(sizeof(Exception) + size);
    if (exception == nullptr) {
        unwind::Frame here;
        runtime_capture(&here.registers);
        runtime::halt_with_report("no memory left to throw with", nullptr, here);
    }
    return exception->object();
}

void __cxa_free_exception(void* object) noexcept {
    runtime::free(Exception::of_object(object));
}

// GCC declares `type` as void* by itself as soon as a header throws.
[[noreturn]] void __cxa_throw(void* object, void* type, void (*destroy)(void*)) {
    Exception& thrown = Exception::of_object(object);
    runtime::begin_throw(thrown, *static_cast<std::type_info const*>(type), destroy);
    runtime::raise_from_here(thrown);
}

void* __cxa_begin_catch(void* unwinding) noexcept {
    Exception& caught = Exception::of(static_cast<_Unwind_Exception*>(unwinding));
    EhState& state = runtime::eh_state();
    if (caught.handlers < 0)
        caught.handlers = -caught.handlers + 1; // caught again while still held by outer handlers
    else
        ++caught.handlers;
    --state.uncaught;
    state.bugs -= caught.is_bug ? 1 : 0;
    if (state.caught != &caught) {
        caught.next = state.caught;
        state.caught = &caught;
    }
    return caught.adjusted;
}

void __cxa_end_catch() {
    EhState& state = runtime::eh_state();
    Exception* const caught = state.caught;
    if (caught == nullptr)
        return;
    if (caught->handlers < 0) { // leaving the handler by throwing the same again
        if (++caught->handlers == 0)
            runtime::pop(state, *caught);
        return;
    }
    if (--caught->handlers == 0) {
        runtime::pop(state, *caught);
        runtime::destroy(*caught);
    }
}

[[noreturn]] void __cxa_rethrow() {
    EhState& state = runtime::eh_state();
    Exception* const caught = state.caught;
    ensure(caught != nullptr, "throw; outside of a handler");
    caught->handlers = -caught->handlers;
    ++state.uncaught;
    state.bugs += caught->is_bug ? 1 : 0;
    runtime::raise_from_here(*caught);
}

void* __cxa_get_exception_ptr(void* unwinding) noexcept {
    return Exception::of(static_cast<_Unwind_Exception*>(unwinding)).adjusted;
}

std::type_info* __cxa_current_exception_type() {
    Exception const* const caught = runtime::eh_state().caught;
    return caught != nullptr ? const_cast<std::type_info*>(caught->type) : nullptr;
}

_Unwind_Reason_Code _Unwind_RaiseException(_Unwind_Exception* unwinding) {
    runtime::raise_from_here(Exception::of(unwinding));
}

[[noreturn]] void _Unwind_Resume(_Unwind_Exception* unwinding) {
    unwind::Frame here;
    runtime_capture(&here.registers);
    runtime::continue_unwinding(Exception::of(unwinding), here);
}

_Unwind_Reason_Code _Unwind_Resume_or_Rethrow(_Unwind_Exception* unwinding) {
    runtime::raise_from_here(Exception::of(unwinding));
}

void _Unwind_DeleteException(_Unwind_Exception* unwinding) {
    if (unwinding->exception_cleanup != nullptr)
        unwinding->exception_cleanup(_URC_FOREIGN_EXCEPTION_CAUGHT, unwinding);
}

} // extern "C"
