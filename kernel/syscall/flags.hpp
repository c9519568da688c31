// Which flag bits the calls of this room accept, and their names for the trace.
#pragma once

#include "abi/memory.hpp"
#include "abi/process.hpp"
#include "abi/signal.hpp"
#include "kernel/syscall/call.hpp"

template <>
inline constexpr u64 valid_flags<uapi::WaitOption> = 0xe100'000f;
template <>
inline constexpr u64 valid_flags<uapi::Protection> = 0xf;
template <>
inline constexpr u64 valid_flags<uapi::Remap> = 7;
template <>
inline constexpr u64 valid_flags<uapi::Msync> = 7;
template <>
inline constexpr u64 valid_flags<uapi::Map> = 0x1fff33;

namespace sys {

// mmap and mprotect ignore bits they do not know, as Linux does (but see MAP_SHARED_VALIDATE).
template <>
inline constexpr UnknownBits unknown_bits<uapi::Protection> = UnknownBits::ignored;
template <>
inline constexpr UnknownBits unknown_bits<uapi::Map> = UnknownBits::ignored;

template <>
inline constexpr FlagName flag_names<uapi::WaitOption>[] = {
    {1, "WNOHANG"},         {2, "WUNTRACED"},        {4, "WEXITED"},
    {8, "WCONTINUED"},      {0x01000000, "WNOWAIT"}, {0x20000000, "__WNOTHREAD"},
    {0x40000000, "__WALL"}, {0x80000000, "__WCLONE"}};
template <>
inline constexpr FlagName flag_names<uapi::Protection>[] = {
    {1, "PROT_READ"}, {2, "PROT_WRITE"}, {4, "PROT_EXEC"}};
template <>
inline constexpr FlagName flag_names<uapi::Map>[] = {{0x1, "MAP_SHARED"},
                                                     {0x2, "MAP_PRIVATE"},
                                                     {0x10, "MAP_FIXED"},
                                                     {0x20, "MAP_ANONYMOUS"},
                                                     {0x100, "MAP_GROWSDOWN"},
                                                     {0x800, "MAP_DENYWRITE"},
                                                     {0x2000, "MAP_LOCKED"},
                                                     {0x4000, "MAP_NORESERVE"},
                                                     {0x8000, "MAP_POPULATE"},
                                                     {0x20000, "MAP_STACK"},
                                                     {0x100000, "MAP_FIXED_NOREPLACE"}};
template <>
inline constexpr FlagName flag_names<uapi::Remap>[] = {
    {1, "MREMAP_MAYMOVE"}, {2, "MREMAP_FIXED"}, {4, "MREMAP_DONTUNMAP"}};
template <>
inline constexpr FlagName flag_names<uapi::Msync>[] = {
    {1, "MS_ASYNC"}, {2, "MS_INVALIDATE"}, {4, "MS_SYNC"}};

} // namespace sys
