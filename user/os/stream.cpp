// Streams: writing.
#include "user/os/stream.hpp"

#include "user/abi/linnet.h"

#include <algorithm>
#include <atomic>
#include <cstring>

namespace os {
namespace {

constinit std::atomic<bool> failed{false};

bool put(Fd to, char const* text, usize size) noexcept {
    bool const written = linnet_write_all(static_cast<int>(to), text, size) == 0;
    if (!written)
        failed.store(true, std::memory_order_relaxed);
    return written;
}

} // namespace

bool output_failed() noexcept {
    return failed.load(std::memory_order_relaxed);
}

Result<void> Out::write(std::string_view text) const {
    return succeeded(linnet_write_all(static_cast<int>(fd_), text.data(), text.size()));
}

void PrintSink::write(std::string_view text) {
    while (!text.empty()) {
        if (used_ == sizeof buffer_)
            flush();
        usize const part = std::min(text.size(), sizeof buffer_ - used_);
        std::memcpy(buffer_ + used_, text.data(), part);
        used_ += part;
        text.remove_prefix(part);
    }
}

void PrintSink::flush() noexcept {
    if (used_ != 0)
        put(to_.fd(), buffer_, std::exchange(used_, 0));
}

void BufferedOut::write(std::string_view text) {
    if (used_ + text.size() > sizeof buffer_)
        flush();
    if (text.size() > sizeof buffer_) {
        put(to_.fd(), text.data(), text.size());
        return;
    }
    std::memcpy(buffer_ + used_, text.data(), text.size());
    used_ += text.size();
}

bool BufferedOut::flush() noexcept {
    return used_ == 0 || put(to_.fd(), buffer_, std::exchange(used_, 0));
}

} // namespace os
