// Bytes read as a program: which system calls it makes, with arguments of the kinds that the table
// says they have.
#pragma once

#include "kernel/host_system/user.hpp"
#include "kernel/syscall/table.hpp"

namespace host_system {

/// One for all threads of a run: whoever runs takes the next call. Every byte string is a script.
///
///     0..0xef          this system call, then what its arguments need
///     0xf0..0xfc, n    system call 0xf0 + 256 * (first - 0xf0) + n
///     0xfd, kind, at   the program faults
///     0xfe, n          calls are traced from now on, if n is odd
///     0xff, n          n milliseconds pass
class Script {
public:
    explicit Script(std::span<u8 const> bytes) : rest_(bytes) {}

    /// Makes calls until the script or `most_calls` are used up; checks after each that the kernel
    /// has let go of everything.
    void play(User& user);

private:
    static constexpr usize most_calls = 200;

    bool ended() const { return rest_.empty() || calls_ >= most_calls; }

    void make_call(User& user, u64 number);
    void fault(User& user);
    u8 byte();
    u64 number(User& user, int depth = 0);
    u64 descriptor(User& user);
    u64 address(User& user, usize bytes);
    UserAddr string(User& user);
    std::string_view known_path();
    void fill(User& user, UserAddr at, usize bytes);

    std::span<u8 const> rest_;
    usize calls_ = 0;
    i64 last_result_ = 0;
};

} // namespace host_system
