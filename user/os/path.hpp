// CString: text that ends with a zero byte, as the kernel takes paths, made from any text.
#pragma once

#include "libs/base/result.hpp"
#include "libs/base/types.hpp"

#include <cstring>
#include <string_view>

namespace os {

/// The longest path that the kernel takes, with the zero byte.
inline constexpr usize path_limit = 4096;

/// A copy on the stack. Text that is too long becomes a path that the kernel refuses with
/// ENAMETOOLONG, and text with a zero byte in it one that it refuses with ENOENT, so the error
/// comes from the call that it is passed to.
class CString {
public:
    CString(std::string_view text) noexcept {
        if (text.size() >= path_limit) {
            std::memset(text_, 'x', path_limit); // longer than allowed, zero byte or not
            text_[path_limit] = '\0';
        } else if (text.find('\0') != text.npos) {
            text_[0] = '\0';
        } else {
            std::memcpy(text_, text.data(), text.size());
            text_[text.size()] = '\0';
        }
    }

    char const* data() const noexcept { return text_; }

private:
    char text_[path_limit + 1];
};

} // namespace os
