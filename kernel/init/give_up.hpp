// How a boot ends that cannot go on.
#pragma once

#include "kernel/arch/api/upcalls.hpp"
#include "libs/base/format.hpp"

namespace init {

/// Panics with a formatted reason. Inlined, so that calls are of fatal(), behind which
/// cmake/traps.h puts a trap.
template <class... Arguments>
[[noreturn, gnu::always_inline]] inline void give_up(Format<Arguments...> text,
                                                     Arguments const&... arguments) {
    char reason[256];
    BufferSink sink({reason, sizeof reason - 1});
    format_to(sink, text, arguments...);
    reason[sink.text().size()] = '\0';
    upcall::fatal(reason, nullptr);
}

} // namespace init
