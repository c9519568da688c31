// One program's memory: typed areas over a page table.
#pragma once

#include "kernel/arch/api/page_table.hpp"
#include "kernel/mem/area.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/mem/page_source.hpp"
#include "kernel/sync/locked.hpp"
#include "libs/base/back_pointer.hpp"
#include "libs/base/function_ref.hpp"
#include "libs/base/ref.hpp"
#include "libs/base/string.hpp"

namespace mem {

/// What mmap decided, checked and page-aligned.
struct MapRequest {
    UserAddr at{}; ///< hint, or the exact place
    u64 size = 0;  ///< in bytes, a multiple of the page size
    arch::AccessFlags access;
    arch::AccessFlags most_access =
        arch::Access::read | arch::Access::write | arch::Access::execute;
    Sharing sharing = Sharing::private_copy;
    Ref<PageSource> source; ///< empty: anonymous
    u64 source_page = 0;    ///< first page of the source
    enum class Place { anywhere, exact_replacing, exact_fresh } place = Place::anywhere;
    bool grows_down = false;
    bool populate = false;
    char const* label = ""; ///< "[heap]", "[stack]", ... for /proc/PID/maps; static text
};

/// What handle_fault() decided.
enum class Verdict {
    resolved,
    not_mapped,   ///< SIGSEGV, SEGV_MAPERR
    no_access,    ///< SIGSEGV, SEGV_ACCERR
    beyond_file,  ///< SIGBUS, BUS_ADRERR
    out_of_memory ///< the caller invokes the OOM killer
};

struct AreaDescription {
    UserAddr start, end;
    arch::AccessFlags access;
    Sharing sharing;
    u64 offset; ///< bytes into the source
    u64 device, inode;
    String name;
};

/// An area as a core dump sees it.
struct DumpRange {
    UserAddr start, end;
    arch::AccessFlags access;
    bool own;        ///< holds what no file has: private pages, or shared memory
    bool file_start; ///< begins with the first page of a file
};

struct MemoryUse {
    u64 mapped;   ///< bytes in areas
    u64 resident; ///< bytes present
    u64 peak_resident;
    u64 stack, data, text, shared;
};

/// Where a new program's parts go, drawn at random when the space was created.
struct Layout {
    UserAddr map_top;      ///< mmap fills downwards from here
    UserAddr stack_top;    ///< end of the main stack
    UserAddr program_base; ///< a position-independent program's lowest address
    u64 break_offset;      ///< from the page after the program to the start of its heap
};

class AddressSpace : public RefCounted {
public:
    /// Empty, with user ASLR bases drawn from `random`.
    static Result<Ref<AddressSpace>> create(u64 random);
    /// Copy-on-write copy for fork.
    Result<Ref<AddressSpace>> clone();
    ~AddressSpace() override;

    Layout layout();

    /// EINVAL, EEXIST, ENOMEM as mmap(2).
    Result<UserAddr> map(MapRequest request);
    Result<void> unmap(UserAddr start, u64 size);
    Result<void> protect(UserAddr start, u64 size, arch::AccessFlags access);
    enum class MoveRule { in_place, may_move, exact };
    Result<UserAddr> remap(UserAddr start, u64 old_size, u64 new_size, MoveRule rule, UserAddr to);
    /// MADV_DONTNEED: drops private pages; the next touch reads zeros or the source again.
    Result<void> discard(UserAddr start, u64 size);
    /// MADV_DONTFORK, MADV_WIPEONFORK and back. EINVAL to wipe what is not private and anonymous.
    Result<void> set_fork_rule(UserAddr start, u64 size, ForkRule rule);
    /// MADV_DONTDUMP and back.
    Result<void> set_dump_rule(UserAddr start, u64 size, DumpRule rule);
    /// MADV_REMOVE: punches a hole into the source. EINVAL where there is none, EACCES where it is
    /// not shared for writing.
    Result<void> punch_source(UserAddr start, u64 size);
    /// mincore(2): whether a touch of this page finds it in memory. ENOMEM when nothing is mapped.
    Result<bool> is_in_memory(UserAddr at);
    /// EINVAL unless [start, start+size) holds only private anonymous memory, ENOMEM with holes.
    Result<void> check_anonymous(UserAddr start, u64 size);
    /// brk(2): the new break, or the old when it cannot move.
    UserAddr set_break(UserAddr wanted);
    void set_break_start(UserAddr start);
    UserAddr break_start();
    /// Whether [start, start+size) is fully mapped; for mincore, msync, madvise.
    bool covered(UserAddr start, u64 size);

    /// Resolves a fault at `at`, growing the stack where that is allowed. May sleep.
    Verdict handle_fault(UserAddr at, arch::AccessFlags wanted);

    /// Physical identity of a user word, for futexes shared between processes: private anonymous
    /// pages are named by the address space, others by source and page.
    struct Identity {
        void const* object;
        u64 offset;
    };

    Result<Identity> identify(UserAddr at);

    void for_each_area(FunctionRef<void(AreaDescription const&)> visit);
    Vector<DumpRange> dump_ranges();
    /// A page for a core dump; empty where nobody has touched anonymous memory, so that it is all
    /// zeros, and where it cannot be read.
    Frame dump_page(UserAddr page);
    MemoryUse use();
    void set_limits(u64 address_bytes, u64 stack_bytes, u64 data_bytes);

    /// Copies through the page table of a space that need not be the current one (execve's stack,
    /// /proc/PID/mem, ptrace). Faults pages in. Returns bytes copied.
    usize copy_out(UserAddr to, ConstBytes from);
    usize copy_in(Bytes to, UserAddr from);

    /// Makes this CPU use it and remembers it as the one that user copies fault on.
    void activate();
    static AddressSpace* active();
    /// Back to the kernel's own table.
    static void deactivate();

    /// Takes pages [first, end) of `source` out; for PageSource::unmap_pages().
    void drop_source_pages(PageSource const& source, u64 first, u64 end, PageSource::Copies copies);

    struct Contents;
    struct State;

private:
    AddressSpace() = default;
    /// A space with nothing in it but `layout`.
    static Result<Ref<AddressSpace>> create_with(Layout const& layout);
    void populate(UserAddr start, u64 size, arch::AccessFlags access);
    /// handle_fault() for the part that a source provides: called when the page is absent.
    struct SourceFault;
    Verdict fill_from_source(SourceFault const& fault);

    State* state_ = nullptr;
    BackPointer<State> state_again_; ///< if a bug changes the other, the end still finds it
};

} // namespace mem
