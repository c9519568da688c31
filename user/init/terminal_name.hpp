// Which terminal a unit means.
#pragma once

#include "libs/base/string.hpp"

/// A path, or "console": the terminal behind /dev/console, which itself cannot be a controlling
/// one.
String terminal_name(std::string_view wish);
