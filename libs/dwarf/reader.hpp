// Reads DWARF's encodings from untrusted bytes: bounds are checked, failure is sticky, nothing
// throws.
#pragma once

#include "libs/base/memory.hpp"
#include "libs/base/types.hpp"

#include <concepts>
#include <optional>
#include <string_view>

namespace dwarf {

/// Memory of the program that is being looked at. Reads may fail and must not fault.
class Memory {
public:
    /// Fills `into` from `at`, or returns false.
    virtual bool read(u64 at, Bytes into) const noexcept = 0;

protected:
    ~Memory() = default;
};

/// The unsigned integer of `size` bytes (1 to 8) at `at`.
std::optional<u64> read_word(Memory const& memory, u64 at, usize size = 8) noexcept;

/// Bytes, and the address they have in the program they describe.
struct Region {
    u64 address = 0;
    ConstBytes bytes = {};

    bool contains(u64 at) const noexcept { return at - address < bytes.size(); }
};

/// A position inside a region. After the first bad read every read yields 0 and ok() is false.
class Reader {
public:
    Reader() = default;

    explicit Reader(Region const& region) noexcept
        : at_(region.bytes.data()), end_(at_ + region.bytes.size()), address_(region.address) {}

    /// Starts at address `start`, which may be the end of the region.
    Reader(Region const& region, u64 start) noexcept : Reader(region) { skip(start - address_); }

    bool ok() const noexcept { return ok_; }

    usize left() const noexcept { return static_cast<usize>(end_ - at_); }

    bool more() const noexcept { return ok_ && at_ != end_; }

    /// Of the next byte.
    u64 address() const noexcept { return address_; }

    void fail() noexcept {
        ok_ = false;
        at_ = end_;
    }

    void skip(u64 count) noexcept {
        if (count > left())
            return fail();
        at_ += count;
        address_ += count;
    }

    /// Signed distance, for jumps; `start` bounds how far back it may go.
    void move_to(Reader const& start, i64 offset) noexcept {
        *this = start;
        skip(static_cast<u64>(offset));
    }

    template <std::integral T>
    T fixed() noexcept {
        if (sizeof(T) > left()) {
            fail();
            return 0;
        }
        T value;
        __builtin_memcpy(&value, at_, sizeof value);
        at_ += sizeof value;
        address_ += sizeof value;
        return value;
    }

    u8 byte() noexcept { return fixed<u8>(); }

    u64 uleb() noexcept;
    i64 sleb() noexcept;

    /// Text up to a NUL, which is consumed.
    std::string_view text() noexcept;

    /// The next `count` bytes as a reader of their own; this one moves behind them.
    Reader take(u64 count) noexcept;

    /// An address-sized value of `encoding` (DW_EH_PE_*), see below.
    struct Bases;
    struct Pointer;
    Pointer pointer(u8 encoding, Bases const& bases) noexcept;

private:
    std::byte const* at_ = nullptr;
    std::byte const* end_ = nullptr;
    u64 address_ = 0;
    bool ok_ = true;
};

/// What DW_EH_PE_textrel, datarel and funcrel values are relative to.
struct Reader::Bases {
    u64 text = 0;
    u64 data = 0;
    u64 function = 0;
};

/// A decoded pointer. `indirect` says that the value is where the pointer lies in memory.
struct Reader::Pointer {
    u64 value = 0;
    bool indirect = false;

    /// Follows an indirect pointer.
    std::optional<u64> resolve(Memory const& memory) const noexcept {
        return indirect ? read_word(memory, value) : value;
    }
};

/// Pointer encodings (Linux Standard Base, DWARF extensions).
enum Encoding : u8 {
    absolute = 0x00,
    uleb128 = 0x01,
    udata2 = 0x02,
    udata4 = 0x03,
    udata8 = 0x04,
    sleb128 = 0x09,
    sdata2 = 0x0a,
    sdata4 = 0x0b,
    sdata8 = 0x0c,
    format_mask = 0x0f,
    pc_relative = 0x10,
    text_relative = 0x20,
    data_relative = 0x30,
    function_relative = 0x40,
    aligned = 0x50,
    base_mask = 0x70,
    indirect_bit = 0x80,
    omitted = 0xff,
};

/// Bytes of a fixed-size encoding, 0 for the variable ones.
usize encoded_size(u8 encoding) noexcept;

} // namespace dwarf
