// What has no text form cannot be formatted.
// A6.1
// room: base
// expect: cannot be formatted
#include "libs/base/format.hpp"

#include <type_traits>

struct Opaque {};

template <class... Arguments>
void check(FormatString<std::type_identity_t<Arguments>...>, Arguments const&...) {}

void caller() {
#ifdef MUST_FAIL
    check("{}", Opaque{});
#else
    check("{}", 1);
#endif
}
