// What the monitor shows: text for people, JSON for programs.
#pragma once

#include "user/monitor/sample.hpp"

/// In characters; 0: as much as there is.
struct Size {
    usize rows = 0;
    usize columns = 0;
};

/// Lines with `\n` between them. What does not fit is left out.
String as_text(Sample const& before, Sample const& now, SortBy order, Size size);

/// One line, without its end.
String as_json(Sample const& before, Sample const& now, SortBy order);
