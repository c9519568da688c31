// Only messages of the log give names to values.
// room: log
// expect: only messages of the log|not a constant expression|is not a constant
#include "kernel/log/message.hpp"

#include <type_traits>

template <class... Arguments>
void check_plain(FormatString<std::type_identity_t<Arguments>...>, Arguments const&...) {}

template <class... Arguments>
void check_message(klog::Message<Arguments...>, Arguments const&...) {}

void caller() {
    check_message("{name} {other:x}", 1, 2);
#ifdef MUST_FAIL
    check_plain("{name}", 1);
#else
    check_plain("{}", 1);
#endif
}
