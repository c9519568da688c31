// The notes of an ELF core dump on x86-64, in Linux's layouts (elfcore.h, procfs.h). Data only.
#pragma once

#include <cstdint>

namespace uapi {

struct ElfNoteHeader {
    std::uint32_t name_size; ///< with its NUL
    std::uint32_t content_size;
    std::uint32_t type;
};

enum ElfNoteType : std::uint32_t {
    nt_prstatus = 1,         ///< ElfThreadStatus, one per thread
    nt_fpregset = 2,         ///< 512 bytes as FXSAVE stores them, one per thread
    nt_prpsinfo = 3,         ///< ElfProcessInfo
    nt_auxv = 6,             ///< the auxiliary vector
    nt_siginfo = 0x53494749, ///< SigInfo
    nt_file = 0x46494c45,    ///< which files are mapped where
    nt_x86_xstate = 0x202,   ///< as XSAVE stores it, one per thread
};

/// struct user_regs_struct, as words: r15 ... ss as arch::UserRegisters, then fs_base, gs_base,
/// ds, es, fs, gs.
inline constexpr int elf_register_count = 27;

/// struct elf_prstatus
struct ElfThreadStatus {
    std::int32_t signal; ///< of struct elf_siginfo
    std::int32_t code;
    std::int32_t error;
    std::int16_t current_signal;
    std::int16_t pad;
    std::uint64_t pending;
    std::uint64_t blocked;
    std::int32_t pid; ///< of the thread
    std::int32_t parent;
    std::int32_t group;
    std::int32_t session;
    std::int64_t times[8]; ///< user, system, and both of reaped children, as struct timeval
    std::uint64_t registers[elf_register_count];
    std::int32_t has_float_registers;
    std::int32_t pad2;
};

static_assert(sizeof(ElfThreadStatus) == 336);

/// struct elf_prpsinfo
struct ElfProcessInfo {
    std::int8_t state;
    char letter;
    std::int8_t zombie;
    std::int8_t nice;
    std::uint32_t pad;
    std::uint64_t flags;
    std::uint32_t uid;
    std::uint32_t gid;
    std::int32_t pid;
    std::int32_t parent;
    std::int32_t group;
    std::int32_t session;
    char name[16];
    char arguments[80];
};

static_assert(sizeof(ElfProcessInfo) == 136);

} // namespace uapi
