// Turns bytes into system calls and their arguments.
#include "kernel/host_system/script.hpp"

#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/arch/host/machine.hpp"
#include "kernel/sync/held.hpp"
#include "libs/base/bug.hpp"

#include <algorithm>

namespace host_system {

namespace {

constexpr std::string_view paths[] = {
    "a",
    "b",
    "c",
    "d",
    ".",
    "..",
    "/",
    "",
    "/tmp",
    "/tmp/a",
    "/tmp/d",
    "d/a",
    "/loop",
    "/link/text",
    "/etc/text",
    "/bin/main",
    "/bin/script",
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/kmsg",
    "/dev/tty",
    "/dev/ptmx",
    "/dev/pts",
    "/dev/pts/0",
    "/dev/pts/1",
    "/dev/pts/ptmx",
    "/proc",
    "/proc/self",
    "/proc/self/fd",
    "/proc/self/fd/3",
    "/proc/self/fdinfo/3",
    "/proc/self/exe",
    "/proc/self/cwd",
    "/proc/self/root",
    "/proc/self/maps",
    "/proc/self/mem",
    "/proc/self/stat",
    "/proc/self/statm",
    "/proc/self/status",
    "/proc/self/limits",
    "/proc/self/mounts",
    "/proc/self/mountinfo",
    "/proc/self/cmdline",
    "/proc/self/environ",
    "/proc/self/comm",
    "/proc/self/oom_score_adj",
    "/proc/self/task",
    "/proc/1/status",
    "/proc/stat",
    "/proc/meminfo",
    "/proc/cpuinfo",
    "/proc/filesystems",
    "/proc/loadavg",
    "/proc/uptime",
    "/proc/slabinfo",
    "/proc/devices",
    "/proc/interrupts",
    "/proc/sys/kernel/hostname",
    "/proc/sys/kernel/pid_max",
    "/proc/sys/fs/file-max",
    "tmpfs",
    "proc",
    "devpts",
    "devtmpfs",
    "size=1m",
    "#!/bin/main",
    "trailing/",
    "../../x",
};

constexpr usize sizes[] = {0, 1, 5, 16, 100, 1000, page_size, page_size + 1, 20'000, memory_size};

/// No user memory is there: below the first page, in between, in the kernel.
constexpr u64 bad_addresses[] = {1, 0x10'0000, 0x7000'0000'0000, 0xffff'8000'0000'0000, ~u64{0}};

/// These end the machine, not the program.
bool is_excluded(u64 number) {
    return number == static_cast<u64>(Syscall::reboot);
}

/// PID 1 works for the test: nobody may change how.
bool may_change_others(u64 number) {
    switch (static_cast<Syscall>(number)) {
    case Syscall::prlimit64:
    case Syscall::setpriority:
    case Syscall::sched_setaffinity:
    case Syscall::sched_setparam:
    case Syscall::sched_setscheduler:
    case Syscall::ioprio_set:
        return true;
    default:
        return false;
    }
}

} // namespace

u8 Script::byte() {
    if (rest_.empty())
        return 0;
    u8 const first = rest_.front();
    rest_ = rest_.subspan(1);
    return first;
}

/// Mostly small; single bits, boundaries and addresses are near at hand.
u64 Script::number(User& user, int depth) {
    u8 const kind = byte();
    if (kind < 0x80)
        return kind;
    if (kind < 0xc0)
        return u64{1} << (kind - 0x80);
    if (kind < 0xd0) {
        u64 const special[] = {static_cast<u64>(last_result_),
                               text.value(),
                               memory.value(),
                               memory.value() + page_size,
                               user.stack().value(),
                               arch::user_end.value(),
                               page_size,
                               0x0400'0000, // SA_RESTORER
                               1'000'000'000,
                               0x8004'5430, // TIOCGPTN
                               0x4004'5431, // TIOCSPTLCK
                               INT32_MAX,
                               INT64_MAX,
                               static_cast<u64>(INT64_MIN),
                               0x20'0000,
                               user.entry().value()};
        return special[kind - 0xc0];
    }
    if (kind < 0xe0)
        return 0x5400u + byte(); // controls of terminals
    if (kind < 0xe8 && depth < 4) {
        u64 const some = number(user, depth + 1);
        return some | number(user, depth + 1);
    }
    if (kind < 0xf0)
        return ~u64{0} - (kind - 0xe8u);
    u64 value = 0;
    for (int i = 0; i < (kind < 0xf8 ? 2 : 8); ++i)
        value = value << 8 | byte();
    return value;
}

u64 Script::descriptor(User& user) {
    u8 const kind = byte();
    if (kind < 0xc0)
        return kind % 16;
    if (kind < 0xe0)
        return static_cast<u64>(-100); // AT_FDCWD
    return number(user);
}

/// Memory for `bytes`, or an address where none is.
u64 Script::address(User& user, usize bytes) {
    u8 const kind = byte();
    if (kind < 0xe0)
        return user.room(bytes).value();
    if (kind < 0xf0)
        return 0;
    return bad_addresses[kind % std::size(bad_addresses)];
}

std::string_view Script::known_path() {
    return paths[byte() % std::size(paths)];
}

UserAddr Script::string(User& user) {
    u8 const kind = byte();
    if (kind < 0x80)
        return user.put(paths[kind % std::size(paths)]);
    if (kind < 0xe0) {
        auto const first = known_path();
        auto const second = known_path();
        UserAddr const at = user.room(first.size() + second.size() + 2);
        static_cast<void>(arch::copy_to_user(at, bytes_of(first)));
        static_cast<void>(arch::copy_to_user(at + first.size(), bytes_of("/")));
        static_cast<void>(arch::copy_to_user(at + first.size() + 1, bytes_of(second)));
        static_cast<void>(arch::zero_user(at + first.size() + second.size() + 1, 1));
        return at;
    }
    if (kind < 0xf8) {
        usize const size = std::min<usize>(byte() % 64, rest_.size());
        auto const literal = rest_.first(size);
        rest_ = rest_.subspan(size);
        UserAddr const at = user.room(size + 1);
        static_cast<void>(arch::copy_to_user(at, std::as_bytes(literal)));
        static_cast<void>(arch::zero_user(at + size, 1));
        return at;
    }
    return UserAddr(address(user, 1));
}

/// Words that are numbers, or strings' addresses; or bytes as they come.
void Script::fill(User& user, UserAddr at, usize bytes) {
    u8 const kind = byte();
    usize const word = kind % 2 == 0 ? 8 : 4;
    usize const count = std::min<usize>(kind / 2 % 16, bytes / word);
    for (usize i = 0; i < count; ++i) {
        u64 const value = kind < 0x40 ? string(user).value() : number(user);
        static_cast<void>(
            arch::copy_to_user(at + i * word, ConstBytes(object_bytes(value)).first(word)));
    }
}

void Script::make_call(User& user, u64 call) {
    auto const* const row = sys::find_row(call);
    if (row == nullptr || is_excluded(call))
        return;
    u64 words[6];
    usize next = 0;
    for (usize i = 0; i < row->entry.arguments.count; ++i) {
        auto const& argument = row->entry.arguments.items[i];
        using sys::Shape;
        switch (argument.shape) {
        case Shape::value:
            words[next++] = number(user);
            break;
        case Shape::descriptor:
            words[next++] = descriptor(user);
            break;
        case Shape::string:
            words[next++] = string(user).value();
            break;
        case Shape::address:
        case Shape::structure: {
            usize const size = argument.shape == Shape::address ? 64 : argument.size;
            words[next] = address(user, size);
            fill(user, UserAddr(words[next++]), size);
            break;
        }
        case Shape::bytes_in:
        case Shape::bytes_out: {
            usize const size = sizes[byte() % std::size(sizes)];
            words[next] = address(user, size);
            if (argument.shape == Shape::bytes_in)
                fill(user, UserAddr(words[next]), size);
            words[next + 1] = size;
            next += 2;
            break;
        }
        case Shape::array: {
            usize const count = byte() % 8;
            words[next] = address(user, count * argument.size);
            fill(user, UserAddr(words[next]), count * argument.size);
            words[next + 1] = count;
            next += 2;
            break;
        }
        }
    }
    while (next < 6) // where results go
        words[next++] = user.room(256).value();
    if (may_change_others(call))
        for (u64& word : words)
            word = static_cast<u32>(word) == 1 ? 0 : word;
    last_result_ = user.enter(static_cast<Syscall>(call), words);
}

void Script::fault(User& user) {
    using Kind = upcall::UserFault::Kind;
    constexpr int kinds = static_cast<int>(Kind::alignment) + 1;
    u8 const kind = byte();
    user.fault({.kind = static_cast<Kind>(kind % kinds),
                .at = UserAddr(number(user)).page_down(),
                .wanted = kind < 0x80 ? arch::Access::read : arch::Access::write});
}

void Script::play(User& user) {
    while (!ended()) {
        ++calls_;
        u8 const first = byte();
        switch (first) {
        case 0xff:
            host::advance_time(Nanoseconds::milliseconds(byte()));
            break;
        case 0xfe:
            sys::set_tracing(byte() % 2 != 0);
            break;
        case 0xfd:
            fault(user);
            break;
        default:
            make_call(user, first < 0xf0 ? first : 0xf0u + (first - 0xf0u) * 256 + byte());
        }
        ensure(ksync::held_locks() == 0, "a system call returns with a lock held");
        ensure(arch::preemption_depth() == 0, "a system call returns with preemption off");
        ensure(arch::interrupts_enabled(), "a system call returns with interrupts off");
    }
}

} // namespace host_system
