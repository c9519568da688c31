// The end of shared objects.
#include "libs/base/ref.hpp"

#include "libs/base/bug.hpp"

// Callers know no failure of a release, so one must not unwind them.
void RefCounted::end() const noexcept {
    survive([](void* object) { delete static_cast<RefCounted*>(object); },
            const_cast<RefCounted*>(this));
}
