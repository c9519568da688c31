// Page tables, user copies and the kernel's own mappings on the real machine.
#include "kernel/arch/api/boot.hpp"
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/api/user_copy.hpp"
#include "kernel/arch/x86_64/layout.hpp"
#include "kernel/arch/x86_64/page_entries.hpp"
#include "kernel/ktest/ktest.hpp"
#include "libs/base/vector.hpp"

#include <cstring>

namespace {

using namespace arch;

constexpr UserAddr page{0x40'0000};

/// A user address space that this CPU uses, with preemption off so that nobody switches away.
struct Space {
    Space() : table(make()) {
        disable_preemption();
        table.activate();
    }

    ~Space() {
        PageTable::activate_kernel();
        enable_preemption();
    }

    static PageTable make() {
        auto result = PageTable::create();
        KCHECK(result.has_value());
        return std::move(*result);
    }

    PhysAddr enter(UserAddr at, AccessFlags access) {
        auto const frame = upcall::allocate_table_frame();
        KCHECK(frame.has_value() && table.enter(at, *frame, access).has_value());
        return *frame;
    }

    void remove(UserAddr at) {
        TlbBatch batch(table);
        auto const old = table.remove(at, batch);
        batch.flush();
        if (old)
            upcall::free_table_frame(old->frame);
    }

    PageTable table;
};

constexpr AccessFlags read_write = Access::read | Access::write;

} // namespace

KTEST(user_copies_reach_entered_pages_and_stop_at_absent_ones) {
    Space space;
    space.enter(page, read_write);
    char const text[] = "hello, user half";
    FaultsOff const no_sleeping;
    KCHECK(copy_to_user(page + 8, std::as_bytes(std::span(text))) == sizeof text);
    char back[sizeof text] = {};
    KCHECK(copy_from_user(std::as_writable_bytes(std::span(back)), page + 8) == sizeof text);
    KCHECK(std::memcmp(text, back, sizeof text) == 0);

    std::byte block[100] = {};
    for (usize room = 0; room < 20; ++room)
        KCHECK(copy_to_user(page + (page_size - room), block) == room);
    KCHECK(zero_user(page + (page_size - 3), 10) == 3);
    KCHECK(copy_from_user(block, UserAddr(0)) == 0);
    KCHECK(copy_from_user(block, user_end) == 0);
    KCHECK(copy_from_user(block, UserAddr(0xffff'8000'0000'0000)) == 0);
    KCHECK(copy_from_user(block, UserAddr(0x8000'0000'0000'0000)) == 0);
    space.remove(page);
    KCHECK(copy_from_user(block, page) == 0);
}

KTEST(strings_and_words_of_user_memory) {
    Space space;
    space.enter(page, read_write);
    FaultsOff const no_sleeping;
    auto const at_end = page + (page_size - 4);
    KCHECK(copy_to_user(at_end, bytes_of("abc\0")) == 3);
    char text[64];
    auto const length = copy_string_from_user(text, at_end);
    KCHECK(length && *length == 3 && std::memcmp(text, "abc", 4) == 0);
    KCHECK(copy_to_user(at_end, bytes_of("abcd")) == 4);
    KCHECK(!copy_string_from_user(text, at_end));
    KCHECK(copy_string_from_user(std::span(text, 3), at_end).error() == Errno::enametoolong);

    KCHECK(zero_user(page, 8) == 8);
    KCHECK(*compare_exchange_user(page, 0, 7) == 0);
    KCHECK(*compare_exchange_user(page, 0, 8) == 7);
    KCHECK(*load_user(page) == 7);
    KCHECK(load_user(page + 2).error() == Errno::efault);
    KCHECK(load_user(page + page_size).error() == Errno::eagain);
    space.remove(page);
}

KTEST(the_hardware_enforces_access_and_records_use) {
    Space space;
    space.enter(page, Access::read);
    FaultsOff const no_sleeping;
    std::byte block[8] = {};
    KCHECK(!space.table.lookup(page)->touched);
    KCHECK(copy_from_user(block, page) == sizeof block);
    KCHECK(space.table.lookup(page)->touched && !space.table.lookup(page)->dirty);
    KCHECK(copy_to_user(page, block) == 0);
    {
        TlbBatch batch(space.table);
        space.table.protect(page, read_write, batch);
    }
    KCHECK(copy_to_user(page, block) == sizeof block);
    KCHECK(space.table.lookup(page)->dirty);
    {
        TlbBatch batch(space.table);
        space.table.protect(page, {}, batch);
    }
    KCHECK(space.table.lookup(page)->access.none() && space.table.lookup(page)->dirty);
    KCHECK(copy_from_user(block, page) == 0);
    space.remove(page);
    KCHECK(!space.table.lookup(page));
}

KTEST(for_each_visits_present_pages_in_order) {
    Space space;
    UserAddr const places[] = {UserAddr(0x1000), UserAddr(0x20'0000), UserAddr(0x1'4000'0000),
                               UserAddr(0x7fff'ffff'e000)};
    for (auto const at : places)
        space.enter(at, read_write);
    Vector<UserAddr> seen;
    space.table.for_each(UserAddr(0), user_end,
                         [&](UserAddr at, PageTable::Entry const&) { seen.push_back(at); });
    KCHECK(seen.size() == 4);
    for (usize i = 0; i < 4; ++i)
        KCHECK(seen[i] == places[i]);
    for (auto const at : places)
        space.remove(at);
}

KTEST(pages_far_apart_keep_their_own_entries) {
    // Each in another last-level table, by turns: the first and the last there are, too.
    constexpr UserAddr places[] = {UserAddr(0), UserAddr(page_size), UserAddr(2_MiB),
                                   UserAddr(1_GiB + 2_MiB), user_end - page_size};
    Space space;
    Vector<PhysAddr> frames;
    for (UserAddr const at : places) {
        KCHECK(!space.table.lookup(at).has_value());
        frames.push_back(space.enter(at, read_write));
    }
    PageTable moved = std::move(space.table);
    space.table = Space::make(); // in use no more, and empty
    for (usize i = 0; i < std::size(places); ++i) {
        auto const entry = moved.lookup(places[i]);
        KCHECK(entry.has_value() && entry->frame == frames[i] && entry->access == read_write);
        KCHECK(!space.table.lookup(places[i]).has_value());
    }
    space.table = std::move(moved);
    space.table.activate();
    for (UserAddr const at : places) {
        space.remove(at);
        KCHECK(!space.table.lookup(at).has_value());
    }
}

KTEST(kernel_pages_appear_and_vanish_on_every_cpu) {
    VirtAddr const at = kernel_area_end() - 4 * page_size;
    auto const frame = upcall::allocate_table_frame();
    KCHECK(frame.has_value());
    KCHECK(map_kernel_page(at, *frame, read_write, Caching::write_back).has_value());
    *pointer_to<u64 volatile>(at) = 42;
    KCHECK(*pointer_to<u64 volatile>(direct_map(*frame)) == 42);
    KCHECK(kernel_translate(at + 5) == *frame + 5);
    KCHECK(unmap_kernel_page(at) == *frame);
    KCHECK(!kernel_translate(at));
    bool caught = false;
    try {
        ktest::call_unseen(+[](VirtAddr gone) { *pointer_to<u64 volatile>(gone) = 1; }, at);
    } catch (KernelBug const&) {
        caught = true;
    }
    KCHECK(caught);
    for (int round = 0; round < 200; ++round) {
        KCHECK(map_kernel_page(at, *frame, read_write, Caching::write_back).has_value());
        KCHECK(unmap_kernel_page(at) == *frame);
    }
    upcall::free_table_frame(*frame);
}

KTEST(nothing_is_writable_and_executable) {
    // Walks the kernel half as the hardware does: rights add up along the way.
    auto const check = [](auto const& self, u64 table, int level, bool writable,
                          bool executable) -> void {
        for (usize i = level == 4 ? 256 : 0; i < entries_per_table; ++i) {
            u64 const entry = table_at(table)[i].load();
            if ((entry & entry_present) == 0)
                continue;
            bool const w = writable && (entry & entry_writable) != 0;
            bool const x = executable && (entry & entry_no_execute) == 0;
            bool const leaf = level == 1 || (entry & entry_large) != 0;
            KCHECK((entry & entry_user) == 0);
            if (leaf)
                KCHECK(!(w && x));
            else
                self(self, entry & entry_frame, level - 1, w, x);
        }
    };
    check(check, kernel_root(), 4, true, true);
    KCHECK(table_at(kernel_root())[0].load() == 0); // the boot page is gone
}

KTEST(the_direct_map_reaches_all_usable_memory) {
    for (auto const& range : boot_info().memory) {
        if (range.kind != MemoryRange::Kind::usable)
            continue;
        KCHECK(kernel_translate(direct_map(range.start)) == range.start);
        KCHECK(kernel_translate(direct_map(range.end - 1)) == range.end - 1);
    }
}
