// A census of the heap: how many words refer to each object.
//
// Any word that is an address in an object may be a reference to it, so an object can seem to have
// more of them than it has, never less: memory that can refer to the heap is static data, stacks,
// registers, the heap itself, and the accounts of page descriptors.
#pragma once

#include "libs/base/function_ref.hpp"
#include "libs/base/memory.hpp"
#include "libs/base/result.hpp"
#include "libs/base/units.hpp"
#include "libs/base/vector.hpp"

namespace mem {

class Census {
public:
    /// An object that is in use.
    struct Object {
        void* start;
        usize bytes; ///< that it has room for
        // Words outside of it:
        u32 to_start;    ///< that are its address, but for the low three bits
        u32 from_others; ///< that are an address in it, the former included
    };

    /// A larger heap would stop the machine for longer than it is worth: 10 ns and more for each
    /// eight bytes.
    static constexpr usize most_bytes = 256_MiB;

    /// Room for what is on the heap now, and for some more. ENOMEM; EFBIG: see above; ENOSYS where
    /// AddressSanitizer keeps freed objects back.
    static Result<Census> prepare();

    // The next four while nobody else runs. They take no lock and allocate nothing.

    /// Lists the objects, and counts what page descriptors refer to. False when there are more than
    /// prepare() had room for.
    bool begin();
    /// The words of `memory`. Those of a stack or of registers may be kept by a compiler that goes
    /// through an object, so that there each counts as its address.
    enum class Kind { data, stack };
    void count(ConstBytes memory, Kind kind);
    /// The words of all objects.
    void count_heap();

    /// Asks of each object how many of its references are lost.
    void judge(FunctionRef<u32(Object const& object)> lost);

    /// Those of which some were. By now any other object may be gone; such a one cannot.
    void for_each_with_lost(FunctionRef<void(void* object, u32 lost)> show) const;

private:
    /// Pages that have objects of one size, or one object.
    struct Block {
        u32 frame; ///< number
        u32 pages;
        u32 object_bytes;
        u32 first; ///< its first object's place in counts_
    };

    struct Counts {
        u32 to_start;
        u32 from_others;
        u32 lost;
        bool in_use;
    };

    static constexpr u32 none = ~u32{0};

    bool add(u32 frame, u32 pages, u32 object_bytes);
    void count(ConstBytes memory, Kind kind, u32 from);
    Block const* block_of(u64 frame) const;
    std::byte* object_at(Block const& block, u32 index) const;
    bool in_use(Block const& block, u32 index) const;
    void for_each_place(FunctionRef<void(Block const&, u32 index)> show) const;

    Vector<Block> blocks_; ///< by frame
    Vector<Counts> counts_;
    u32 objects_ = 0;
};

} // namespace mem
