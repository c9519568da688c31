// Mapped memory. The heap is behind new, Vector, Box and so on; user/abi/linnet.h has it for C.
#pragma once

#include "libs/base/memory.hpp"
#include "user/os/file.hpp"

namespace os {

enum class Access : u32 { none = 0, read = 1, write = 2, execute = 4 };

/// Pages that are unmapped when this dies.
class Mapping {
public:
    Mapping() = default;

    /// Zeroed memory of this process. `size` is in bytes, rounded up to pages; ENOMEM.
    static Result<Mapping> anonymous(usize size,
                                     Flags<Access> access = Access::read | Flags(Access::write));
    /// Shared with the processes that are forked from this one.
    static Result<Mapping> shared(usize size);
    /// A part of a file, from a multiple of 4096 on. `write` without copy changes the file.
    static Result<Mapping> of_file(File const& file, u64 offset, usize size, Flags<Access> access);

    Mapping(Mapping&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

    Mapping& operator=(Mapping&& other) noexcept {
        std::swap(bytes_, other.bytes_);
        return *this;
    }

    ~Mapping();

    Bytes bytes() const noexcept { return bytes_; }

    Result<void> protect(Flags<Access> access) const;

private:
    explicit Mapping(Bytes bytes) noexcept : bytes_(bytes) {}

    static Result<Mapping> map(usize size, u32 access, u32 kind, int fd, u64 offset);

    Bytes bytes_;
};

} // namespace os
