// Page tables of the host machine: a map per table, and a record of translations not yet flushed.
#include "kernel/arch/api/page_table.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/host/machine.hpp"
#include "kernel/arch/host/physical.hpp"
#include "libs/base/bug.hpp"

#include <atomic>
#include <iterator>
#include <map>
#include <mutex>
#include <set>
#include <vector>

namespace host {
namespace {

constexpr u64 region_size = 2_MiB; ///< what one lowest table of x86-64 covers

struct Table {
    std::mutex lock;
    std::map<UserAddr, arch::PageTable::Entry> pages;
    std::set<u64>
        tables; ///< regions that have one: a frame, so that entering can run out of memory
    std::map<UserAddr, arch::PageTable::Entry> stale; ///< what a TLB may still hold
};

std::atomic<u64> flush_count{0};
std::atomic<u64> active[arch::max_cpus];

Table& table_of(u64 root) {
    ensure(root != 0, "moved-from page table");
    // Safe because a root is the address of a Table that its PageTable owns.
    return *reinterpret_cast<Table*>(root);
}

} // namespace

u64 tlb_flushes() {
    return flush_count;
}

usize stale_pages(u64 root) {
    Table& inside = table_of(root);
    std::scoped_lock const lock(inside.lock);
    return inside.stale.size();
}

u64 active_table() {
    return active[arch::cpu_index()];
}

std::optional<arch::PageTable::Entry> find_entry(u64 root, UserAddr page) {
    Table& inside = table_of(root);
    std::scoped_lock const lock(inside.lock);
    auto const found = inside.pages.find(page);
    if (found == inside.pages.end())
        return std::nullopt;
    return found->second;
}

std::optional<arch::PageTable::Entry> find_translation(u64 root, UserAddr page,
                                                       arch::Access wanted) {
    Table& inside = table_of(root);
    std::scoped_lock const lock(inside.lock);
    auto const stale = inside.stale.find(page);
    if (stale != inside.stale.end() && stale->second.access.has(wanted))
        return stale->second;
    auto const found = inside.pages.find(page);
    if (found == inside.pages.end() || !found->second.access.has(wanted))
        return std::nullopt;
    return found->second;
}

void mark_used(u64 root, UserAddr page, bool written) {
    Table& inside = table_of(root);
    std::scoped_lock const lock(inside.lock);
    auto const found = inside.pages.find(page);
    if (found == inside.pages.end())
        return;
    found->second.touched = true;
    found->second.dirty |= written;
}

} // namespace host

namespace arch {

Result<PageTable> PageTable::create() {
    PageTable made;
    TRY(upcall::allocate_table_frame(made.last_frame_));
    host::MachineWork const work;
    // Safe because table_of() undoes it.
    made.root_ = reinterpret_cast<u64>(new host::Table);
    return made;
}

PageTable::~PageTable() {
    if (root_ != 0) {
        for (auto& cpu : host::active) {
            u64 expected = root_;
            cpu.compare_exchange_strong(expected, 0);
        }
        delete &host::table_of(root_);
    }
    upcall::free_table_frames(last_frame_);
}

Result<void> PageTable::enter(UserAddr page, PhysAddr frame, AccessFlags access) {
    host::Table& inside = host::table_of(root_);
    ensure(page.is_page_aligned() && page < user_end, "not a user page");
    u64 const region = page.value() / host::region_size;
    std::unique_lock lock(inside.lock);
    ensure(!inside.pages.contains(page), "page is present already");
    if (!inside.tables.contains(region)) {
        lock.unlock(); // the allocator may call back
        TRY(upcall::allocate_table_frame(last_frame_));
        lock.lock();
        host::MachineWork const work;
        inside.tables.insert(region);
    }
    host::MachineWork const work;
    inside.pages.emplace(page,
                         Entry{.frame = frame, .access = access, .touched = false, .dirty = false});
    return {};
}

std::optional<PageTable::Entry> PageTable::lookup(UserAddr page) const {
    return host::find_entry(root_, page.page_down());
}

std::optional<PageTable::Entry> PageTable::remove(UserAddr page, TlbBatch& batch) {
    host::MachineWork const work;
    host::Table& inside = host::table_of(root_);
    std::scoped_lock const lock(inside.lock);
    auto const found = inside.pages.find(page);
    if (found == inside.pages.end())
        return std::nullopt;
    Entry const entry = found->second;
    inside.pages.erase(found);
    if (entry.touched)
        inside.stale.try_emplace(page, entry);
    batch.add(page);
    return entry;
}

void PageTable::protect(UserAddr page, AccessFlags access, TlbBatch& batch) {
    host::MachineWork const work;
    host::Table& inside = host::table_of(root_);
    std::scoped_lock const lock(inside.lock);
    auto const found = inside.pages.find(page);
    ensure(found != inside.pages.end(), "protect: page is not present");
    if (found->second.touched)
        inside.stale.try_emplace(page, found->second);
    found->second.access = access;
    batch.add(page);
}

void PageTable::replace(UserAddr page, PhysAddr frame, AccessFlags access, TlbBatch& batch) {
    host::MachineWork const work;
    host::Table& inside = host::table_of(root_);
    std::scoped_lock const lock(inside.lock);
    auto const found = inside.pages.find(page);
    ensure(found != inside.pages.end(), "replace: page is not present");
    if (found->second.touched)
        inside.stale.try_emplace(page, found->second);
    found->second = Entry{.frame = frame, .access = access, .touched = false, .dirty = false};
    batch.add(page);
}

void PageTable::for_each(UserAddr start, UserAddr end,
                         FunctionRef<void(UserAddr, Entry const&)> visit) const {
    host::Table& inside = host::table_of(root_);
    std::vector<std::pair<UserAddr, Entry>> found; // a copy, so that `visit` may change the table
    {
        host::MachineWork const work;
        std::scoped_lock const lock(inside.lock);
        auto const first = inside.pages.lower_bound(start);
        auto const last = inside.pages.lower_bound(end);
        found.assign(first, last);
    }
    for (auto const& [page, entry] : found)
        visit(page, entry);
}

void PageTable::activate() const {
    host::active[cpu_index()] = root_;
}

void PageTable::activate_kernel() {
    host::active[cpu_index()] = 0;
}

void TlbBatch::flush() noexcept {
    if (count_ == 0)
        return;
    ++host::flush_count;
    host::Table& inside = host::table_of(table_.root());
    std::scoped_lock const lock(inside.lock);
    if (count_ > limit)
        inside.stale.clear();
    else
        for (usize i = 0; i < count_; ++i)
            inside.stale.erase(pages_[i]);
    count_ = 0;
}

} // namespace arch
