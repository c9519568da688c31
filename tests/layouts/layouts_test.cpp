// The numbers in the drawings of docs/manual/memory-layouts.md are those of the headers.
#include "kernel/arch/api/user_registers.hpp"
#include "kernel/arch/x86_64/cpu_data.hpp"
#include "kernel/arch/x86_64/layout.hpp"
#include "kernel/arch/x86_64/page_entries.hpp"
#include "kernel/arch/x86_64/shadow.hpp"
#include "kernel/arch/x86_64/signal_layout.hpp"
#include "kernel/mem/contents.hpp"
#include "kernel/mem/kernel_areas.hpp"
#include "kernel/mem/kernel_stack.hpp"
#include "kernel/mem/slab.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

/// The lines below a heading, up to the next one.
std::vector<std::string> section(std::string const& heading) {
    std::ifstream page(LINNET_SOURCE "/docs/manual/memory-layouts.md");
    std::vector<std::string> lines;
    bool inside = false;
    for (std::string line; std::getline(page, line);) {
        if (line.starts_with("## "))
            inside = line == "## " + heading;
        else if (inside)
            lines.push_back(line);
    }
    EXPECT_FALSE(lines.empty()) << "no section " << heading;
    return lines;
}

/// One line holds all these words, in this order.
void expect_line(std::string const& heading, std::vector<std::string> const& words) {
    auto const lines = section(heading);
    bool const found = std::ranges::any_of(lines, [&](std::string const& line) {
        std::size_t at = 0;
        for (auto const& word : words) {
            at = line.find(word, at);
            if (at == std::string::npos)
                return false;
            at += word.size();
        }
        return true;
    });
    EXPECT_TRUE(found) << heading << ": no line with "
                       << fmt::format("\"{}\"", fmt::join(words, "\" and \""));
}

std::string grouped(u64 address) {
    return fmt::format("{:04x}'{:04x}'{:04x}'{:04x}", address >> 48, address >> 32 & 0xffff,
                       address >> 16 & 0xffff, address & 0xffff);
}

std::string grouped(VirtAddr address) {
    return grouped(address.value());
}

TEST(Drawings, VirtualAddresses) {
    using namespace arch;
    std::string const heading = "Virtual addresses";
    u64 const slot = cpu_slot::pages * page_size;
    u64 const area = layout::kernel_area_last - layout::kernel_area_first;
    expect_line(heading, {grouped(layout::kernel_offset), "physical address"});
    expect_line(heading, {fmt::format("per-CPU slots, {} of {} KiB", max_cpus, slot / 1_KiB)});
    for (auto const at : {layout::kernel_area_first, layout::device_area, layout::cpu_area,
                          layout::cpu_area + max_cpus * slot, layout::direct_map_start,
                          layout::direct_map_start + layout::direct_map_limit,
                          (layout::kernel_area_first + area / 2).page_up()})
        expect_line(heading, {grouped(at) + " +---"});
    EXPECT_EQ(layout::device_area, layout::kernel_area_last);
    expect_line(heading, {grouped(user_end.value()) + " +---"});
    expect_line(heading, {fmt::format("{} slots of {} KiB", shadow::stack_slots,
                                      shadow::stack_slot / 1_KiB)});
    EXPECT_EQ(shadow::stack_slot, mem::stack_slot_size);
}

TEST(Drawings, Shadow) {
    using namespace arch;
    std::string const heading = "Virtual addresses";
    expect_line(heading, {"address / 8 + `" + grouped(shadow::offset)});
    for (auto const at :
         {layout::kernel_offset, layout::kernel_area_first, layout::direct_map_start})
        expect_line(heading, {grouped(at), "-->", grouped(shadow::byte_for(at.value()))});
}

TEST(Drawings, KernelStack) {
    std::string const heading = "A kernel stack";
    u64 const bottom = mem::stack_slot_size - mem::KernelStack::size;
    expect_line(heading, {fmt::format("+{} KiB", mem::stack_slot_size / 1_KiB), "top"});
    expect_line(heading, {fmt::format("+{} KiB", bottom / 1_KiB), "bottom"});
    expect_line(heading, {fmt::format("+{} KiB", (bottom - mem::stack_reserve_size) / 1_KiB)});
    expect_line(heading, {"reserve", fmt::format("{} KiB", mem::stack_reserve_size / 1_KiB)});
    expect_line(heading, {"UserRegisters", fmt::format("{} bytes", sizeof(arch::UserRegisters))});
}

TEST(Drawings, CpuSlot) {
    using namespace arch;
    std::string const heading = "A CPU's slot";
    expect_line(heading, {fmt::format("{} pages; GS", cpu_slot::pages)});
    for (auto const& stack : cpu_slot::stacks) {
        expect_line(heading,
                    {fmt::format("{} stack", stack.name), fmt::format("{} pages", stack.count)});
        expect_line(heading, {fmt::format("page {}", stack.first), "+---"});
    }
    expect_line(heading, {fmt::format("page {}", cpu_slot::boot.first + cpu_slot::boot.count)});
    expect_line(heading,
                {fmt::format("{} self", CPU_SELF), fmt::format("{} kernel stack", CPU_KERNEL_STACK),
                 fmt::format("{} user stack", CPU_USER_STACK), fmt::format("{} thread", CPU_THREAD),
                 fmt::format("{} context", CPU_CONTEXT)});
    expect_line(heading,
                {fmt::format("{} preemption", CPU_PREEMPTION),
                 fmt::format("{} reschedule", CPU_RESCHEDULE), fmt::format("{} index", CPU_INDEX),
                 fmt::format("{} interrupt", CPU_INTERRUPTS)});
}

