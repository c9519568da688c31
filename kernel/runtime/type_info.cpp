// Type matching of handlers, and dynamic_cast.
#include "kernel/runtime/type_info.hpp"

#include "kernel/runtime/abi.hpp"
#include "kernel/runtime/exception.hpp"
#include "libs/base/function_ref.hpp"

#include <bits/cxxabi_forced.h>

// Destructors out of line, so that each class's vtable is emitted here.
std::type_info::~type_info() {}

bool std::type_info::__is_pointer_p() const {
    return false;
}

bool std::type_info::__is_function_p() const {
    return false;
}

bool std::type_info::__do_catch(std::type_info const* thrown, void**, unsigned) const {
    return *this == *thrown;
}

bool std::type_info::__do_upcast(__cxxabiv1::__class_type_info const*, void**) const {
    return false;
}

namespace __cxxabiv1 {

__fundamental_type_info::~__fundamental_type_info() {}

__array_type_info::~__array_type_info() {}

__function_type_info::~__function_type_info() {}

bool __function_type_info::__is_function_p() const {
    return true;
}

__enum_type_info::~__enum_type_info() {}

__pbase_type_info::~__pbase_type_info() {}

__pointer_type_info::~__pointer_type_info() {}

__pointer_to_member_type_info::~__pointer_to_member_type_info() {}

__class_type_info::~__class_type_info() {}

__foreign_exception::~__foreign_exception() {}

__forced_unwind::~__forced_unwind() throw() {}

__si_class_type_info::~__si_class_type_info() {}

__vmi_class_type_info::~__vmi_class_type_info() {}

namespace {

/// Called with each base subobject; returns true to end the walk.
using Visit = FunctionRef<bool(__class_type_info const& type, char* object, bool is_public)>;

/// The object itself, then all its base subobjects. True when a visit ended it.
bool visit_subobjects(__class_type_info const& type, char* object, bool is_public,
                      Visit const& visit) {
    if (visit(type, object, is_public))
        return true;
    std::type_info const& kind = typeid(type);
    if (kind == typeid(__si_class_type_info)) {
        auto const& single = static_cast<__si_class_type_info const&>(type);
        return visit_subobjects(*single.base, object, is_public, visit);
    }
    if (kind != typeid(__vmi_class_type_info))
        return false;
    auto const& several = static_cast<__vmi_class_type_info const&>(type);
    for (u32 i = 0; i < several.base_count; ++i) {
        auto const& base = several.bases[i];
        long offset = base.offset_and_flags >> 8;
        if ((base.offset_and_flags & 1) != 0) {
            // Virtual: the offset of the base stands in the vtable, at that offset.
            // Safe because a class with a virtual base has a vtable pointer first.
            char const* const vtable = *reinterpret_cast<char const* const*>(object);
            offset = *reinterpret_cast<long const*>(vtable + offset);
        }
        bool const still_public = is_public && (base.offset_and_flags & 2) != 0;
        if (visit_subobjects(*base.type, object + offset, still_public, visit))
            return true;
    }
    return false;
}

} // namespace

/// Finds the one public base of type `target`; moves `object` to it.
bool __class_type_info::__do_upcast(__class_type_info const* target, void** object) const {
    char* found = nullptr;
    bool ambiguous = false;
    auto const look = [&](__class_type_info const& type, char* at, bool is_public) {
        if (is_public && type == *target) {
            ambiguous = found != nullptr && found != at;
            found = at;
        }
        return ambiguous;
    };
    visit_subobjects(*this, static_cast<char*>(*object), true, look);
    if (found == nullptr || ambiguous)
        return false;
    *object = found;
    return true;
}

bool __class_type_info::__do_catch(std::type_info const* thrown, void** object,
                                   unsigned outer) const {
    if (*this == *thrown)
        return true;
    return outer < 4 && thrown->__do_upcast(this, object); // not through two levels of pointers
}

bool __pointer_type_info::__is_pointer_p() const {
    return true;
}

/// `outer` says what stands around the type: bit 0 whether every pointer there is to const (as
/// conversions below need), and 2 for each of them.
bool __pointer_type_info::__do_catch(std::type_info const* thrown, void** object,
                                     unsigned outer) const {
    constexpr u32 is_noexcept = 64;
    if (*this == *thrown)
        return true;
    if (*thrown == typeid(nullptr)) {
        *object = nullptr;
        return true;
    }
    if (!thrown->__is_pointer_p() || (outer & 1) == 0)
        return false;
    auto const& from = static_cast<__pointer_type_info const&>(*thrown);
    if ((from.flags & ~flags & 7) != 0 || (flags & ~from.flags & is_noexcept) != 0)
        return false; // would lose const, or promise that the function does not throw
    if (outer < 2 && *pointee == typeid(void))
        return !from.pointee->__is_function_p();
    unsigned const inner = (outer & ~1u) | (outer & flags & 1);
    return pointee->__do_catch(from.pointee, object, inner + 2);
}

/// ABI 2.9.7. `hint` only speeds up what is searched here in full.
extern "C" void* __dynamic_cast(void const* source, __class_type_info const* source_type,
                                __class_type_info const* target, long) {
    // The two words before a vtable: offset to the complete object, and its type.
    // Safe because the compiler casts dynamically only from classes with a vtable.
    char const* const vtable = *static_cast<char const* const*>(source);
    long const to_top = reinterpret_cast<long const*>(vtable)[-2];
    auto const* const type = reinterpret_cast<__class_type_info const* const*>(vtable)[-1];
    auto* const whole = const_cast<char*>(static_cast<char const*>(source)) + to_top;

    char* down = nullptr;   // a target that contains the source publicly
    char* across = nullptr; // a public base of the whole
    bool down_ambiguous = false;
    bool across_ambiguous = false;
    bool source_is_public = false;
    auto const look = [&](__class_type_info const& part, char* at, bool is_public) {
        if (part == *source_type && at == source && is_public)
            source_is_public = true;
        if (!(part == *target))
            return false;
        auto const holds = [&](__class_type_info const& inner, char* inner_at, bool inner_public) {
            return inner_public && inner == *source_type && inner_at == source;
        };
        if (visit_subobjects(part, at, true, holds)) {
            down_ambiguous = down_ambiguous || (down != nullptr && down != at);
            down = at;
        }
        if (is_public) {
            across_ambiguous = across_ambiguous || (across != nullptr && across != at);
            across = at;
        }
        return false;
    };
    visit_subobjects(*type, whole, true, look);
    if (down != nullptr && !down_ambiguous)
        return down;
    return source_is_public && !across_ambiguous ? across : nullptr;
}

} // namespace __cxxabiv1

namespace runtime {

bool can_catch(std::type_info const& handler, std::type_info const& type, void* object,
               void*& adjusted) noexcept {
    // A thrown pointer is caught by value: adjustments apply to the pointer, not to its place.
    if (type.__is_pointer_p())
        object = *static_cast<void**>(object);
    if (!handler.__do_catch(&type, &object, 1))
        return false;
    adjusted = object;
    return true;
}

} // namespace runtime
