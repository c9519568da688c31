// A program with its own _start, in C++, and no crt0; of the library it uses what needs no start.
#include "user/abi/linnet.h"

extern "C" [[noreturn]] void enter(long const* stack) {
    constexpr char text[] = "own _start, arguments: ";
    (void)linnet_write_all(1, text, sizeof text - 1);
    char const digit[] = {static_cast<char>('0' + stack[0]), '\n'};
    (void)linnet_write_all(1, digit, sizeof digit);
    void* const block = linnet_allocate(100, 16);
    linnet_free(block);
    linnet_exit_now(block != nullptr ? 0 : 1);
}

asm(".globl _start\n"
    "_start:\n"
    "mov %rsp, %rdi\n"
    "and $-16, %rsp\n"
    "call enter\n"
    "ud2\n");
