// A split virtqueue (virtio 1.2, section 2.7): the rings that driver and device share.
//
//   memory  +--------------+-----------------------+-----------+------------------------------+
//           | descriptors  | available ring        | padding   | used ring                    |
//           | 16 bytes each| flags, index, heads[] |           | flags, index, {head,length}[]|
//           +--------------+-----------------------+-----------+------------------------------+
//             driver writes  driver writes                       device writes
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/memory.hpp"
#include "libs/base/result.hpp"
#include "libs/base/slice.hpp"
#include "libs/base/vector.hpp"

#include <optional>

namespace virtio {

/// A piece of physical memory that a device may access.
struct Buffer {
    PhysAddr at;
    u32 size = 0;
};

/// Not locked. Trusts nothing that the device writes: a used entry that makes no sense breaks the
/// queue, which then takes and gives no more. A bug amid add() or drop() is put right by recover():
/// what a request says of itself, and the index that the device sees, tell all the rest.
class SplitQueue {
public:
    struct Layout {
        usize descriptors; ///< offsets into the memory
        usize available;
        usize used;
        usize total; ///< bytes
    };

    static Layout layout(u16 size);

    /// `memory` is zeroed, at least layout(size).total bytes, and what the device sees at `base`
    /// (aligned to 16). `size` is a power of two, at most 32768.
    SplitQueue(Bytes memory, PhysAddr base, u16 size);

    u16 size() const { return size_; }

    PhysAddr descriptors() const { return base_ + layout(size_).descriptors; }

    PhysAddr available() const { return base_ + layout(size_).available; }

    PhysAddr used() const { return base_ + layout(size_).used; }

    /// Offers a request: buffers the device reads, then buffers it writes. `token` comes back with
    /// take(). ENOSPC when there are not enough free descriptors; EINVAL for an empty request.
    Result<void> add(Slice<Buffer const> readable, Slice<Buffer const> writable, u64 token);

    struct Completion {
        u64 token;
        u32 written; ///< bytes the device wrote, at most what was writable
    };

    /// The next request the device is done with. It stays so until drop().
    std::optional<Completion> peek();
    /// The request of peek() is over.
    void drop();
    /// Both.
    std::optional<Completion> take();

    /// After a bug: a request that was not offered yet never was, all others are in flight.
    void recover();

    /// Calls visit(token) for each request in flight.
    template <class Visit>
    void each_in_flight(Visit const& visit) const {
        for (Request const& request : requests_)
            if (request.count != 0)
                visit(request.token);
    }

    /// Whether take() would find one.
    bool has_completions();

    /// Whether the device wants to be told of what was added since the last call.
    bool should_notify();

    /// Asks for interrupts, or not. A hint: the device may interrupt all the same. After allowing
    /// them, call take() again: something may have been used in between.
    void allow_interrupts(bool allowed);

    u16 free_descriptors() const { return free_count_; }

    u16 in_flight() const { return static_cast<u16>(size_ - free_count_); }

    bool broken() const { return broken_; }

private:
    struct Descriptor;
    struct UsedEntry;

    struct Request {
        u64 token = 0;
        u32 writable = 0; ///< bytes
        u16 place = 0;    ///< in the available ring: next_available_ of then
        u16 count = 0;    ///< descriptors; 0 when this is no head. Written last
    };

    Descriptor& descriptor(u16 index);
    u16& available_word(usize index);
    u16& used_word(usize index);
    UsedEntry& used_entry(u16 index);
    bool in_chain(u16 index);

    Bytes memory_;
    PhysAddr base_;
    u16 size_;
    u16 free_head_ = 0;
    u16 free_count_;
    u16 next_available_ = 0; ///< counts for ever, modulo 65536
    u16 announced_ = 0;
    u16 next_used_ = 0;
    u16 done_head_ = 0; ///< of the request that peek() found
    bool broken_ = false;
    Vector<Request> requests_; ///< by head descriptor
};

} // namespace virtio
