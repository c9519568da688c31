# Links the rooms into build/linnet.elf.

get_property(objects GLOBAL PROPERTY linnet_kernel_objects)
get_property(ktests GLOBAL PROPERTY linnet_ktest_objects)
set(script ${CMAKE_SOURCE_DIR}/kernel/arch/x86_64/linnet.ld)

# What host programs use of libs/: reading images, their functions, names, lines and types, unwinding, and
# initramfs archives.
set(libs ${CMAKE_SOURCE_DIR}/libs)
add_library(linnet-source-lines STATIC
    ${libs}/base/bug.cpp ${libs}/base/format.cpp ${libs}/base/memory.cpp ${libs}/base/vector.cpp
    ${libs}/hosttest/bug_host.cpp ${libs}/hosttest/survive_host.cpp
    ${libs}/cpio/parser.cpp ${libs}/cpio/unpack.cpp
    ${libs}/gzip/crc32.cpp ${libs}/gzip/gzip.cpp ${libs}/gzip/huffman.cpp ${libs}/gzip/inflate.cpp
    ${libs}/demangle/demangle.cpp ${libs}/demangle/expressions.cpp ${libs}/demangle/names.cpp
    ${libs}/demangle/print_declarators.cpp ${libs}/demangle/print_expressions.cpp ${libs}/demangle/print_names.cpp
    ${libs}/demangle/print_packs.cpp ${libs}/demangle/print_symbols.cpp ${libs}/demangle/print_types.cpp
    ${libs}/demangle/shorten.cpp ${libs}/demangle/substitutions.cpp ${libs}/demangle/symbols.cpp
    ${libs}/demangle/tables.cpp ${libs}/demangle/types.cpp
    ${libs}/dwarf/cfi.cpp ${libs}/dwarf/expression.cpp ${libs}/dwarf/forms.cpp
    ${libs}/dwarf/frame_program.cpp ${libs}/dwarf/lines.cpp ${libs}/dwarf/ranges.cpp
    ${libs}/dwarf/reader.cpp ${libs}/dwarf/units.cpp
    ${libs}/symbols/elf_file.cpp ${libs}/symbols/huffman.cpp ${libs}/symbols/image.cpp ${libs}/symbols/listing.cpp
    ${libs}/symbols/pack.cpp ${libs}/symbols/pack_lines.cpp ${libs}/symbols/shorten.cpp
    ${libs}/symbols/source_map.cpp ${libs}/symbols/stacks.cpp ${libs}/symbols/types.cpp
    ${libs}/unwind/line_table.cpp ${libs}/unwind/remote.cpp ${libs}/unwind/step.cpp
    ${libs}/unwind/symbol_table.cpp)
target_compile_features(linnet-source-lines PUBLIC cxx_std_23)
target_compile_options(linnet-source-lines PRIVATE ${linnet_warnings} -O2 -g)
target_include_directories(linnet-source-lines PUBLIC ${CMAKE_SOURCE_DIR})

# Packs the names and lines of a linked image.
add_executable(symbols ${CMAKE_SOURCE_DIR}/tools/symbols/main.cpp)
target_compile_options(symbols PRIVATE ${linnet_warnings} -O2)
target_link_libraries(symbols PRIVATE linnet-source-lines)

# Lists the words of an image that hold its own addresses, for the test at a second address.
add_executable(relocations EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tools/relocations/main.cpp)
target_compile_options(relocations PRIVATE ${linnet_warnings} -O2)

function(linnet_link_kernel image)
    add_executable(${image} ${ARGN})
    target_link_options(${image} PRIVATE
        -nostdlib -static -no-pie -Wl,-T,${script} -Wl,--build-id=none -Wl,-z,max-page-size=4096
        -Wl,-z,noexecstack -Wl,--gc-sections -Wl,--eh-frame-hdr -Wl,--emit-relocs
        -Wl,--no-warn-rwx-segments ${linnet_kernel_sanitize_link_flags})
    set_target_properties(${image} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR} LINK_DEPENDS ${script})
endfunction()

