// newc cpio archives, as an initial RAM file system holds them: pushed in piece by piece, and
// given out as entries and their data.
#pragma once

#include "libs/base/memory.hpp"
#include "libs/base/result.hpp"
#include "libs/base/string.hpp"
#include "libs/base/vector.hpp"

#include <expected>
#include <string_view>

namespace cpio {

/// One archive entry. Texts live until the Visitor's call returns.
struct Entry {
    std::string_view name; ///< as stored: may start with '/' or "./"
    u32 mode = 0;          ///< type and permission bits of stat(2)
    u32 uid = 0;
    u32 gid = 0;
    u32 mtime = 0; ///< seconds since 1970
    u32 links = 0;
    u32 inode = 0;
    u32 device_major = 0; ///< of the file system that was archived
    u32 device_minor = 0;
    u32 special_major = 0; ///< of the device that a device node names
    u32 special_minor = 0;
    u64 size = 0;             ///< bytes that data() will bring; 0 for a symbolic link
    std::string_view target;  ///< what a symbolic link points to
    std::string_view same_as; ///< the earlier entry this is a hard link to, else empty

    enum class Type : u32 {
        fifo = 0010000,
        character_device = 0020000,
        directory = 0040000,
        block_device = 0060000,
        regular = 0100000,
        symbolic_link = 0120000,
        socket = 0140000,
    };

    Type type() const { return static_cast<Type>(mode & 0170000); }
};

/// Receives what an archive contains. Calls come as `entry data* finished` for each entry.
class Visitor {
public:
    virtual Result<void> entry(Entry const& entry) = 0;
    virtual Result<void> data(ConstBytes bytes) = 0;
    virtual Result<void> finished() = 0;

protected:
    ~Visitor() = default;
};

/// Why an archive could not be unpacked.
struct Failure {
    char const* cause; ///< static text
    u64 offset;        ///< in the archive as stored; inside packed data, see `unpacked_offset`
    u64 unpacked_offset = 0;    ///< in what the gzip member at `offset` unpacks to
    Errno code = Errno::einval; ///< of the visitor when it was the visitor that failed
};

using Outcome = std::expected<void, Failure>;

/// The archive format as a state machine over bytes that arrive in any pieces.
class Parser {
public:
    explicit Parser(Visitor& visitor) : visitor_(visitor) {}

    /// Takes bytes up to the end of `bytes` or of an archive ("TRAILER!!!") and returns how many.
    /// Failure offsets count from the last begin().
    std::expected<usize, Failure> push(ConstBytes bytes);

    /// Whether all entries so far are whole: the next byte would start a header.
    bool between_entries() const { return state_ == State::header && gathered_.empty(); }

    /// Bytes taken since the last begin(): alignment counts from there.
    u64 offset() const { return offset_; }

    /// A new archive starts in a new stream of bytes (plain, or one gzip member).
    void begin() { offset_ = 0; }

    /// Skips bytes between archives.
    void skip(usize count) { offset_ += count; }

private:
    enum class State : u8 { header, name, target, data, padding };

    struct Link {
        u32 inode, device_major, device_minor, type;
        String name;
    };

    Outcome take_header();
    Outcome take_name();
    Outcome start_entry();
    Outcome end_entry();
    Outcome tell(Result<void> const& result) const;
    std::unexpected<Failure> refuse(char const* cause, u64 offset) const;
    bool gather(ConstBytes& bytes, usize wanted);
    void pad_to_four(State after);
    Link const* find_link() const;

    Visitor& visitor_;
    State state_ = State::header;
    State after_padding_ = State::header;
    u64 offset_ = 0;
    u64 header_offset_ = 0;
    Vector<std::byte> gathered_; ///< what is collected before it can be looked at whole
    Entry entry_;
    String name_;
    usize name_size_ = 0;
    u64 body_size_ = 0;
    u64 left_ = 0; ///< bytes still to come in data or padding
    bool summed_ = false;
    u32 wanted_sum_ = 0;
    u32 sum_ = 0;
    bool archive_ended_ = false;
    Vector<Link> links_;
};

/// Unpacks `image`: archives one after another, each plain or gzip-packed, with zero bytes between.
Outcome unpack(ConstBytes image, Visitor& visitor);

} // namespace cpio
