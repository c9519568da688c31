// What the files of the user library share and programs do not see.
#pragma once

#include "abi/syscalls.hpp"
#include "libs/base/types.hpp"
#include "user/abi/linnet.h"
#include "user/abi/syscall.hpp"

#include <string_view>

extern "C" {
/// In syscall.S.
long linnet_clone(u64 flags, void* stack, int* parent_tid, int* child_tid, void* tls,
                  void (*function)(void*), void* argument);
void linnet_signal_return();
}

namespace core {

/// What %fs points to. The first word and the word of the stack protector are where compilers
/// expect them; the thread's variables (TLS) lie below.
struct ThreadBlock {
    ThreadBlock* self;
    u64 unused[3];
    void* mapping; ///< stack, variables and this, of threads other than the first
    u64 canary;    ///< %fs:0x28
    usize mapping_size;
};

static_assert(__builtin_offsetof(ThreadBlock, canary) == 0x28);

/// What a thread's variables and its ThreadBlock need, and their alignment.
struct ThreadRoom {
    usize size;
    usize alignment;
};

ThreadRoom thread_room() noexcept;
/// Fills in `room`, which is as thread_room() says.
ThreadBlock* make_thread(std::byte* room) noexcept;
/// The first thread's; called by crt0.
void start_threads() noexcept;

/// .preinit_array and .init_array; called by crt0.
void run_initialisers() noexcept;

/// Value of the auxiliary vector's entry; 0 when there is none.
u64 auxiliary(u64 type) noexcept;

/// As the kernel takes them in struct sigaction.
u64 signal_return_address() noexcept;
u64 address_of_handler(void (*handler)(int)) noexcept;

/// The last component of what the program was started as.
std::string_view program_name() noexcept;

} // namespace core
