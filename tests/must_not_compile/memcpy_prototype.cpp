// A memcpy of another shape than compiled code calls.
// room: runtime
// expect: conflicting declaration|conflicting types|ambiguating new declaration|differ only in
// their return type
#include <cstring>

#ifdef MUST_FAIL
extern "C" void memcpy(void* to, void const* from, unsigned long size) noexcept;
#else
extern "C" void* memcpy(void* to, void const* from, unsigned long size) noexcept;
#endif
