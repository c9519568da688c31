// The direct map of arch/api/page_table.hpp on x86-64, to be compiled into its callers. Only that
// header includes this; arch/host has ordinary functions instead.
#pragma once

#include "libs/base/address.hpp"

namespace arch {

namespace detail {
/// arch/x86_64/layout.hpp draws what is where.
inline constexpr VirtAddr direct_map_start{0xffff'8000'0000'0000};
} // namespace detail

inline VirtAddr direct_map(PhysAddr at) {
    return detail::direct_map_start + at.value();
}

inline PhysAddr direct_unmap(VirtAddr at) {
    return PhysAddr(at - detail::direct_map_start);
}

} // namespace arch
