// /dev/provoke: kernel bugs on demand, to show and to test what they cost.
#pragma once

namespace provoke {

/// Makes the device; only for boots that ask for it with linnet.provoke=1.
void register_device();

} // namespace provoke
