// Shortens demangled C++ names for backtraces.
#pragma once

#include <string>
#include <string_view>

/// "void fs::(anonymous namespace)::walk<Long, List>(int) const [clone .cold]" becomes
/// "fs::walk<..>".
std::string shorten(std::string_view demangled);

/// The same of a linker's name; `otherwise` if that cannot be demangled.
std::string shorten_linkage_name(std::string const& name, std::string const& otherwise);
