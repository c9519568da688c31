// Letting go of shared objects.
#include "libs/base/ref.hpp"

// Callers know no failure of a release, so the object's end must not unwind them.
void RefCounted::release() const noexcept {
    if (count_.fetch_sub(1, MemoryOrder::acq_rel) != 1)
        return;
    auto* const object = const_cast<RefCounted*>(this);
    void* const memory = dynamic_cast<void*>(object);
    if (!survive_destructor([](void* ending) { delete static_cast<RefCounted*>(ending); }, object))
        ::operator delete(memory);
}
