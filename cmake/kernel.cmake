# Links the rooms into build/linnet.elf.

get_property(objects GLOBAL PROPERTY linnet_kernel_objects)
get_property(ktests GLOBAL PROPERTY linnet_ktest_objects)
set(script ${CMAKE_SOURCE_DIR}/kernel/arch/x86_64/linnet.ld)

function(linnet_kernel_image image)
    if(NOT EXISTS ${script})
        return()
    endif()
    set(inputs "")
    foreach(object IN LISTS ARGN)
        list(APPEND inputs $<TARGET_OBJECTS:${object}>)
    endforeach()
    add_executable(${image} ${inputs})
    target_link_options(${image} PRIVATE
        -nostdlib -static -no-pie -Wl,-T,${script} -Wl,--build-id=none -Wl,-z,max-page-size=4096
        -Wl,-z,noexecstack -Wl,--gc-sections -Wl,--eh-frame-hdr -Wl,--emit-relocs
        -Wl,--no-warn-rwx-segments)
    set_target_properties(${image} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR} LINK_DEPENDS ${script})
endfunction()

linnet_kernel_image(linnet.elf ${objects})
if(ktests)
    linnet_kernel_image(linnet-ktest.elf ${objects} ${ktests})
endif()
