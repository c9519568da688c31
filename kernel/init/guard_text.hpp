// Guards the kernel's code from the moment when boot is over.
#pragma once

namespace init {

/// Waits a little, so that reading all code does not delay the first program, and returns when
/// whatever changes the code is found at the next bug.
void guard_text();

} // namespace init
