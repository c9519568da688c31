// The expressions of `test` and `[`.
#pragma once

#include "libs/base/slice.hpp"
#include "libs/base/string.hpp"

#include <expected>
#include <string_view>

namespace shell {

/// What `test` asks about files and descriptors.
class FileTests {
public:
    /// -e, -f, -d, -r, ...: one of "bcdefghkLprSsuwxOG", with -h as L.
    virtual bool file(char what, std::string_view path) = 0;
    virtual bool is_terminal(int descriptor) = 0;
    /// 'n': a is newer; 'o': a is older; 'e': they are the same file.
    virtual bool compare(char how, std::string_view a, std::string_view b) = 0;

protected:
    ~FileTests() = default;
};

/// The value of an expression, or what is wrong with it.
std::expected<bool, String> test_expression(Slice<String const> words, FileTests& files);

} // namespace shell
