// How many cells of a terminal a character takes.
#pragma once

#include "libs/base/types.hpp"

namespace edit {

/// 0 for what joins the character before it, 2 for wide ones, else 1. Control characters are none.
usize width_of(u32 code_point);

} // namespace edit
