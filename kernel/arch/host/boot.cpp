// Physical memory of the host machine: an arena mapped from an anonymous file, and its boot map.
#include "kernel/arch/api/boot.hpp"

#include "kernel/arch/host/physical.hpp"
#include "libs/base/bug.hpp"

#include <cstdlib>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

namespace host {

Arena const& arena() {
    static Arena const the_arena = [] {
        int const file = memfd_create("linnet-physical-memory", MFD_CLOEXEC);
        if (file < 0 || ftruncate(file, static_cast<off_t>(arena_size)) != 0)
            std::abort();
        void* const start = mmap(nullptr, arena_size, PROT_READ | PROT_WRITE,
                                 is_on_one_thread() ? MAP_PRIVATE : MAP_SHARED, file, 0);
        if (start == MAP_FAILED)
            std::abort();
        return Arena{.start = static_cast<std::byte*>(start), .file = file};
    }();
    return the_arena;
}

namespace {

struct Boot {
    // A hole and an odd start, so that nobody relies on one block that begins at zero.
    std::vector<arch::MemoryRange> ranges{
        {PhysAddr(0), PhysAddr(64_KiB), arch::MemoryRange::Kind::reserved},
        {PhysAddr(64_KiB), PhysAddr(636_KiB), arch::MemoryRange::Kind::usable},
        {PhysAddr(1_MiB), PhysAddr(3_MiB), arch::MemoryRange::Kind::kernel},
        {PhysAddr(3_MiB), PhysAddr(arena_size - 28_KiB), arch::MemoryRange::Kind::usable},
    };
    arch::BootInfo info{.memory = {ranges.data(), ranges.size()},
                        .command_line = "",
                        .initrd_start = PhysAddr(0),
                        .initrd_end = PhysAddr(0),
                        .loader = "host"};
};

Boot& boot() {
    static Boot the_boot;
    return the_boot;
}

} // namespace

void set_memory(Slice<arch::MemoryRange const> ranges) {
    boot().ranges.assign(ranges.begin(), ranges.end());
    boot().info.memory = {boot().ranges.data(), boot().ranges.size()};
}

} // namespace host

namespace arch {

BootInfo const& boot_info() {
    return host::boot().info;
}

void initialise_platform() {}

VirtAddr direct_map(PhysAddr at) {
    ensure(at.value() < host::arena_size, "not in the direct map");
    return address_of(host::arena().start) + at.value();
}

PhysAddr direct_unmap(VirtAddr at) {
    u64 const offset = at - address_of(host::arena().start);
    ensure(offset < host::arena_size, "not in the direct map");
    return PhysAddr(offset);
}

} // namespace arch
