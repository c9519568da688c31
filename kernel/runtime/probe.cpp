// Reads memory that may not be there.
#include "kernel/runtime/modules.hpp"
#include "kernel/runtime/throw.hpp"
#include "libs/base/address.hpp"

extern "C" {
// In registers.S.
bool runtime_probe_word(u64 from, void* to) noexcept;
bool runtime_probe_byte(u64 from, void* to) noexcept;
extern std::byte const runtime_probe_start[], runtime_probe_end[], runtime_probe_failed[];
}

namespace runtime {
namespace {

/// Nothing below is the kernel's.
#if defined(LINNET_HOST)
constexpr u64 lowest = page_size;
#else
constexpr u64 lowest = 0xffff'8000'0000'0000;
#endif

} // namespace

u64 probe_fixup(u64 instruction) noexcept {
    bool const is_probe = instruction >= address_of(runtime_probe_start).value() &&
                          instruction < address_of(runtime_probe_end).value();
    return is_probe ? address_of(runtime_probe_failed).value() : 0;
}

bool KernelMemory::read(u64 at, Bytes into) const noexcept {
    if (at < lowest || at + into.size() < at)
        return false;
    if (into.size() == sizeof(u64))
        return runtime_probe_word(at, into.data());
    for (usize i = 0; i < into.size(); ++i)
        if (!runtime_probe_byte(at + i, into.data() + i))
            return false;
    return true;
}

} // namespace runtime