TEST(Drawings, UserRegisters) {
    using arch::UserRegisters;
    std::string const heading = "What an entry saves";
    expect_line(heading, {fmt::format("{} +---", sizeof(UserRegisters))});
#define EXPECT_REGISTER(name)                                                                      \
    expect_line(heading, {fmt::format(" {} | " #name " ", offsetof(UserRegisters, name))})
    EXPECT_REGISTER(ss);
    EXPECT_REGISTER(rsp);
    EXPECT_REGISTER(rflags);
    EXPECT_REGISTER(cs);
    EXPECT_REGISTER(rip);
    EXPECT_REGISTER(orig_rax);
    EXPECT_REGISTER(rdi);
    EXPECT_REGISTER(rsi);
    EXPECT_REGISTER(rdx);
    EXPECT_REGISTER(rcx);
    EXPECT_REGISTER(rax);
    EXPECT_REGISTER(r8);
    EXPECT_REGISTER(r9);
    EXPECT_REGISTER(r10);
    EXPECT_REGISTER(r11);
    EXPECT_REGISTER(rbx);
    EXPECT_REGISTER(rbp);
    EXPECT_REGISTER(r12);
    EXPECT_REGISTER(r13);
    EXPECT_REGISTER(r14);
    EXPECT_REGISTER(r15);
#undef EXPECT_REGISTER
}

TEST(Drawings, Program) {
    std::string const heading = "A program's address space";
    expect_line(heading, {grouped(arch::user_end.value()), "user_end"});
    expect_line(heading, {fmt::format("{} MiB that stay free", mem::stack_guard / 1_MiB)});
    expect_line(heading, {fmt::format("below {} KiB", mem::lowest_map.value() / 1_KiB)});
}

TEST(Drawings, SignalFrame) {
    using namespace arch;
    using Layout = SignalFrameLayout;
    std::string const heading = "A signal frame";
    u64 const context = offsetof(Layout, context);
    expect_line(heading, {fmt::format("{} ", sizeof(Layout)), "+---"});
    expect_line(heading, {"siginfo", fmt::format("{} bytes", sizeof(Layout::info))});
    for (u64 const at : {offsetof(Layout, info), context + offsetof(UserContext, mask),
                         context + offsetof(UserContext, registers), context})
        expect_line(heading, {fmt::format("    {} ", at), "+---"});
    expect_line(heading, {fmt::format("{} bytes", sizeof(SignalContext))});
    expect_line(heading, {fmt::format("at {} of its first {}", extended_state_at, fxsave_size)});
}

TEST(Drawings, Frames) {
    using namespace mem;
    std::string const heading = "Frames and their descriptors";
    expect_line(heading, {fmt::format("{} bytes for each frame", sizeof(Page)),
                          fmt::format("({} frames)", section_pages)});
    expect_line(heading, {fmt::format("first {} pages", descriptor_pages)});
    expect_line(
        heading,
        {fmt::format("{} ", offsetof(Page, shares)), fmt::format("{} ", offsetof(Page, state)),
         fmt::format("{} ", offsetof(Page, order)), fmt::format("{} ", offsetof(Page, use)),
         fmt::format("{} ", offsetof(Page, next)), fmt::format("{} ", offsetof(Page, previous)),
         fmt::format("{} ", offsetof(Page, free_objects)),
         fmt::format("{} ", offsetof(Page, account))});
    expect_line(heading, {fmt::format("directory, {} entries", directory_entries),
                          fmt::format("{} sections", leaf_entries)});
    expect_line(heading, {fmt::format("{} ready bits", chunks_per_section),
                          fmt::format("Page[{}]", section_pages)});
    expect_line(heading, {fmt::format("2^0 to 2^{}", max_order)});
}

TEST(Drawings, Slab) {
    using namespace mem;
    std::string const heading = "A slab";
    usize const index = class_for(192, 16);
    expect_line(heading, {fmt::format("one of {} classes, from {} to {} bytes", class_count,
                                      class_sizes[0], largest_class)});
    expect_line(heading, {fmt::format("class of {} bytes", class_sizes[index]),
                          fmt::format("{} page", 1u << slab_order(index))});
    expect_line(heading, {fmt::format(" {} ", slab_objects(index) * class_sizes[index]),
                          fmt::format(" {}", page_size)});
    expect_line(heading, {fmt::format("{}: next free object", offsetof(FreeObject, next)),
                          fmt::format("{}: its own address", offsetof(FreeObject, sign)),
                          fmt::format("{}: what", sizeof(FreeObject))});
}

TEST(Drawings, PageTableEntry) {
    using namespace arch;
    std::string const heading = "A page table entry";

    // Bits 8 to 0 of the drawing, from the left.
    struct {
        u64 bit;
        char const* name;
    } const bits[] = {{entry_hidden, "H"},        {entry_global, "G"},   {entry_large, "L"},
                      {entry_dirty, "D"},         {entry_accessed, "A"}, {entry_uncached, "U'"},
                      {entry_write_through, "T"}, {entry_user, "U"},     {entry_writable, "W"},
                      {entry_present, "P"}};

    std::vector<std::string> numbers{"63"};
    std::vector<std::string> names{"NX"};
    for (auto const& [bit, name] : bits) {
        numbers.push_back(fmt::format(" {}", std::countr_zero(bit)));
        names.push_back(fmt::format("| {}", name));
    }
    expect_line(heading, numbers);
    expect_line(heading, names);
    EXPECT_EQ(entry_no_execute, u64{1} << 63);
    EXPECT_EQ(entry_frame, (u64{1} << 52) - page_size);
    expect_line(heading, {fmt::format("levels of {} entries", entries_per_table)});
}

} // namespace
