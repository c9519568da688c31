// futex(2).
#pragma once

#include "abi/time.hpp"
#include "kernel/syscall/call.hpp"

namespace sys {

/// The fourth argument is a timeout or a count, depending on the operation.
Result<i64> futex(process::Thread& caller, UserAddr word, int operation, u32 value, u64 fourth,
                  UserAddr second, u32 third_value);

} // namespace sys
