// Streams: reading.
#include "user/os/stream.hpp"

#include <algorithm>
#include <cstring>

namespace os {

constinit In in{Fd(0)};

Result<bool> In::fill() {
    for (;;) {
        auto const count = checked(core::call(core::Syscall::read, fd_, buffer_, sizeof buffer_));
        if (!count) {
            if (count.error() == Errno::eintr)
                continue;
            return std::unexpected(count.error());
        }
        next_ = 0;
        end_ = static_cast<u32>(*count);
        return end_ != 0;
    }
}

Result<bool> In::read_line(String& line) {
    bool any = false;
    for (;;) {
        if (next_ == end_ && !TRY(fill()))
            return any;
        any = true;
        std::string_view const rest(buffer_ + next_, end_ - next_);
        auto const end = rest.find('\n');
        line.append(rest.substr(0, end));
        if (end != rest.npos) {
            next_ += static_cast<u32>(end) + 1;
            return true;
        }
        next_ = end_;
    }
}

Result<usize> In::read(Bytes into) {
    if (into.empty() || (next_ == end_ && !TRY(fill())))
        return usize{0};
    usize const count = std::min<usize>(into.size(), end_ - next_);
    std::memcpy(into.data(), buffer_ + next_, count);
    next_ += static_cast<u32>(count);
    return count;
}

Result<void> In::read_all(String& into) {
    while (next_ != end_ || TRY(fill())) {
        into.append({buffer_ + next_, end_ - next_});
        next_ = end_;
    }
    return {};
}

} // namespace os
