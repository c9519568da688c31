# Compiler flags, by where code runs.

set(linnet_warnings
    -Wall -Wextra -Wshadow -Wundef -Wcast-align -Wnon-virtual-dtor -Woverloaded-virtual
    -Wno-missing-field-initializers -Werror)

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # libstdc++ 12's stable_sort calls what C++23 deprecates.
    list(APPEND linnet_warnings -Wno-deprecated-declarations)
endif()

# A trap behind each call of what does not return. GCC needs a list of names for it, so there shall be no such functions
# but those that say so: not those it finds out about, and not the parts that it splits off others.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    set(linnet_traps "SHELL:-mllvm -trap-unreachable")
else()
    set(first "SHELL:-include ${CMAKE_SOURCE_DIR}/cmake/traps.h")
    set(linnet_traps "$<$<COMPILE_LANGUAGE:C,CXX>:${first}>" -fno-ipa-pure-const -fno-partial-inlining)
endif()

# The kernel: no SSE, no red zone, in the top 2 GiB; faults in ordinary code can be thrown (GCC).
set(linnet_kernel_flags
    ${linnet_warnings} ${linnet_traps} -ffreestanding -mno-red-zone -mgeneral-regs-only -mcmodel=kernel -mcx16
    -fno-pic -fno-pie -fno-stack-protector -fexceptions -fnon-call-exceptions
    -fasynchronous-unwind-tables -fstack-clash-protection -fno-threadsafe-statics
    -fvisibility=hidden -ffunction-sections -fdata-sections -fomit-frame-pointer
    -DNDEBUG -DBOOST_NO_STD_LOCALE)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # The order matters: -mx87 only keeps `long double` in standard headers compiling.
    list(APPEND linnet_kernel_flags -mx87 -Wthread-safety -Wno-unused-command-line-argument)
else()
    # noexcept functions get landing pads, too: a fault in one runs the destructors it owes.
    list(APPEND linnet_kernel_flags -Wno-attributes -fno-enforce-eh-specs)
endif()

# Rooms marked COLD. GCC warns less well of what it optimises less.
set(linnet_cold_flags -Os)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND linnet_cold_flags -Wno-maybe-uninitialized)
endif()

# The same code as a Linux process.
set(linnet_host_flags ${linnet_warnings} -DLINNET_HOST=1 -fno-omit-frame-pointer -O1 -g)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    list(APPEND linnet_host_flags -Wthread-safety)
endif()
if(LINNET_SANITIZE)
    list(APPEND linnet_host_flags -fsanitize=${LINNET_SANITIZE} -fno-sanitize-recover=all)
    if(LINNET_SANITIZE MATCHES "undefined")
        list(APPEND linnet_host_flags -fno-sanitize=vptr,function)
    endif()
endif()
if(LINNET_COVERAGE)
    list(APPEND linnet_host_flags -fprofile-instr-generate -fcoverage-mapping)
endif()

# The same as a Linux process whose bugs and CPU faults unwind as the kernel's do; GCC only.
# cmake/host_runtime.cmake
set(linnet_host_runtime_flags
    ${linnet_warnings} -Wno-attributes -DLINNET_HOST=1 -DLINNET_HOST_RUNTIME=1 -O2 -g -mcx16 -mno-red-zone
    -fexceptions -fnon-call-exceptions -fasynchronous-unwind-tables -fno-omit-frame-pointer)
# What of the kernel's own flags shapes its code.
set(linnet_host_kernel_flags
    -mgeneral-regs-only -fno-pic -fno-pie -fno-stack-protector -fno-threadsafe-statics -fno-enforce-eh-specs
    -fomit-frame-pointer -ffunction-sections -fdata-sections -DBOOST_NO_STD_LOCALE)
