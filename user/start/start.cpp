// crt0: from the kernel's entry to main(), and from its value to the end of the process.
#include "user/abi/internal.hpp"

// By its C name, which C++ programs cannot call.
extern "C" int linnet_main(int count, char** arguments, char** environment) asm("main");

/// Called by _start with the stack as the kernel left it: argc, argv, NULL, envp, NULL, auxv.
extern "C" [[noreturn]] void linnet_start(u64* stack) {
    auto** const words =
        reinterpret_cast<char**>(stack); // Safe because the kernel puts them there.
    auto const count = static_cast<int>(stack[0]);
    char** const arguments = words + 1;
    char** const environment = arguments + count + 1;
    char** end = environment;
    while (*end != nullptr)
        ++end;
    // Safe because the auxiliary vector follows the environment.
    linnet_process = {count, arguments, environment, reinterpret_cast<u64 const*>(end + 1)};
    core::start_threads();
    core::run_initialisers();
    linnet_exit(linnet_main(count, arguments, environment));
}
