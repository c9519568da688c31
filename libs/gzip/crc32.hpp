// CRC-32 as gzip, zip and PNG use it (reflected polynomial 0xedb88320).
#pragma once

#include "libs/base/memory.hpp"

namespace gzip {

/// Continues from `crc`, which starts as 0.
u32 crc32(u32 crc, ConstBytes bytes);

} // namespace gzip
