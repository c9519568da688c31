// Numbers that name kernel objects; each its own type.
#pragma once

#include "libs/base/types.hpp"

enum class Fd : int {};  ///< index in a process's descriptor table
enum class Pid : int {}; ///< a process (thread group) or thread, in its pid space
enum class Uid : u32 {};
enum class Gid : u32 {};
