// Host tests: a bug is only thrown; there is no log to note it in.
#include "libs/base/bug.hpp"

void note_bug(KernelBug const&) noexcept {}
