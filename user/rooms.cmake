# The rooms and programs of user space; their architecture, as rooms.cmake is the kernel's.

# The C core, which everything else stands on, and crt0.
user_room(user_abi AT user/abi USES abi base)
user_room(user_start AT user/start USES user_abi)
user_room(os AT user/os USES user_abi calendar)

# The C++ runtime, which is the kernel's.
linnet_user_version_of(unwind)
linnet_user_version_of(dwarf)
set(runtime ${CMAKE_SOURCE_DIR}/kernel/runtime)
set(runtime_flags -I${CMAKE_SOURCE_DIR} -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
# What others ask for weakly cannot be asked for weakly where it is defined.
linnet_user_library(unwinder SOURCES ${runtime}/personality.cpp ${runtime}/unwind_entries.cpp FLAGS ${runtime_flags})
linnet_user_library(user_runtime SOURCES
    ${runtime}/cxa.cpp ${runtime}/exception_ptr.cpp ${runtime}/guard.cpp ${runtime}/memory.S ${runtime}/new.cpp
    ${runtime}/noexcept_pad.cpp ${runtime}/probe.cpp ${runtime}/raise.cpp ${runtime}/registers.S ${runtime}/standard.cpp
    ${runtime}/type_info.cpp user/runtime/hooks.cpp user/runtime/memory.cpp
    FLAGS ${linnet_user_weak} ${runtime_flags})

foreach(name IN ITEMS careful count greet hello keys patient pipeline run save total workers)
    linnet_program(${name} AT user/examples SOURCES ${name}.cpp USES os)
endforeach()

# The shell. Its speed is that of what it starts.
linnet_program(lsh AT user/lsh USES os shell edit PLACE linnet/bin FLAGS -Os)
target_compile_options(user.shell PRIVATE -Os)
target_compile_options(user.edit PRIVATE -Os)

# What runs the tests of programs, on Linux and on Linnet.
linnet_program(user-check AT user/check USES os)

# Tools. They lie in /linnet/bin, which comes after busybox's in a usual PATH and before them in the shell's.
user_room(options AT user/options USES os)
user_room(tree AT user/tree USES options)
linnet_program(ps AT user/tools SOURCES ps.cpp USES options procstat PLACE linnet/bin)
foreach(tool IN ITEMS cat cp dmesg kill ls mkdir mount mv rm)
    linnet_program(${tool} AT user/tools SOURCES ${tool}.cpp USES tree PLACE linnet/bin)
endforeach()

# Names.
linnet_program(demangle AT user/tools SOURCES demangle.cpp USES options demangle PLACE linnet/bin FLAGS -Os)
target_compile_options(user.demangle PRIVATE -Os)

# Stacks.
linnet_program(bt AT user/bt USES options inspect demangle json PLACE linnet/bin FLAGS -Os)

# Services: process 1, which looks after them, and what asks it.
linnet_program(init AT user/init USES options service PLACE linnet/bin FLAGS -Os)
linnet_program(svc AT user/svc USES options service PLACE linnet/bin FLAGS -Os)
target_compile_options(user.service PRIVATE -Os)

# Programs that are tests themselves.
foreach(name IN ITEMS abort exceptions files memory order processes pty storm words)
    linnet_program(${name} AT user/tests SOURCES ${name}.cpp USES os)
endforeach()
foreach(name IN ITEMS aborts ends)
    linnet_program(${name} AT user/tests SOURCES ${name}.cpp USES options)
endforeach()
linnet_program(registers AT user/tests SOURCES registers/main.cpp registers/round.S USES os)
linnet_program(core AT user/tests/bare SOURCES core.c USES user_abi)
linnet_program(own-start AT user/tests/bare SOURCES own_start.cpp USES user_abi)
linnet_program(bare AT user/tests/bare SOURCES bare.S LINK_FLAGS -Wl,-e,begin)

# The ABI between compilers: the same sources by the other one, too. Only tests need it, so it may be missing.
find_program(LINNET_CLANG clang-19)
if(LINNET_CLANG AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    set(objects "")
    set(tree ${CMAKE_BINARY_DIR}/rooms/program.abi)
    foreach(source IN ITEMS callee_c.c callee_cpp.cpp by_clang.cpp)
        set(object ${CMAKE_BINARY_DIR}/user/clang/${source}.o)
        cmake_path(GET source EXTENSION extension)
        set(standard -std=gnu++2b)
        if(extension STREQUAL ".c")
            set(standard -std=gnu17)
        endif()
        add_custom_command(OUTPUT ${object}
            COMMAND ${LINNET_CLANG} ${standard} -O2 -g -fno-pic -fexceptions -fasynchronous-unwind-tables
                -mllvm -trap-unreachable
                -DLINNET_HOST=1 -DLINNET_USER=1 -I${tree} -ffile-prefix-map=${tree}/=
                -ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -MD -MF ${object}.d
                -c ${CMAKE_SOURCE_DIR}/user/tests/abi/${source} -o ${object}
            DEPENDS ${CMAKE_SOURCE_DIR}/user/tests/abi/${source} DEPFILE ${object}.d VERBATIM)
        list(APPEND objects ${object})
    endforeach()
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/user/clang)
    linnet_program(abi AT user/tests SOURCES abi/by_gcc.cpp abi/callee_c.c abi/callee_cpp.cpp abi/assembly.S
        OBJECTS ${objects}
        USES os)
endif()

# The C core from Rust without std. Debian's compiler first, and only for a test, so it may be missing, too.
find_program(LINNET_RUSTC rustc PATHS /usr/bin NO_DEFAULT_PATH)
find_program(LINNET_RUSTC rustc)
if(LINNET_RUSTC)
    set(rust ${CMAKE_BINARY_DIR}/user/rust)
    file(MAKE_DIRECTORY ${rust})
    add_custom_command(OUTPUT ${rust}/main.o
        COMMAND ${LINNET_RUSTC} --edition 2021 --crate-type staticlib --crate-name rust -D warnings -g
            -C opt-level=2 -C panic=abort -C relocation-model=static -C lto=fat -C codegen-units=1
            --remap-path-prefix=${CMAKE_SOURCE_DIR}/= -o ${rust}/main.a ${CMAKE_SOURCE_DIR}/user/tests/rust/main.rs
        # Of the archive, which has the whole of Rust's core, what main() needs.
        COMMAND ${CMAKE_LINKER} -m elf_x86_64 -r -u main -o ${rust}/main.o ${rust}/main.a
        DEPENDS ${CMAKE_SOURCE_DIR}/user/tests/rust/main.rs VERBATIM)
    linnet_program(rust AT user/tests/rust OBJECTS ${rust}/main.o USES user_abi)
    set_target_properties(program.rust PROPERTIES LINKER_LANGUAGE C)
else()
    message(STATUS "There is no rustc (Debian: rustc), so the Rust program of the tests is left out and its case fails")
endif()

# Daemons, and what belongs to them.
user_room(daemons AT user/daemons USES options)
user_room(spool AT user/spool USES options)
linnet_program(crond AT user/cron SOURCES main.cpp tables.cpp job.cpp USES daemons spool cron journal PLACE linnet/bin)
foreach(tool IN ITEMS at atq atrm)
    linnet_program(${tool} AT user/cron SOURCES ${tool}.cpp USES spool cron PLACE linnet/bin)
endforeach()
linnet_program(crontab AT user/cron SOURCES crontab.cpp edit.cpp USES spool cron PLACE linnet/bin)
linnet_program(logd AT user/log SOURCES logd.cpp store.cpp USES daemons journal PLACE linnet/bin)
linnet_program(log AT user/log SOURCES log.cpp reader.cpp store.cpp USES options journal json PLACE linnet/bin)
linnet_program(monitor AT user/monitor USES options procstat json PLACE linnet/bin)
