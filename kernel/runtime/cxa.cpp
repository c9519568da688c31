// The compiler's entry points for throwing and catching (Itanium C++ ABI, Level II).
#include "kernel/runtime/abi.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "kernel/runtime/exception.hpp"
#include "kernel/runtime/hooks.hpp"
#include "kernel/runtime/walk.hpp"

#include "kernel/arch/api/upcalls.hpp"

#include <cstddef>
#include <exception>
#include <utility>

namespace runtime {

namespace {

/// Takes the exception off the list of those being handled.
void pop(EhState& state, Exception& handled) noexcept {
    state.caught = handled.next;
    handled.next = nullptr;
}

void begin_flight(Exception& thrown) noexcept {
    EhState& state = eh_state();
    thrown.landing_cfa = 0;
    thrown.thrown_before = state.thrown;
    state.thrown = &thrown;
    ++state.uncaught;
    state.bugs += thrown.is_bug ? 1 : 0;
    if (auto const* const bug = thrown.bug())
        state.last_bug = bug->what;
}

/// A bug, caught in the frame with `cfa`, may have left frames without running what they had to do
/// for other exceptions: cleanups that would have gone on with one, handlers that held one.
void end_abandoned(EhState& state, Exception const& bug, u64 cfa) noexcept {
    for (Exception* next = state.thrown; next != nullptr;) {
        Exception& one = *std::exchange(next, next->thrown_before);
        if (one.landing_cfa == 0 || one.landing_cfa >= cfa)
            continue;
        end_throw(one);
        if (one.handlers < 0)
            one.handlers = -one.handlers; // its handlers let go of it
        else
            destroy(one);
    }
    while (state.caught != nullptr && state.caught != &bug &&
           state.caught->unwind.private_2 < cfa) {
        Exception& one = *state.caught;
        pop(state, one);
        destroy(one);
    }
}

/// The object's bytes, where nothing refers to them any more.
void free_exception(Exception& exception) noexcept {
    if (exception.slot < 0) {
        upcall::free_bytes(&exception, 0);
        return;
    }
    auto const slot = static_cast<usize>(exception.slot);
    void* const thread = exception.thread;
    // Safe because a slot lies at this distance from the start of the state that it belongs to.
    auto* const first = reinterpret_cast<std::byte*>(&exception) - slot * EhState::slot_size;
    auto* const state = reinterpret_cast<EhState*>(first - offsetof(EhState, reserve));
    state->used_slots.fetch_and(~(1u << slot));
    if (thread != nullptr)
        drop_thread(thread);
}

} // namespace

Exception* allocate_exception(usize size) noexcept {
    size += sizeof(Exception);
    EhState& state = eh_state();
    for (usize slot = 0; size <= EhState::slot_size && slot < EhState::slot_count; ++slot) {
        u32 const bit = 1u << slot;
        if ((state.used_slots.fetch_or(bit) & bit) != 0)
            continue;
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

void name_object(Exception& primary, std::type_info const& type, void (*destroy)(void*)) noexcept {
    primary.type = &type;
    primary.destroy = destroy;
    primary.is_bug = type == typeid(KernelBug);
}

void begin_throw(Exception& thrown) noexcept {
    thrown.owner().references.fetch_add(1);
    thrown.unwind.exception_class = cxx_class;
    thrown.unwind.exception_cleanup = [](_Unwind_Reason_Code, _Unwind_Exception* unwinding) {
        if (Exception* const exception = Exception::of(unwinding))
            destroy(*exception);
    };
    begin_flight(thrown);
}

void end_throw(Exception& thrown) noexcept {
    EhState& state = eh_state();
    Exception** link = &state.thrown;
    while (*link != &thrown && *link != nullptr)
        link = &(*link)->thrown_before;
    if (*link != nullptr)
        *link = thrown.thrown_before;
    --state.uncaught;
    state.bugs -= thrown.is_bug ? 1 : 0;
}

void release_object(Exception& primary) noexcept {
    if (primary.references.fetch_sub(1) != 1)
        return;
    if (primary.destroy != nullptr)
        primary.destroy(primary.object());
    free_exception(primary);
}

void destroy(Exception& thrown) noexcept {
    Exception& primary = thrown.owner();
    if (&thrown != &primary)
        free_exception(thrown);
    release_object(primary);
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
    Exception* const exception = runtime::allocate_exception(size);
    if (exception == nullptr)
        runtime::halt_with_report("no memory left to throw with", nullptr,
                                  runtime::calling_frame());
    return exception->object();
}

void __cxa_free_exception(void* object) noexcept {
    runtime::free_exception(Exception::of_object(object));
}

// GCC declares `type` as void* by itself as soon as a header throws.
[[noreturn]] void __cxa_throw(void* object, void* type, void (*destroy)(void*)) {
    Exception& thrown = Exception::of_object(object);
    runtime::name_object(thrown, *static_cast<std::type_info const*>(type), destroy);
    runtime::begin_throw(thrown);
    runtime::raise(thrown, runtime::calling_frame());
}

void* __cxa_begin_catch(void* opaque) noexcept {
    auto* const unwinding = static_cast<_Unwind_Exception*>(opaque);
    Exception* const caught = Exception::of(unwinding);
    EhState& state = runtime::eh_state();
    if (caught == nullptr) { // foreign: not inside of another handler, as it cannot join their list
        ensure(state.caught == nullptr && state.foreign == nullptr, "a nested foreign exception");
        state.foreign = unwinding;
        return nullptr;
    }
    if (caught->handlers < 0)
        caught->handlers = -caught->handlers + 1; // caught again while still held by outer handlers
    else
        ++caught->handlers;
    runtime::end_throw(*caught);
    if (caught->is_bug)
        runtime::end_abandoned(state, *caught, unwinding->private_2);
    if (state.caught != caught) {
        caught->next = state.caught;
        state.caught = caught;
    }
    return caught->adjusted;
}

void __cxa_end_catch() {
    EhState& state = runtime::eh_state();
    Exception* const caught = state.caught;
    if (caught == nullptr) {
        auto* const foreign = static_cast<_Unwind_Exception*>(state.foreign);
        state.foreign = nullptr;
        if (foreign != nullptr)
            _Unwind_DeleteException(foreign);
        return;
    }
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
    if (caught == nullptr && state.foreign != nullptr) {
        auto* const foreign = static_cast<_Unwind_Exception*>(state.foreign);
        state.foreign = nullptr;
        _Unwind_Resume_or_Rethrow(foreign);
    }
    ensure(caught != nullptr, "throw; outside of a handler");
    caught->handlers = -caught->handlers;
    runtime::begin_flight(*caught);
    runtime::raise(*caught, runtime::calling_frame());
}

void* __cxa_get_exception_ptr(void* unwinding) noexcept {
    Exception* const exception = Exception::of(static_cast<_Unwind_Exception*>(unwinding));
    return exception != nullptr ? exception->adjusted : nullptr;
}

std::type_info* __cxa_current_exception_type() {
    Exception const* const caught = runtime::eh_state().caught;
    return caught != nullptr ? const_cast<std::type_info*>(caught->type) : nullptr;
}

} // extern "C"
