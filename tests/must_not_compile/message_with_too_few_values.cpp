// A message of the log has a value for each of its braces.
// room: log
// expect: more or fewer|not a constant expression|is not a constant
#include "kernel/log/message.hpp"

template <class... Arguments>
void check(klog::Message<Arguments...>, Arguments const&...) {}

void caller() {
#ifdef MUST_FAIL
    check("{pid} {name}", 1);
#else
    check("{pid} {name}", 1, "init");
#endif
}
