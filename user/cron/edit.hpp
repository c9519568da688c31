// A text in the user's editor.
#pragma once

#include "libs/base/string.hpp"

#include <optional>

/// Lets the user change `text` by $VISUAL, $EDITOR or vi, and again if the result is not right and
/// the user wants so. Nothing when all is to stay as it was. Ends the program when it cannot be
/// done, or is given up; what was written then stays in its file, and its name is said.
std::optional<String> edit(std::string_view text, bool (*is_right)(std::string_view text));
