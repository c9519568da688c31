// Severity of log records, with the numbers of syslog(3).
#pragma once

#include "libs/base/types.hpp"

namespace klog {

enum class Level : u8 { emergency, alert, critical, error, warning, notice, info, debug };

} // namespace klog