# Links twice: the first image tells the functions' names and the lines of the text, which the second
# carries in sections behind it, so that no function moves.
function(linnet_kernel_image image)
    if(NOT EXISTS ${script})
        return()
    endif()
    set(inputs "")
    foreach(object IN LISTS ARGN)
        if(object STREQUAL "kernel.runtime" AND (image MATCHES "halting" OR NOT LINNET_UNWIND))
            # The same objects, but for what unwinds.
            list(APPEND inputs $<FILTER:$<TARGET_OBJECTS:${object}>,EXCLUDE,kernel/runtime/raise\\.cpp>
                $<TARGET_OBJECTS:kernel.halting>)
        else()
            list(APPEND inputs $<TARGET_OBJECTS:${object}>)
        endif()
    endforeach()
    linnet_link_kernel(${image}.unnamed ${inputs})
    set(names ${CMAKE_BINARY_DIR}/${image}.symbols.S)
    set(listing ${CMAKE_BINARY_DIR}/${image}.listing)
    add_custom_command(OUTPUT ${names} BYPRODUCTS ${listing}
        COMMAND ${CMAKE_OBJDUMP} -d -j .text --no-show-raw-insn $<TARGET_FILE:${image}.unnamed> > ${listing}
        COMMAND symbols $<TARGET_FILE:${image}.unnamed> ${listing} ${names}
        DEPENDS symbols ${image}.unnamed VERBATIM)
    linnet_link_kernel(${image} ${inputs} ${names})

    # The same kernel, moved up at boot: the table of its own addresses lies behind everything else,
    # so that adding it moves nothing.
    set(table ${CMAKE_BINARY_DIR}/${image}.relocations.S)
    add_custom_command(OUTPUT ${table}
        COMMAND relocations $<TARGET_FILE:${image}> ${table}
        DEPENDS relocations ${image} VERBATIM)
    linnet_link_kernel(${image}.moved ${inputs} ${names} ${table})
    target_link_options(${image}.moved PRIVATE -Wl,--defsym=boot_slide_value=0x4e00000)
    set_target_properties(${image}.moved PROPERTIES EXCLUDE_FROM_ALL TRUE)
endfunction()

# What a kernel has in place of its unwinder when LINNET_UNWIND is off.
add_library(kernel.halting OBJECT EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/kernel/runtime/halting/raise.cpp)
target_compile_options(kernel.halting PRIVATE ${linnet_kernel_flags} ${linnet_kernel_sanitize_flags}
    -I${CMAKE_BINARY_DIR}/rooms/runtime -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)

linnet_kernel_image(linnet.elf ${objects})
if(ktests)
    linnet_kernel_image(linnet-ktest.elf ${objects} ${ktests})
    # Both without the unwinder, whatever LINNET_UNWIND says, for tests and to compare.
    linnet_kernel_image(linnet-halting.elf ${objects})
    linnet_kernel_image(linnet-ktest-halting.elf ${objects} ${ktests})
    foreach(image IN ITEMS linnet-halting.elf linnet-ktest-halting.elf)
        set_target_properties(${image} ${image}.unnamed PROPERTIES EXCLUDE_FROM_ALL TRUE)
    endforeach()
    # Tests let memory run out, and look on while the two phases ask about frames.
    foreach(image IN ITEMS linnet-ktest.elf.unnamed linnet-ktest.elf linnet-ktest.elf.moved
            linnet-ktest-halting.elf.unnamed linnet-ktest-halting.elf linnet-ktest-halting.elf.moved)
        target_link_options(${image} PRIVATE
            -Wl,--wrap=_ZN6upcall14allocate_bytesEmm -Wl,--wrap=__gxx_personality_v0)
    endforeach()
    # Their variables have guards, which nothing in the kernel has, and noexcept means what the language says.
    set(as_the_language_says "-fthreadsafe-statics;$<$<CXX_COMPILER_ID:GNU>:-fenforce-eh-specs>")
    set_source_files_properties(${CMAKE_SOURCE_DIR}/kernel/task/exception_cases_ktest.cpp
        ${CMAKE_SOURCE_DIR}/kernel/task/exception_ends_ktest.cpp
        PROPERTIES COMPILE_OPTIONS "${as_the_language_says}")
endif()
