// The zone of local time.
#pragma once

#include "libs/calendar/zone.hpp"

namespace os {

/// What TZ says: a file of the tz database ("Europe/Berlin", ":/path") or a rule of POSIX's form;
/// without TZ, /etc/localtime. UTC when there is none or it makes no sense.
calendar::Zone local_zone();

} // namespace os
