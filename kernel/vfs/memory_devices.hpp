// The devices that need no hardware: null, zero, full, random, urandom, kmsg.
#pragma once

namespace vfs {

void register_memory_devices();

/// kmsg, 1:11.
void register_log_device();

} // namespace vfs
