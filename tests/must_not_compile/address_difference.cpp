// Addresses of two spaces have no difference.
// room: base
// expect: no match for .operator-|invalid operands
#include "libs/base/address.hpp"

UserAddr const user(0x1000);
VirtAddr const kernel(0x1000);
#ifdef MUST_FAIL
auto const distance = kernel - user;
#else
auto const distance = kernel - kernel;
#endif
