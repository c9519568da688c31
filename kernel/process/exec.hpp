// execve: loads a program beside the old one, then replaces it.
#pragma once

#include "kernel/arch/api/user_registers.hpp"
#include "kernel/process/thread.hpp"
#include "kernel/vfs/walk.hpp"

namespace process {

/// Argument and environment strings, each with its NUL, one after the other.
class Strings {
public:
    /// MAX_ARG_STRLEN: one string, with its NUL.
    static constexpr usize longest = 131072;

    Result<void> add(std::string_view text);
    /// `#!` puts the interpreter and its argument before the script's.
    void insert_front(std::string_view text);
    void remove_front();

    usize count() const { return count_; }

    /// All strings with their NULs.
    std::string_view bytes() const { return {bytes_.data(), bytes_.size()}; }

    /// Copies an array of string pointers that ends with a null. E2BIG beyond `limit` bytes
    /// (pointers count, too), EFAULT.
    static Result<Strings> from_user(UserAddr array, u64 limit);

private:
    Result<void> add_user(UserAddr text);
    Vector<char> bytes_;
    usize count_ = 0;
};

/// Bytes that arguments and environment may take, from RLIMIT_STACK.
u64 argument_limit(u64 stack_limit);

struct ExecRequest {
    vfs::Place start;
    std::string_view path;
    vfs::WalkFlags walk = vfs::Walk::follow_last;
    String shown_path; ///< AT_EXECFN, and the script name: "/dev/fd/N/..." for execveat
    Strings arguments;
    Strings environment;
};

/// A program that is ready to run in an address space of its own.
struct LoadedProgram {
    Ref<mem::AddressSpace> space;
    Ref<Executable> executable;
    Ref<vfs::Credentials const> credentials;
    arch::UserRegisters registers;
    Layout layout;
    String name;             ///< for comm
    bool privileged = false; ///< gained ids by setuid or setgid bits
};

/// Everything of execve that can fail. ENOEXEC, ENOENT, EACCES, ELOOP, E2BIG, ENOMEM, ...
Result<LoadedProgram> load_program(vfs::Caller const& caller, Process& process,
                                   ExecRequest request);

/// The rest: ends the other threads, then cannot fail any more. `registers` become the program's.
Result<void> execute(Thread& self, arch::UserRegisters& registers, LoadedProgram program);

} // namespace process
