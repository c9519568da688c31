// The devices that need no hardware: null, zero, full, random, urandom, kmsg.
#pragma once

namespace vfs {

void register_memory_devices();

} // namespace vfs
