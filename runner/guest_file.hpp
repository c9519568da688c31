// Files of the guest, looked up in its initramfs.
#pragma once

#include <string>
#include <string_view>

namespace runner {

/// The content of the last file in `initramfs` whose path ends with this name, through symbolic
/// links; empty when there is none. Reads as the kernel does, with the kernel's reader.
std::string guest_file(std::string_view initramfs, std::string const& name);

} // namespace runner
