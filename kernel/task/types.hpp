// What objects with virtual functions are, from memory that may be damaged.
#pragma once

#include "libs/base/ref.hpp"

#include <typeinfo>

namespace task {

using Destructor = void (*)(void* object);

/// What a pointer to a table of virtual functions points into (Itanium C++ ABI, 2.5.2).
struct VirtualTable {
    i64 to_top; ///< from this part of the object to its beginning
    std::type_info const* type;
    Destructor first; ///< virtual function, often the destructor; the pointer points here
};

VirtualTable const* virtual_table_at(u64 address);

/// Whether an object of this type begins with one of that type.
bool begins_with(std::type_info const* type, std::type_info const* part);

/// The shared object that `memory` begins with; nullptr if it is none. Never a bug, whatever the
/// first word is; a word that happens to be the address of another's table is believed.
RefCounted* shared_object_at(void* memory) noexcept;

} // namespace task
