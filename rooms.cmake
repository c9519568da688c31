# The architecture: every room and what it may use, bottom to top.

room(abi AT abi)
room(base AT libs/base USES abi)

# Formats, protocols and policies: pure logic that knows no kernel.
room(gzip AT libs/gzip USES base COLD)
room(cpio AT libs/cpio USES base gzip COLD)
room(platform AT libs/platform USES base
    EXPORTS acpi.hpp mp_table.hpp interrupt_topology.hpp physical_memory.hpp COLD)
room(loader AT libs/loader USES platform EXPORTS loader.hpp COLD)
room(path AT libs/path USES base)
room(tty AT libs/tty USES base)
room(font AT libs/font USES base EXPORTS font.hpp COLD)
room(screen AT libs/screen USES base COLD)
room(keyboard AT libs/keyboard USES base COLD)
room(elf AT libs/elf USES base COLD)
room(dwarf AT libs/dwarf USES base COLD)
room(unwind AT libs/unwind USES base dwarf COLD)
room(parity AT libs/parity USES base COLD)
room(demangle AT libs/demangle USES base EXPORTS demangle.hpp COLD)
room(symbols AT libs/symbols USES unwind demangle HOST_ONLY)
room(cmdline AT libs/cmdline USES base COLD)
room(prng AT libs/random USES base)
room(virtqueue AT libs/virtqueue USES base EXPORTS split_queue.hpp fake_device.hpp)
room(pci AT libs/pci USES base COLD)
room(json AT libs/json USES base COLD)
room(shell AT libs/shell USES base)
room(edit AT libs/edit USES base)
room(service AT libs/service USES base)
room(calendar AT libs/calendar USES base)
room(cron AT libs/cron USES calendar)
room(journal AT libs/journal USES calendar)
room(procstat AT libs/procstat USES base)
room(inspect AT libs/inspect USES elf unwind HOST_ONLY)

# The kernel. arch_api is the contract; one machine implements it in each build.
# arch_inline holds the parts of the contract that the real machine wants compiled into its callers.
room(arch_inline AT kernel/arch/inline USES base)
room(arch_api AT kernel/arch/api USES arch_inline)
room(ktest AT kernel/ktest USES base KERNEL_ONLY)
room(runtime AT kernel/runtime USES arch_api unwind parity ktest KERNEL_ONLY
    EXPORTS backtrace.hpp eh_state.hpp hooks.hpp text.hpp throw.hpp)
room(arch_host AT kernel/arch/host USES arch_api HOST_ONLY IMPLEMENTS arch_api)
room(log AT kernel/log USES arch_api runtime json THREADS)
room(report AT kernel/report USES log KERNEL_ONLY EXPORTS options.hpp COLD)
room(sync AT kernel/sync USES log THREADS)
room(mem AT kernel/mem USES sync THREADS
    COLD_FILES advice dump inspect kernel_areas remap)
room(task AT kernel/task USES mem THREADS STEPS
    EXPORTS containment.hpp orphans.hpp watchdog.hpp log_waiters.hpp scheduler.hpp thread.hpp scheduling.hpp fair_queue.hpp placement.hpp
    treap.hpp test_machine.hpp types.hpp)
room(random AT kernel/random USES sync prng)
room(vfs AT kernel/vfs USES task random path cpio
    COLD_FILES change creation credentials devices event_file file_locks file_system generated_file initialise initramfs
    kernel_names log_device memory_devices mount names rename)

room(terminal AT kernel/terminal USES vfs tty COLD)
room(device AT kernel/device USES task random cmdline pci virtqueue keyboard COLD)

# File systems: leaves that know the VFS and not each other. memfs is what the ones in memory share.
room(memfs AT kernel/fs/memory USES vfs)
room(tmpfs AT kernel/fs/tmpfs USES memfs)
room(devtmpfs AT kernel/fs/devtmpfs USES memfs COLD)
room(devpts AT kernel/fs/devpts USES terminal COLD)

# Drivers: leaves that never include each other.
room(virtio_console AT kernel/drivers/virtio_console USES device terminal EXPORTS driver.hpp)
room(virtio_rng AT kernel/drivers/virtio_rng USES device EXPORTS rng.hpp COLD)
room(serial AT kernel/drivers/serial USES device terminal EXPORTS serial.hpp COLD)
room(framebuffer AT kernel/drivers/framebuffer USES device terminal screen font EXPORTS driver.hpp COLD)
room(i8042 AT kernel/drivers/i8042 USES device EXPORTS i8042.hpp COLD)
room(provoke AT kernel/drivers/provoke USES vfs COLD)

# Programs: descriptors, credentials, signals, exec, futexes.
room(process AT kernel/process USES vfs elf terminal
    COLD_FILES core_dump core_name elf_image fault job_control killed_by_bug oom robust_futex script
    start_init start_stack system_name timers user_backtrace)
room(procfs AT kernel/fs/proc USES process terminal device COLD)

# System calls: thunks, the table, one file per family.
room(syscall AT kernel/syscall USES process
    COLD_FILES describe event mount prctl schedule syslog system timer trace transfer)

# On the host: a small whole system whose programs are played by tests and fuzzers.
room(host_system AT kernel/host_system USES syscall procfs devpts devtmpfs tmpfs arch_host
    HOST_ONLY)

# The x86-64 machine, and the order in which everything starts.
room(arch_x86_64 AT kernel/arch/x86_64 USES arch_api log loader cmdline EXPORTS layout.hpp shadow.hpp KERNEL_ONLY)
if(LINNET_KERNEL_SANITIZE)
    room(sanitizer AT kernel/sanitizer USES mem arch_x86_64 KERNEL_ONLY)
endif()
room(init AT kernel/init USES syscall procfs devpts devtmpfs tmpfs
    virtio_console virtio_rng serial framebuffer i8042 provoke report arch_x86_64 KERNEL_ONLY COLD)

# What host programs need in place of the kernel's log of bugs.
if(LINNET_HOST_TESTS OR LINNET_FUZZ)
    add_library(linnet_host_support STATIC
        ${CMAKE_SOURCE_DIR}/libs/hosttest/bug_host.cpp
        ${CMAKE_SOURCE_DIR}/libs/hosttest/sleeper_host.cpp
        ${CMAKE_SOURCE_DIR}/libs/hosttest/survive_host.cpp)
    target_compile_options(linnet_host_support PRIVATE ${linnet_host_flags} -I${CMAKE_SOURCE_DIR})
endif()
