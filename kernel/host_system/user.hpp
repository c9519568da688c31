// A program of the host machine: C++ code that stands where machine code would, and enters the
// kernel as a program does.
#pragma once

#include "abi/errno.hpp"
#include "abi/syscalls.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/api/user_copy.hpp"
#include "kernel/arch/api/user_registers.hpp"
#include "libs/base/id.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace host_system {

using uapi::Errno;
using uapi::Syscall;

/// What a call that fails so returns.
constexpr i64 code(Errno error) {
    return -static_cast<i64>(error);
}

class User;
/// What is at an address of executable memory. Signal handlers find the signal in first_argument().
using Code = std::function<void(User&)>;

/// Where the file of every program is mapped: code first, then memory to use.
inline constexpr UserAddr text(0x40'0000);
inline constexpr usize most_code = 128; ///< pieces of code
inline constexpr UserAddr memory(0x50'0000);
inline constexpr usize memory_size = 128_KiB;

/// The address of `code`, for as long as this process lives. Equal to text for the first.
UserAddr place_code(Code code);
/// Forgets what was placed after `count` pieces, so that their addresses are used again.
usize code_count();
void forget_code(usize count);

/// The CPU in user mode, of one thread. Handlers of signals run inside call(). When the thread
/// ends, its frames are left as they are: what runs may not own memory then.
class User {
public:
    explicit User(arch::UserRegisters& registers) : registers_(registers) {}

    /// Runs the code that the registers point at, and what execve puts in its place, then exits.
    [[noreturn]] void run();

    /// The call's result, or a negative errno.
    template <class... Word>
    i64 call(Syscall number, Word... words) {
        u64 const all[6] = {word(words)...};
        return enter(number, all);
    }

    i64 enter(Syscall number, u64 const (&words)[6]);

    /// A child that runs `code`, which must be placed; the child's id.
    i64 fork(UserAddr code);

    /// The same by clone(2), on the same stack; `child_tid` for CLONE_CHILD_CLEARTID and the like.
    i64 clone(UserAddr code, u64 flags, UserAddr child_tid);

    /// As if the program's next instruction had faulted so. Comes back when the fault was resolved,
    /// or a handler for its signal has returned.
    void fault(upcall::UserFault const& fault);

    u64 first_argument() const { return registers_.rdi; }

    UserAddr stack() const { return UserAddr(registers_.rsp); }

    /// Of the code that runs.
    UserAddr entry() const;

    /// Bytes in the program's memory; a string gets its NUL. Used round and round.
    UserAddr put(ConstBytes bytes);
    UserAddr put(std::string_view string);

    template <class T>
    UserAddr put_value(T const& value) {
        return put(object_bytes(value));
    }

    /// Room for that many bytes.
    UserAddr room(usize bytes);

    template <class T>
    T get(UserAddr at) {
        T value{};
        static_cast<void>(arch::copy_from_user(writable_object_bytes(value), at));
        return value;
    }

    std::string text_at(UserAddr at, usize size);

    /// The beginning of a file, up to 2000 bytes, as the program reads it; "error" if it may not.
    std::string read_file(std::string_view path);

private:
    struct Replaced {}; ///< thrown through the old program's code by a successful execve

    static constexpr int most_nested = 16; ///< handlers

    template <class T>
    u64 word(T const& value) {
        if constexpr (std::is_convertible_v<T const&, std::string_view>)
            return put(std::string_view(value)).value();
        else if constexpr (std::is_same_v<T, UserAddr>)
            return value.value();
        else
            return static_cast<u64>(value);
    }

    void make_call();
    i64 enter_once(Syscall number, u64 const (&words)[6]);
    i64 start(UserAddr code, Syscall number, u64 const (&words)[6]);
    void jump();
    void run_handlers(u64 site);

    arch::UserRegisters& registers_;
    usize used_ = 0;
    int nested_ = 0;
};

} // namespace host_system
