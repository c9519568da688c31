// What linkers' names of C++ functions and objects say: the names of the Itanium C++ ABI, as text.
#pragma once

#include "libs/base/result.hpp"
#include "libs/base/string.hpp"

#include <string_view>

namespace demangle {

/// No name that is longer than this as text is printed, and none that needs more than about 60 KiB
/// of memory or 32 KiB of stack; names with few letters can stand for more than memory holds.
constexpr usize longest_text = 16 * 1024;

/// "_ZN2fs4walkERK4Pathi.cold" as "fs::walk(Path const&, int) [clone .cold]", word for word what
/// c++filt prints. EINVAL: not such a name. E2BIG: beyond the limits.
Result<String> name(std::string_view mangled);

/// The same of a type alone, as std::type_info::name() has it: "PKc" as "char const*".
Result<String> type(std::string_view mangled);

/// What backtraces call the function: "fs::walk". What is no such name stays as it is.
String short_name(std::string_view mangled);

/// Shortens a text of name(): "void fs::(anonymous namespace)::walk<Long, List>(int) const [clone
/// .cold]" becomes "fs::walk<..>".
String shorten(std::string_view demangled);

} // namespace demangle
