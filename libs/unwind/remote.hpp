// Stacks of a program whose memory can only be read piece by piece: what its ELF images, as they
// lie in memory, say of a frame.
#pragma once

#include "libs/unwind/step.hpp"

#include <string_view>

namespace unwind {

/// An image that is mapped with its header: a program or a library.
struct RemoteImage {
    u64 bias = 0;         ///< address in memory minus address in the file
    u64 frame_header = 0; ///< .eh_frame_hdr; 0: none
    u64 dynamic = 0;      ///< 0: none
    u64 dynamic_size = 0;
};

/// The image whose text has `instruction`. Looks for an ELF header on the pages before it, 16 MiB
/// far.
std::optional<RemoteImage> find_image(dwarf::Memory const& memory, u64 instruction) noexcept;

/// A library's name (DT_SONAME), in `into`; a program has none.
std::string_view image_name(dwarf::Memory const& memory, RemoteImage const& image,
                            std::span<char> into) noexcept;

/// Turns `frame` into its caller: by call frame information, else, if that cannot be had, by rbp if
/// that looks like a frame pointer. Reads a few hundred bytes, allocates nothing.
Step step_remote(dwarf::Memory const& memory, std::optional<RemoteImage> const& image,
                 Frame& frame) noexcept;

} // namespace unwind
