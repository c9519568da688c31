// A Result cannot be dropped.
// room: base
// expect: nodiscard|unused-result
#include "libs/base/result.hpp"

Result<void> may_fail();

void caller() {
#ifdef MUST_FAIL
    may_fail();
#else
    (void)may_fail();
#endif
}
