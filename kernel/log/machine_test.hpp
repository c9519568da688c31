// A machine for the log's tests: its console and the port of the JSON log are strings.
#pragma once

#include "libs/base/types.hpp"

#include <atomic>
#include <string>

namespace log_machine {

inline std::string console;            // written under the log's console lock
inline std::string* reentry = nullptr; // when set, the console logs this once from inside itself
inline thread_local usize this_cpu = 0;

/// CPU 9 stops for good (until `let_go`) in the middle of printing.
inline constexpr usize stuck_cpu = 9;
inline std::atomic<bool> is_stuck{false};
inline std::atomic<bool> let_go{false};

inline std::string port;                        // written under the log's port lock
inline std::atomic<usize> port_room{~usize{0}}; // bytes that the port still takes
inline std::atomic<bool> port_interrupts{false};

} // namespace log_machine
