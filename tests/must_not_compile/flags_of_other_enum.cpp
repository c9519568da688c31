// Flags of two enums do not mix.
// room: base
// expect: no match for .operator\||invalid operands|cannot convert|no known conversion|could not
// convert
#include "libs/base/flags.hpp"

enum class Open : unsigned { append = 1 };
enum class Map : unsigned { fixed = 1 };

#ifdef MUST_FAIL
Flags<Open> const mixed = Flags<Open>(Open::append) | Flags<Map>(Map::fixed);
#else
Flags<Open> const mixed = Flags<Open>(Open::append) | Flags<Open>(Open::append);
#endif
