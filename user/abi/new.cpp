// operator new and delete over the heap, panics, and what running out of memory becomes.
#include "libs/base/bug.hpp"
#include "libs/base/format.hpp"
#include "user/abi/internal.hpp"

#include <new>

// Asked for weakly here: without a handler anywhere in the program there is nothing to throw to.
asm(".weak __cxa_throw\n"
    ".weak __cxa_allocate_exception\n"
    ".weak __cxa_free_exception\n"
    ".weak _ZTISt9bad_alloc\n"
    ".weak _ZTVSt9bad_alloc\n"
    ".weak _ZNSt9bad_allocD1Ev\n");
extern "C" void __cxa_throw(void*, void*, void (*)(void*));

[[noreturn]] void throw_out_of_memory() {
    // Not `&__cxa_throw != nullptr`, which compilers know to be true.
    void* thrower = nullptr;
    asm("mov $__cxa_throw, %0" : "=r"(thrower));
    if (thrower == nullptr) {
        constexpr std::string_view what = "out of memory";
        linnet_panic(what.data(), what.size());
    }
    throw std::bad_alloc();
}

[[noreturn]] void panic(char const* what, std::source_location where) {
    char buffer[256];
    BufferSink sink(buffer);
    format_to(sink, "{} at {}:{}", what, where.file_name(), where.line());
    linnet_panic(sink.text().data(), sink.text().size());
}

/// A bug ends the process, so there is nothing to survive.
bool survive(void (*function)(void*), void* argument) noexcept {
    function(argument);
    return true;
}

bool survive_destructor(void (*destroy)(void*), void* object) noexcept {
    return survive(destroy, object);
}
