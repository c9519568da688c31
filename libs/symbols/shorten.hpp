// Shortens demangled C++ names for backtraces.
#pragma once

#include <string>
#include <string_view>

/// "void fs::(anonymous namespace)::walk<Long, List>(int) const [clone .cold]" becomes
/// "fs::walk<..>".
std::string shorten(std::string_view demangled);
