// Areas: what one range of user addresses is, and the ordered map of them.
#pragma once

#include "kernel/arch/api/page_table.hpp"
#include "kernel/mem/page_source.hpp"
#include "libs/base/back_pointer.hpp"
#include "libs/base/box.hpp"
#include "libs/base/ref.hpp"

#include <boost/intrusive/set.hpp>

#include <optional>

namespace mem {

class AddressSpace;

enum class Sharing { private_copy, shared };
/// What a child of fork gets of an area: a copy, nothing, or memory of zeros.
enum class ForkRule : u8 { copy, leave_out, wipe };
enum class DumpRule : u8 { include, leave_out };

/// Owned by the AreaMap it is in. `start` and `end` are page-aligned, start < end.
struct Area
    : boost::intrusive::set_base_hook<boost::intrusive::optimize_size<true>,
                                      boost::intrusive::link_mode<boost::intrusive::normal_link>> {
    Area() = default;

    ~Area() {
        if (owned::again([this] { return bool(space); }))
            source->leave(*this);
    }

    UserAddr start;
    UserAddr end;
    arch::AccessFlags access;
    arch::AccessFlags most_access; ///< what mprotect may grant
    Sharing sharing = Sharing::private_copy;
    bool grows_down = false;
    ForkRule on_fork = ForkRule::copy;
    DumpRule on_dump = DumpRule::include;
    Ref<PageSource> source; ///< empty: private anonymous memory
    u64 source_page = 0;    ///< page of the source at `start`
    char const* label = "";

    // Links of the map: `next` alone says what is in it.
    Area* previous = nullptr;
    Area* next = nullptr;

    // Links of the source's list of mappings, under its lock.
    BackPointer<AddressSpace> space; ///< not empty: it may be in the list
    Area* previous_mapping = nullptr;
    Area* next_mapping = nullptr;

    u64 size() const { return end - start; }

    bool contains(UserAddr at) const { return at >= start && at < end; }

    u64 page_at(UserAddr at) const { return source_page + ((at - start) >> page_shift); }

    /// What a page table entry of this area may allow at most. x86 has no page that can be written
    /// or executed but not read, so all architectures are told so.
    arch::AccessFlags page_access() const {
        return access.none() ? access : access | arch::Access::read;
    }

    bool is_private_writable() const {
        return sharing == Sharing::private_copy && access.has(arch::Access::write);
    }

    /// One like this for [from, to), which may lie elsewhere, with the source's pages from
    /// `first_page` on. ENOMEM.
    Result<Box<Area>> like(UserAddr from, UserAddr to, u64 first_page) const;

    /// Whether `other` continues this area in all respects.
    bool continues_as(Area const& other) const;
};

/// Areas in order of address, none overlapping. Not locked. Nothing here touches page tables.
///
/// A list, whose `next` links say what there is, and a tree that finds places in it. A bug may
/// leave the tree and everything else but those links half changed; then rebuild().
class AreaMap {
public:
    explicit AreaMap(AddressSpace* space) : space_(space) {}

    AreaMap(AreaMap const&) = delete;
    AreaMap& operator=(AreaMap const&) = delete;

    ~AreaMap() { clear(); }

    /// The area that contains `at`, or nullptr.
    Area* find(UserAddr at);
    /// The first area that ends after `at`, or nullptr.
    Area* first_after(UserAddr at);

    static Area* next(Area const& area) { return area.next; }

    static Area* previous(Area const& area) { return area.previous; }

    Area* first() const { return first_; }

    bool any_in(UserAddr start, UserAddr end);
    /// Whether every address of [start, end) is in an area.
    bool covers(UserAddr start, UserAddr end);

    void insert(Box<Area> area);
    Box<Area> remove(Area& area);

    /// Makes `at` a border if it lies inside an area. ENOMEM changes nothing.
    Result<void> split(UserAddr at);
    /// Joins neighbours that continue each other, from the one before `start` to the one after
    /// `end`.
    void merge(UserAddr start, UserAddr end);
    /// Moves the start of a stack down.
    void grow_down(Area& area, UserAddr start);

    /// Where `size` bytes fit below `top` and above `bottom`: the highest such place. Keeps
    /// `guard` bytes free below areas that grow down.
    std::optional<UserAddr> find_gap(u64 size, UserAddr bottom, UserAddr top, u64 guard);

    usize count() const { return areas_.size(); }

    u64 mapped_bytes() const { return mapped_; }

    void clear() noexcept;
    /// Makes everything of the `next` links, after a bug.
    void rebuild();

private:
    struct ByStart {
        using type = UserAddr;

        UserAddr operator()(Area const& area) const { return area.start; }
    };

    using Set = boost::intrusive::set<Area, boost::intrusive::key_of_value<ByStart>>;

    Area*& link_to(Area const& area) {
        return area.previous != nullptr ? area.previous->next : first_;
    }

    Set areas_;
    Area* first_ = nullptr;
    Area* found_ = nullptr; ///< by the last search: faults come in runs
    BackPointer<AddressSpace> space_;
    u64 mapped_ = 0;
};

} // namespace mem
