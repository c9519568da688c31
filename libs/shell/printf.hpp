// What the builtins `echo` and `printf` write.
#pragma once

#include "libs/base/slice.hpp"
#include "libs/base/string.hpp"
#include "libs/base/vector.hpp"

#include <string_view>

namespace shell {

struct Printed {
    String text;
    Vector<String> complaints; ///< about the format or its arguments; the status is then 1
};

/// As POSIX's printf(1), but for floating point, which is complained about. The format is used
/// again while arguments are left.
Printed print_formatted(std::string_view format, Slice<String const> arguments);

/// `echo` with busybox's options -n, -e and -E.
String echo_text(Slice<String const> arguments);

} // namespace shell
