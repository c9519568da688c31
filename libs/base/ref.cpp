// Letting go of shared objects.
#include "libs/base/ref.hpp"

// Callers know no failure of a release, so the object's end must not unwind them.
void RefCounted::release() const noexcept {
    if (count_.fetch_sub(1, MemoryOrder::acq_rel) == 1)
        owned::end(const_cast<RefCounted*>(this));
}
