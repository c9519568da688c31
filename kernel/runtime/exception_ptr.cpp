// std::exception_ptr: objects of exceptions that live on, and are thrown again, by any thread.
#include "kernel/runtime/abi.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "kernel/runtime/hooks.hpp"
#include "libs/base/bug.hpp"

#include <exception>
#include <utility>

using runtime::Exception;

namespace std {

namespace __exception_ptr {

exception_ptr::exception_ptr(void* object) noexcept : _M_exception_object(object) {
    _M_addref();
}

void exception_ptr::_M_addref() noexcept {
    Exception::of_object(_M_exception_object).references.fetch_add(1);
}

void exception_ptr::_M_release() noexcept {
    runtime::release_object(Exception::of_object(std::exchange(_M_exception_object, nullptr)));
}

void* exception_ptr::_M_get() const noexcept {
    return _M_exception_object;
}

std::type_info const* exception_ptr::__cxa_exception_type() const noexcept {
    return Exception::of_object(_M_exception_object).type;
}

} // namespace __exception_ptr

exception_ptr current_exception() noexcept {
    Exception* const caught = runtime::eh_state().caught;
    if (caught == nullptr)
        return {};
    Exception& primary = caught->owner();
    // The first is made by the thread in whose reserve the object may lie.
    if (primary.slot >= 0 && primary.thread == nullptr)
        primary.thread = runtime::keep_thread();
    return exception_ptr(primary.object());
}

void rethrow_exception(exception_ptr pointer) {
    // A reference of the throw's own, as destroy() will release one.
    Exception& primary = Exception::of_object(pointer._M_get());
    Exception* const dependent = runtime::allocate_exception(0);
    if (dependent == nullptr)
        throw_out_of_memory();
    dependent->type = primary.type;
    dependent->is_bug = primary.is_bug;
    dependent->primary = &primary;
    runtime::begin_throw(*dependent);
    pointer = nullptr;
    (void)_Unwind_RaiseException(&dependent->unwind);
    panic("an exception that nobody catches");
}

nested_exception::~nested_exception() noexcept {}

} // namespace std

// std::make_exception_ptr() builds the object itself.
__cxxabiv1::__cxa_refcounted_exception*
__cxxabiv1::__cxa_init_primary_exception(void* object, std::type_info* type,
                                         void (*destroy)(void*)) noexcept {
    Exception& primary = Exception::of_object(object);
    runtime::name_object(primary, *type, destroy);
    if (primary.slot >= 0)
        primary.thread = runtime::keep_thread();
    return nullptr; // nobody looks at it
}
