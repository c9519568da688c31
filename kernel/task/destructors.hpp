// Destructors that a bug has kept from beginning.
#pragma once

#include "kernel/task/types.hpp"

namespace task {

/// Of a bug in a destructor of `object`, whose first virtual function that is: what it left undone.
///
/// The destructor of each class first enters the class's table of virtual functions into the
/// object. GCC has no landing pad there, so if that store fails, neither what the class nor what
/// its bases have is destroyed. But then `instruction` says which class it was, and its destructor
/// does just what is missing. nullptr if that is not what happened. May have a bug itself.
Destructor unbegun_destructor(void const* object, u64 instruction);

} // namespace task
