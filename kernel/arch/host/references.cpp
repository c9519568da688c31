// Where the kernel can keep references to its objects, when the whole machine is one host thread.
#include "kernel/arch/api/references.hpp"

#include "kernel/arch/host/body.hpp"
#include "kernel/arch/host/machine.hpp"
#include "kernel/arch/host/physical.hpp"

#include <cstdio>

#include <pthread.h>

// Of the linker: the program in memory.
extern "C" std::byte const __executable_start[];
extern "C" std::byte const edata[];

namespace host {
namespace {

struct Range {
    VirtAddr start;
    VirtAddr end;

    bool contains(VirtAddr at) const { return at >= start && at < end; }
};

/// The stack that the process started with.
Range first_stack() {
    static Range const found = [] {
        pthread_attr_t attributes;
        void* start = nullptr;
        size_t size = 0;
        pthread_getattr_np(pthread_self(), &attributes);
        pthread_attr_getstack(&attributes, &start, &size);
        pthread_attr_destroy(&attributes);
        return Range{address_of(start), address_of(start) + size};
    }();
    return found;
}

Range range_of(void* stack) {
    return {address_of(stack), address_of(stack) + stack_size};
}

/// Physical memory, of which the heap tells itself, and stacks, of which only the upper part
/// counts.
bool is_told_elsewhere(VirtAddr at) {
    VirtAddr const arena = address_of(host::arena().start);
    if (Range{arena, arena + arena_size}.contains(at) || first_stack().contains(at))
        return true;
    for (void* const stack : all_stacks())
        if (range_of(stack).contains(at))
            return true;
    return false;
}

} // namespace
} // namespace host

namespace arch {

bool knows_references() {
    return host::is_on_one_thread();
}

bool is_constant(VirtAddr at) {
    return at >= address_of(__executable_start) && at < address_of(edata);
}

/// All that this process may write.
void for_each_static(FunctionRef<void(ConstBytes memory)> show) {
    host::MachineWork const work;
    std::FILE* const maps = std::fopen("/proc/self/maps", "re");
    ensure(maps != nullptr, "the host has no /proc");
    char line[512];
    while (std::fgets(line, sizeof line, maps) != nullptr) {
        unsigned long start = 0;
        unsigned long end = 0;
        char rights[5] = {};
        if (std::sscanf(line, "%lx-%lx %4s", &start, &end, rights) != 3 ||
            std::string_view(rights) != "rw-p")
            continue;
        // Neighbours are often one mapping.
        for (VirtAddr at(start); at < VirtAddr(end); at = at + page_size)
            if (!host::is_told_elsewhere(at))
                show({pointer_to<std::byte const>(at), page_size});
    }
    std::fclose(maps);
}

VirtAddr stack_pointer_of(Context const& context) {
    auto const* const body = static_cast<host::Body const*>(context.host);
    return body != nullptr ? body->stack_pointer() : VirtAddr();
}

ConstBytes boot_stack_above(VirtAddr stack_pointer) {
    auto range = host::first_stack();
    for (void* const stack : host::all_stacks())
        if (host::range_of(stack).contains(stack_pointer))
            range = host::range_of(stack);
    if (!range.contains(stack_pointer))
        return {};
    return {pointer_to<std::byte const>(stack_pointer), range.end - stack_pointer};
}

} // namespace arch
