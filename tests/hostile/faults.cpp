// Instructions and accesses that a user program may not do, and what signal each brings.
#include "tests/hostile/hostile.hpp"

#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <span>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

namespace hostile {
namespace {

// Inline assembly throughout: these are the instructions under test.

constexpr Attack privileged[] = {
    {"cli", [] { asm volatile("cli"); }},
    {"sti", [] { asm volatile("sti"); }},
    {"hlt", [] { asm volatile("hlt"); }},
    {"in", [] { asm volatile("in $0x60, %%al"
                             :
                             :
                             : "al"); }},
    {"out", [] { asm volatile("out %%al, $0x80"
                              :
                              : "a"(0)); }},
    {"insb",
     [] {
         char byte;
         char* to = &byte;
         asm volatile("insb" : "+D"(to) : "d"(0x60) : "memory");
     }},
    {"read cr0", [] { asm volatile("mov %%cr0, %%rax"
                                   :
                                   :
                                   : "rax"); }},
    {"write cr0", [] { asm volatile("mov %0, %%cr0"
                                    :
                                    : "r"(0L)); }},
    {"read cr3", [] { asm volatile("mov %%cr3, %%rax"
                                   :
                                   :
                                   : "rax"); }},
    {"write cr3", [] { asm volatile("mov %0, %%cr3"
                                    :
                                    : "r"(0L)); }},
    {"write cr4", [] { asm volatile("mov %0, %%cr4"
                                    :
                                    : "r"(0L)); }},
    {"write cr8", [] { asm volatile("mov %0, %%cr8"
                                    :
                                    : "r"(15L)); }},
    {"write dr7", [] { asm volatile("mov %0, %%dr7"
                                    :
                                    : "r"(0L)); }},
    {"rdmsr", [] { asm volatile("rdmsr"
                                :
                                : "c"(0xc0000080)
                                : "eax", "edx"); }},
    {"wrmsr", [] { asm volatile("wrmsr"
                                :
                                : "c"(0xc0000082), "a"(0), "d"(0)); }},
    {"lgdt",
     [] {
         char table[10] = {};
         asm volatile("lgdt %0" : : "m"(table));
     }},
    {"lidt",
     [] {
         char table[10] = {};
         asm volatile("lidt %0" : : "m"(table));
     }},
    {"ltr", [] { asm volatile("ltr %%ax"
                              :
                              : "a"(0)); }},
    {"lldt", [] { asm volatile("lldt %%ax"
                               :
                               : "a"(0)); }},
    {"lmsw", [] { asm volatile("lmsw %%ax"
                               :
                               : "a"(0)); }},
    {"clts", [] { asm volatile("clts"); }},
    {"invlpg", [] { asm volatile("invlpg (%0)"
                                 :
                                 : "r"(0L)); }},
    {"invd", [] { asm volatile("invd"); }},
    {"wbinvd", [] { asm volatile("wbinvd"); }},
    {"swapgs", [] { asm volatile("swapgs"); }},
    {"sysret", [] { asm volatile("sysretq"
                                 :
                                 : "c"(0L)); }},
    {"load a kernel segment", [] { asm volatile("mov %0, %%ss"
                                                :
                                                : "r"(0x18)); }},
    {"load a segment beyond the table", [] { asm volatile("mov %0, %%ds"
                                                          :
                                                          : "r"(0xfff3)); }},
    {"xsetbv", [] { asm volatile("xsetbv"
                                 :
                                 : "c"(0), "a"(0), "d"(0)); }},
    {"raise the I/O privilege level",
     [] {
         asm volatile("pushfq; orq $0x3000, (%%rsp); popfq; cli" : : : "memory", "cc");
     }},
};

/// Not for comparison: QEMU reads the stack of the first two with the kernel's rights, over which
/// Linux stumbles, and its answer to the third depends on the levels of tables.
constexpr Attack apart[] = {
    {"stack not canonical",
     [] {
         asm volatile("mov %0, %%rsp; push %%rax" : : "r"(1UL << 56) : "memory");
     }},
    {"iret to the kernel",
     [] {
         asm volatile("push $0x10; push %%rsp; push $2; push $8; push $0; iretq" : : : "memory");
     }},
    {"far return to the kernel", [] { asm volatile("push $8; push $0; lretq"
                                                   :
                                                   :
                                                   : "memory"); }},
};

constexpr Attack traps[] = {
    {"ud2", [] { asm volatile("ud2"); }},
    {"undefined opcode", [] { asm volatile(".byte 0x0f, 0xff, 0xc0"); }},
    {"lock without memory", [] { asm volatile(".byte 0xf0, 0x90"); }},
    {"div by zero", [] { asm volatile("div %0"
                                      :
                                      : "r"(0L), "a"(1L), "d"(0L)); }},
    {"div overflow", [] { asm volatile("idiv %0"
                                       :
                                       : "r"(-1L), "a"(0L), "d"(1L << 63)); }},
    {"int3", [] { asm volatile("int3"); }},
    {"int1", [] { asm volatile(".byte 0xf1"); }},
    {"int 3, the long form", [] { asm volatile(".byte 0xcd, 3"); }},
    {"into the NMI vector", [] { asm volatile("int $2"); }},
    {"into the double fault vector", [] { asm volatile("int $8"); }},
    {"into the page fault vector", [] { asm volatile("int $14"); }},
    {"into a device vector", [] { asm volatile("int $0x30"); }},
    {"into the last vector", [] { asm volatile("int $0xff"); }},
    {"single step",
     [] {
         asm volatile("pushfq; orq $0x100, (%%rsp); popfq; nop; nop" : : : "memory", "cc");
     }},
    {"alignment check",
     [] {
         static long words[2];
         asm volatile("pushfq; orq $0x40000, (%%rsp); popfq; mov 1(%0), %%rax"
                      :
                      : "r"(words)
                      : "rax", "memory", "cc");
     }},
    {"SSE division by zero",
     [] {
         unsigned const control = 0x1f80 & ~(1U << 9);
         asm volatile("ldmxcsr %0" : : "m"(control));
         double volatile one = 1;
         double volatile zero = 0;
         one = one / zero;
     }},
    {"SSE invalid operation",
     [] {
         unsigned const control = 0x1f80 & ~(1U << 7);
         asm volatile("ldmxcsr %0" : : "m"(control));
         double volatile zero = 0;
         zero = zero / zero;
     }},
    {"x87 division by zero",
     [] {
         unsigned short const control = 0x37f & ~(1U << 2);
         asm volatile("fldcw %0; fld1; fldz; fdivrp; fwait" : : "m"(control));
     }},
};

constexpr std::uintptr_t kernel_text = 0xffffffff80000000;
constexpr std::uintptr_t kernel_half = 0xffff800000000000;
constexpr std::uintptr_t not_canonical = 0x0100000000000000; ///< with five levels of tables as well

void read_at(std::uintptr_t at) {
    asm volatile("movb (%0), %%al" : : "r"(at) : "rax", "memory");
}

void write_at(std::uintptr_t at) {
    asm volatile("movb $1, (%0)" : : "r"(at) : "memory");
}

void jump_to(std::uintptr_t at) {
    asm volatile("jmp *%0" : : "r"(at) : "memory");
}

std::uintptr_t page(int protection) {
    return reinterpret_cast<std::uintptr_t>(
        mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

[[gnu::noinline]] int overflow_stack(int depth, int limit) {
    char volatile space[4096];
    space[0] = static_cast<char>(depth);
    space[4095] = static_cast<char>(depth < limit ? overflow_stack(depth + 1, limit) : 0);
    return space[0] + space[4095];
}

constexpr Attack memory[] = {
    {"read null", [] { read_at(0); }},
    {"write null", [] { write_at(0); }},
    {"jump to null", [] { jump_to(0); }},
    {"read the first page", [] { read_at(0xfff); }},
    {"read unmapped", [] { read_at(0x123456789000); }},
    {"read the kernel's text", [] { read_at(kernel_text + 0x100000); }},
    {"write the kernel's text", [] { write_at(kernel_text + 0x100000); }},
    {"jump to the kernel", [] { jump_to(kernel_text + 0x100000); }},
    {"read the kernel half", [] { read_at(kernel_half); }},
    {"read the last byte", [] { read_at(UINTPTR_MAX); }},
    {"read not canonical", [] { read_at(not_canonical); }},
    {"write not canonical", [] { write_at(not_canonical); }},
    {"jump not canonical", [] { jump_to(not_canonical); }},
    {"return not canonical",
     [] {
         asm volatile("push %0; ret" : : "r"(not_canonical) : "memory");
     }},
    {"system call with the stack in the kernel",
     [] {
         asm volatile("mov %0, %%rsp; mov $39, %%eax; syscall; pop %%rax"
                      :
                      : "r"(kernel_half)
                      : "rax", "rcx", "r11", "memory");
     }},
    {"write own text", [] { write_at(reinterpret_cast<std::uintptr_t>(&overflow_stack)); }},
    {"run the stack",
     [] {
         char code[16];
         std::memset(code, 0xc3, sizeof code);
         jump_to(reinterpret_cast<std::uintptr_t>(code));
     }},
    {"run the heap", [] { jump_to(reinterpret_cast<std::uintptr_t>(std::calloc(1, 64))); }},
    {"run data", [] { jump_to(page(PROT_READ | PROT_WRITE)); }},
    {"read what may not be read", [] { read_at(page(PROT_NONE)); }},
    {"write what may only be read", [] { write_at(page(PROT_READ)); }},
    {"read behind a mapping",
     [] {
         auto const at = page(PROT_READ);
         munmap(reinterpret_cast<void*>(at), 4096);
         read_at(at);
     }},
    {"read behind the end of a file",
     [] {
         int const file = open("/tmp/short", O_RDWR | O_CREAT, 0600);
         auto const at =
             reinterpret_cast<std::uintptr_t>(mmap(nullptr, 4096, PROT_READ, MAP_SHARED, file, 0));
         read_at(at);
     }},
    {"overflow the stack", [] { overflow_stack(0, INT_MAX); }},
    {"signal without a stack",
     [] {
         struct sigaction action{};
         action.sa_handler = [](int) {};
         sigaction(SIGUSR1, &action, nullptr);
         asm volatile("xor %%esp, %%esp; mov $39, %%eax; syscall; mov %%eax, %%edi;"
                      "mov $10, %%esi; mov $62, %%eax; syscall"
                      :
                      :
                      : "rax", "rcx", "rdi", "rsi", "r11", "memory");
     }},
    {"return from no signal",
     [] {
         asm volatile("mov %0, %%rsp; mov $15, %%eax; syscall" : : "r"(64L) : "rax", "memory");
     }},
    {"return from a forged signal",
     [] {
         // A frame of ones asks for a kernel code segment, a stack and an address that cannot be.
         static char frame[4096];
         std::memset(frame, 0xff, sizeof frame);
         asm volatile("mov %0, %%rsp; mov $15, %%eax; syscall"
                      :
                      : "r"(frame + 2048)
                      : "rax", "rcx", "r11", "memory");
     }},
};

/// Writes what arrived; "ip" stands for an address that is the faulting instruction's own.
void report(int signal, siginfo_t* info, void* context) {
    auto const* const registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
    auto const at = reinterpret_cast<std::uintptr_t>(info->si_addr);
    char line[80];
    char const* place = "elsewhere";
    char number[24];
    if (at == static_cast<std::uintptr_t>(registers[REG_RIP]))
        place = "ip";
    else if (at < 0x2000 || at >= not_canonical || at == 0x123456789000) {
        std::snprintf(number, sizeof number, "%lx", at);
        place = number;
    }
    int const length = std::snprintf(line, sizeof line, "  %s code %d address %s\n",
                                     sigabbrev_np(signal), info->si_code, place);
    (void)!write(1, line, static_cast<std::size_t>(length));
    _exit(0);
}

void catch_all() {
    static char stack[16384];
    stack_t const alternate = {.ss_sp = stack, .ss_flags = 0, .ss_size = sizeof stack};
    sigaltstack(&alternate, nullptr);
    struct sigaction action{};
    action.sa_sigaction = report;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    for (int const signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP})
        sigaction(signal, &action, nullptr);
}

} // namespace

int faults(std::string const& group) {
    std::span<Attack const> attacks = memory;
    if (group == "privileged")
        attacks = privileged;
    else if (group == "apart")
        attacks = apart;
    else if (group == "traps")
        attacks = traps;
    int passed = 0;
    for (auto const& attack : attacks) {
        std::printf("%s\n", attack.name);
        std::fflush(stdout);
        for (bool const caught : {true, false}) {
            int const status = in_child([&] {
                if (caught)
                    catch_all();
                attack.run();
                _exit(99);
            });
            if (!caught || status != 0)
                std::printf("  %s\n", ending(status).c_str());
            std::fflush(stdout);
            passed += WIFEXITED(status) && WEXITSTATUS(status) == 99 ? 1 : 0;
        }
    }
    return passed == 0 ? 0 : 1;
}

} // namespace hostile
