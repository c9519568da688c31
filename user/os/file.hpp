// Files: opening, reading, writing, describing; and names: making, removing, renaming.
//
// Paths are text up to 4095 bytes; longer ones get ENAMETOOLONG. Errors are those of the Linux call
// that is named; EINTR is retried where nothing was done yet.
#pragma once

#include "abi/fcntl.hpp"
#include "abi/stat.hpp"
#include "libs/base/flags.hpp"
#include "libs/base/memory.hpp"
#include "libs/base/string.hpp"
#include "libs/base/units.hpp"
#include "user/os/handle.hpp"
#include "user/os/stream.hpp"

namespace os {

using uapi::Open;

/// Permission bits, as 0644.
enum class Mode : u32 {};

enum class FileType : u32 {
    unknown = 0,
    fifo = 1,
    character_device = 2,
    directory = 4,
    block_device = 6,
    regular = 8,
    symbolic_link = 10,
    socket = 12,
};

/// What stat(2) says. Times are since 1970, UTC.
struct FileStatus {
    FileType type;
    Mode mode;  ///< the lowest 12 bits: permissions, set-id bits, sticky
    u64 size;   ///< bytes
    u64 blocks; ///< that it occupies, of 512 bytes
    u64 inode;
    u64 device;
    u64 special_device; ///< of a device file
    u64 links;
    Uid owner;
    Gid group;
    Nanoseconds modified;
    Nanoseconds accessed;
    Nanoseconds changed;
};

enum class From : int { start = 0, here = 1, end = 2 };

class File {
public:
    File() = default;

    /// Takes over an open descriptor.
    explicit File(Handle handle) noexcept : handle_(std::move(handle)) {}

    /// open(2); closed on exec. Flags::none() reads only.
    static Result<File> open(std::string_view path, Flags<Open> flags = {}, Mode mode = Mode(0666));

    /// For writing, empty; made if it is not there.
    static Result<File> create(std::string_view path, Mode mode = Mode(0666));

    Fd fd() const noexcept { return handle_.fd(); }

    explicit operator bool() const noexcept { return static_cast<bool>(handle_); }

    Out out() const noexcept { return Out(fd()); }

    /// How many bytes there were, 0 at the end. A pipe or terminal may give fewer than asked.
    Result<usize> read(Bytes into) const;
    /// From `offset` on; does not move the file's position.
    Result<usize> read_at(Bytes into, u64 offset) const;
    /// Fills `into`, unless the file ends before: how many bytes there were.
    Result<usize> read_full(Bytes into) const;
    /// Writes all.
    Result<void> write(ConstBytes from) const;

    Result<void> write(std::string_view text) const { return write(bytes_of(text)); }

    /// write(2): how many bytes found room. EAGAIN when there is none and it does not wait.
    Result<usize> write_some(ConstBytes from) const;

    /// The new position from the start.
    Result<u64> seek(i64 offset, From from = From::start) const;
    Result<FileStatus> status() const;
    Result<void> truncate(u64 size) const;
    /// Until what was written is on the device.
    Result<void> sync() const;
    /// For this process alone, until it ends or closes the file once: fcntl(2). Open for writing.
    Result<void> lock() const;
    /// False when another process has it.
    Result<bool> try_lock() const;

    Handle into_handle() && noexcept { return std::move(handle_); }

private:
    Handle handle_;
};

/// The whole file. /proc and pipes, too, whose size is not known before.
Result<String> read_file(std::string_view path);
/// Makes or empties the file, then writes all.
Result<void> write_file(std::string_view path, std::string_view text, Mode mode = Mode(0666));

enum class Links { follow, not_follow };

Result<FileStatus> status(std::string_view path, Links links = Links::follow);
bool exists(std::string_view path);

Result<void> make_directory(std::string_view path, Mode mode = Mode(0777));
/// With those above it that are not there. It is no error when it is there already.
Result<void> make_directories(std::string_view path, Mode mode = Mode(0777));
/// What is no directory.
Result<void> remove(std::string_view path);
Result<void> remove_directory(std::string_view path);
Result<void> rename(std::string_view from, std::string_view to);
Result<void> make_link(std::string_view existing, std::string_view path);
Result<void> make_symbolic_link(std::string_view target, std::string_view path);
Result<String> read_link(std::string_view path);
Result<void> change_mode(std::string_view path, Mode mode);
/// Uid or Gid of all ones: as it is.
Result<void> change_owner(std::string_view path, Uid owner, Gid group, Links links = Links::follow);
/// umask(2): the bits that new files do not get; the mask before.
Mode set_creation_mask(Mode mask) noexcept;

/// Whether reading, writing and the like wait. Of the open file, so also for others that share it.
enum class Blocking { no, yes };
Result<void> set_blocking(Fd fd, Blocking how);

struct Pipe {
    File read_end;
    File write_end;
};

/// Both ends are closed on exec.
Result<Pipe> make_pipe(Flags<Open> flags = {});

/// dup2(2): `to` leads where `from` does, also after exec.
Result<void> duplicate(Fd from, Fd to);

} // namespace os
