// What headers of the standard library expect to be linked: exception classes and throw helpers.
#include "kernel/runtime/abi.hpp"
#include "libs/base/atomic.hpp"
#include "libs/base/bug.hpp"

#include <exception>
#include <new>
#include <typeinfo>

namespace std {

// Out of line, so that the vtables are emitted here.
exception::~exception() noexcept {}

char const* exception::what() const noexcept {
    return "std::exception";
}

bad_exception::~bad_exception() noexcept {}

char const* bad_exception::what() const noexcept {
    return "std::bad_exception";
}

bad_alloc::~bad_alloc() noexcept {}

char const* bad_alloc::what() const noexcept {
    return "out of memory";
}

bad_array_new_length::~bad_array_new_length() noexcept {}

char const* bad_array_new_length::what() const noexcept {
    return "array too long";
}

bad_cast::~bad_cast() noexcept {}

char const* bad_cast::what() const noexcept {
    return "std::bad_cast";
}

nothrow_t const nothrow{};

// Running out of range is a bug; only memory is not. bits/functexcept.h, where it was included,
// declared these with this attribute and not with [[noreturn]].
void __throw_bad_alloc() {
    throw_out_of_memory();
}

void __throw_bad_array_new_length() {
    throw_out_of_memory();
}

#define LINNET_THROW(name, what)                                                                   \
    __attribute__((noreturn)) void name(char const*) {                                             \
        panic(what);                                                                               \
    }
LINNET_THROW(__throw_logic_error, "std::logic_error")
LINNET_THROW(__throw_domain_error, "std::domain_error")
LINNET_THROW(__throw_invalid_argument, "std::invalid_argument")
LINNET_THROW(__throw_length_error, "std::length_error")
LINNET_THROW(__throw_out_of_range, "std::out_of_range")
LINNET_THROW(__throw_runtime_error, "std::runtime_error")
LINNET_THROW(__throw_range_error, "std::range_error")
LINNET_THROW(__throw_overflow_error, "std::overflow_error")
LINNET_THROW(__throw_underflow_error, "std::underflow_error")
#undef LINNET_THROW

__attribute__((noreturn)) void __throw_out_of_range_fmt(char const*, ...) {
    panic("std::out_of_range");
}

__attribute__((noreturn)) void __throw_bad_function_call() {
    panic("std::bad_function_call");
}

__attribute__((noreturn)) void __throw_system_error(int) {
    panic("std::system_error");
}

__attribute__((noreturn)) void __throw_bad_cast() {
    panic("std::bad_cast");
}

__attribute__((noreturn)) void __throw_bad_typeid() {
    panic("std::bad_typeid");
}

__attribute__((noreturn)) void __throw_bad_exception() {
    panic("std::bad_exception");
}

__attribute__((noreturn)) void __glibcxx_assert_fail(char const*, int, char const*,
                                                     char const* condition) noexcept {
    panic(condition);
}

} // namespace std

namespace {

constinit Atomic<std::terminate_handler> terminate_handler{nullptr};

} // namespace

std::terminate_handler std::set_terminate(terminate_handler handler) noexcept {
    return ::terminate_handler.exchange(handler);
}

std::terminate_handler std::get_terminate() noexcept {
    return ::terminate_handler.load();
}

void runtime::call_terminate_handler() noexcept {
    if (auto const handler = ::terminate_handler.load())
        handler();
}

extern "C" {

/// std::terminate(), without its noexcept: after the handler it throws a bug, which is contained
/// like any other (and halts when it meets vital code).
[[noreturn]] void runtime_terminate() asm("_ZSt9terminatev");

void runtime_terminate() {
    runtime::call_terminate_handler();
    panic("std::terminate was called");
}

#if !defined(LINNET_HOST) // where the C library's ends the process
__attribute__((noreturn)) void abort() {
    panic("abort was called");
}
#endif

[[noreturn]] void __cxa_pure_virtual() {
    runtime::call_terminate_handler();
    panic("a pure virtual function was called");
}

[[noreturn]] void __cxa_deleted_virtual() {
    runtime::call_terminate_handler();
    panic("a deleted virtual function was called");
}

[[noreturn]] void __cxa_bad_cast() {
    panic("std::bad_cast");
}

[[noreturn]] void __cxa_bad_typeid() {
    panic("std::bad_typeid");
}

[[noreturn]] void __cxa_throw_bad_array_new_length() {
    throw_out_of_memory();
}

[[noreturn]] void __cxa_call_unexpected(void*) {
    panic("an exception left a function whose specification forbids it");
}

} // extern "C"
