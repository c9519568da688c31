// What the process was started with, and the variables (TLS) of its threads.
#include "user/abi/internal.hpp"

#include "abi/elf.hpp"
#include "abi/process.hpp"

#include <algorithm>
#include <cstring>

struct linnet_process linnet_process;

extern "C" uapi::Elf64Header const __ehdr_start; // by the linker: the program's own header

namespace core {
namespace {

/// Room for the first thread; larger needs are mapped.
constexpr usize first_alignment = 64;
alignas(first_alignment) constinit std::byte first_room[2048] = {};

uapi::Elf64ProgramHeader const* variables() noexcept {
    // Safe because the headers are part of the first segment.
    auto const* const headers = reinterpret_cast<uapi::Elf64ProgramHeader const*>(
        reinterpret_cast<std::byte const*>(&__ehdr_start) + __ehdr_start.program_headers);
    for (unsigned i = 0; i < __ehdr_start.program_header_count; ++i)
        if (headers[i].type == uapi::pt_tls)
            return &headers[i];
    return nullptr;
}

} // namespace

u64 auxiliary(u64 type) noexcept {
    if (auto const* entry = linnet_process.auxiliary)
        for (; entry[0] != uapi::at_null; entry += 2)
            if (entry[0] == type)
                return entry[1];
    return 0;
}

std::string_view program_name() noexcept {
    if (linnet_process.argument_count < 1)
        return "program";
    std::string_view const name = linnet_process.arguments[0];
    auto const slash = name.rfind('/');
    return slash == name.npos ? name : name.substr(slash + 1);
}

/// The ABI's variant II: the variables end where the thread's block starts.
ThreadRoom thread_room() noexcept {
    auto const* const own = variables();
    usize const alignment = std::max<usize>(64, own != nullptr ? own->alignment : 0);
    usize const below = own != nullptr ? align_up(own->memory_size, alignment) : 0;
    return {below + sizeof(ThreadBlock), alignment};
}

ThreadBlock* make_thread(std::byte* room) noexcept {
    auto const size = thread_room().size;
    // Safe because the room has that size and alignment.
    auto* const block = reinterpret_cast<ThreadBlock*>(room + size - sizeof(ThreadBlock));
    if (auto const* const own = variables()) {
        auto const below = align_up(own->memory_size, std::max<usize>(1, own->alignment));
        auto* const start = reinterpret_cast<std::byte*>(block) - below;
        std::memcpy(start, reinterpret_cast<void const*>(own->virtual_address), own->file_size);
        std::memset(start + own->file_size, 0, own->memory_size - own->file_size);
    }
    *block = {.self = block};
    if (auto const random = auxiliary(uapi::at_random))
        std::memcpy(&block->canary, reinterpret_cast<void const*>(random), sizeof block->canary);
    return block;
}

void start_threads() noexcept {
    auto const need = thread_room();
    std::byte* room = first_room;
    if (need.size > sizeof first_room || need.alignment > first_alignment) {
        long const mapped = call(Syscall::mmap, 0, need.size + need.alignment, 3, 0x22, -1, 0);
        if (failed(mapped))
            linnet_exit_now(127);
        room = reinterpret_cast<std::byte*>(align_up(static_cast<u64>(mapped), need.alignment));
    }
    call(Syscall::arch_prctl, uapi::arch_set_fs, make_thread(room));
}

} // namespace core
