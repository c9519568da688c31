# Programs of user space: no C library, our own start and C++ runtime, static. See docs/manual/userspace.md.
#
#   user_room(NAME AT folder [USES room...] [EXPORTS header...])
#       a room of user code: what it uses are rooms of libs/, abi, and user rooms before it
#   linnet_program(NAME AT folder [SOURCES file...] [USES room...] [PLACE directory] [FLAGS flag...]
#                  [LINK_FLAGS flag...] [OBJECTS file...])
#       the program user/bin/NAME of the build directory, stripped, from the folder's files or from those named; with
#       PLACE it is in the initramfs, there
#
# Both see only what they use, as kernel rooms do. USES has `os`, the C++ library, in it.

set(cxx_only -Wnon-virtual-dtor -Woverloaded-virtual -Wno-deprecated-declarations)
set(linnet_user_flags ${linnet_warnings} ${linnet_traps})
list(REMOVE_ITEM linnet_user_flags ${cxx_only})
list(APPEND linnet_user_flags -Wno-attributes -O2 -g -fno-pic -fno-pie -fno-stack-protector -fexceptions
    -fasynchronous-unwind-tables -ffunction-sections -fdata-sections -fomit-frame-pointer
    -DNDEBUG -DLINNET_HOST=1 -DLINNET_USER=1)
# Not for the runtime, which defines what others ask for weakly.
set(linnet_user_weak "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include ${CMAKE_SOURCE_DIR}/user/runtime/weak.hpp>")
set(linnet_user_link_flags
    -nostdlib -static -no-pie -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,noseparate-code
    -Wl,-z,max-page-size=4096 -Wl,--eh-frame-hdr -Wl,-z,norelro -Wl,--orphan-handling=place)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    list(APPEND linnet_user_link_flags --rtlib=platform -Wno-unused-command-line-argument)
    list(APPEND linnet_user_flags -Wno-unused-command-line-argument)
endif()

# The library user.NAME of a room's sources.
function(linnet_user_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;FLAGS" ${ARGN})
    add_library(user.${name} STATIC ${ARG_SOURCES})
    target_compile_options(user.${name} PRIVATE ${linnet_user_flags} ${ARG_FLAGS})
    set_target_properties(user.${name} PROPERTIES ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/user/lib)
endfunction()

# A room below user/, built once more for programs.
function(linnet_user_version_of room)
    get_property(at GLOBAL PROPERTY linnet_room_${room}_at)
    if(TARGET user.${room})
        return()
    endif()
    if(at MATCHES "^user/")
        return() # it has headers only
    endif()
    if(NOT at MATCHES "^(abi|libs)(/|$)")
        message(FATAL_ERROR "user code may not use '${room}': it is neither of user/ nor of libs/")
    endif()
    set(tree ${CMAKE_BINARY_DIR}/rooms/${room})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${at}/*.cpp)
    list(FILTER sources EXCLUDE REGEX "(_test|_ktest|_fuzz)\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "libs/base/bug\\.cpp$") # user/abi has another end for bugs
    if(sources)
        linnet_user_library(${room} SOURCES ${sources} FLAGS ${linnet_user_weak} -I${tree} -ffile-prefix-map=${tree}/=
            -ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -ffile-prefix-map=${linnet_relative_source}=)
    endif()
endfunction()

# What a room or program of user code sees: `closure` and `includes`.
macro(linnet_user_tree name)
    linnet_room_tree(${name} AT ${ARG_AT} USES ${ARG_USES} EXPORTS ${ARG_EXPORTS} ${ARGN})
    foreach(used IN LISTS closure)
        linnet_user_version_of(${used})
    endforeach()
endmacro()

function(user_room name)
    cmake_parse_arguments(ARG "" "AT" "USES;EXPORTS" ${ARGN})
    linnet_user_tree(${name})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${ARG_AT}/*.cpp ${CMAKE_SOURCE_DIR}/${ARG_AT}/*.S)
    if(sources)
        linnet_user_library(${name} SOURCES ${sources} FLAGS ${linnet_user_weak} ${includes})
    endif()
endfunction()

function(linnet_program name)
    cmake_parse_arguments(ARG "" "AT;PLACE" "SOURCES;USES;FLAGS;LINK_FLAGS;OBJECTS" ${ARGN})
    linnet_user_tree(program.${name} PRIVATE)
    if(ARG_SOURCES)
        list(TRANSFORM ARG_SOURCES PREPEND ${CMAKE_SOURCE_DIR}/${ARG_AT}/)
    else()
        set(at ${CMAKE_SOURCE_DIR}/${ARG_AT})
        file(GLOB ARG_SOURCES CONFIGURE_DEPENDS ${at}/*.cpp ${at}/*.c ${at}/*.S)
    endif()
    add_executable(program.${name} ${ARG_SOURCES} ${ARG_OBJECTS})
    target_compile_options(program.${name} PRIVATE ${linnet_user_flags} ${linnet_user_weak} ${includes} ${ARG_FLAGS})
    target_link_options(program.${name} PRIVATE ${linnet_user_link_flags} ${ARG_LINK_FLAGS})
    set(libraries "")
    foreach(used IN LISTS closure ITEMS user_start user_runtime unwinder unwind dwarf)
        if(TARGET user.${used})
            list(APPEND libraries user.${used})
        endif()
    endforeach()
    list(REMOVE_DUPLICATES libraries)
    target_link_libraries(program.${name} PRIVATE $<LINK_GROUP:RESCAN,${libraries}>)
    set_target_properties(program.${name} PROPERTIES OUTPUT_NAME ${name}
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/user/unstripped)
    set(stripped ${CMAKE_BINARY_DIR}/user/bin/${name})
    add_custom_command(OUTPUT ${stripped}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/user/bin
        COMMAND ${CMAKE_STRIP} -R .comment -o ${stripped} $<TARGET_FILE:program.${name}>
        DEPENDS program.${name} VERBATIM)
    add_custom_target(stripped.${name} ALL DEPENDS ${stripped})
    set_property(GLOBAL APPEND PROPERTY linnet_user_programs ${stripped})
    if(ARG_PLACE)
        set_property(GLOBAL APPEND PROPERTY linnet_placed_programs ${ARG_PLACE}/${name}=${stripped})
        set_property(GLOBAL APPEND PROPERTY linnet_placed_files ${stripped})
    endif()
endfunction()
