// The steps of arch's own start, in the order that start.cpp takes them.
#pragma once

namespace arch {

void start_console();

} // namespace arch
