// Handle: the ownership of a file descriptor.
#pragma once

#include "libs/base/id.hpp"
#include "user/os/error.hpp"

#include <utility>

namespace os {

/// Closes its descriptor when it dies. Empty after it was moved from.
class Handle {
public:
    constexpr Handle() = default;

    constexpr explicit Handle(Fd owned) noexcept : fd_(owned) {}

    constexpr Handle(Handle&& other) noexcept : fd_(std::exchange(other.fd_, none)) {}

    constexpr Handle& operator=(Handle&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }

    constexpr ~Handle() {
        if (fd_ != none)
            close();
    }

    constexpr explicit operator bool() const noexcept { return fd_ != none; }

    constexpr Fd fd() const noexcept { return fd_; }

    /// Gives up the ownership.
    [[nodiscard]] constexpr Fd release() noexcept { return std::exchange(fd_, none); }

    void close() noexcept { core::call(core::Syscall::close, std::exchange(fd_, none)); }

private:
    static constexpr Fd none{-1};

    Fd fd_ = none;
};

/// Takes over the descriptor that a call answered with.
inline Result<Handle> handle(long answer,
                             std::source_location where = std::source_location::current()) {
    if (core::failed(answer)) [[unlikely]]
        return fail(static_cast<Errno>(-answer), where);
    return Handle(Fd(static_cast<int>(answer)));
}

} // namespace os
