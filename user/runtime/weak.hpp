// Included first by every C++ file of user programs: what is needed only when something is thrown
// is asked for weakly, so that a program that neither throws nor catches links no unwinder.
#pragma once

asm(".weak __gxx_personality_v0\n"
    ".weak _Unwind_Resume\n");
