// The dispatch table's rows, for calling, tracing and documentation.
#pragma once

#include "abi/syscalls.hpp"
#include "kernel/syscall/call.hpp"
#include "libs/base/atomic.hpp"

#include <array>

namespace sys {

using uapi::Syscall;

constexpr char const* name_of(Syscall number) {
    for (auto const& known : uapi::syscall_names)
        if (known.number == number)
            return known.name;
    return nullptr;
}

struct Row {
    consteval Row(Syscall which, Entry const& how, char const* what_is_missing = "")
        : number(which), name(name_of(which)), entry(how), note(what_is_missing) {}

    Syscall number;
    char const* name;
    Entry entry;
    char const* note; ///< what is refused or differs; empty: as on Linux
};

/// Not defined: its name is what the compiler says about a table that is not `in_order()`.
void each_system_call_number_once_and_in_order();

/// The rows as an array; does not compile unless each number stands there once and in order.
template <usize count>
consteval std::array<Row, count> in_order(Row const (&rows)[count]) {
    for (usize i = 1; i < count; ++i)
        if (rows[i].number <= rows[i - 1].number)
            each_system_call_number_once_and_in_order();
    return std::to_array(rows);
}

namespace detail {
extern std::array<Row const*, uapi::syscall_limit> const by_number;
extern Atomic<bool> tracing_on;
} // namespace detail

/// nullptr for calls that do not exist here.
inline Row const* find_row(u64 number) {
    return number < uapi::syscall_limit ? detail::by_number[number] : nullptr;
}

/// Boot option linnet.strace=1: every call goes to the log with its result.
void set_tracing(bool on);

inline bool tracing() {
    return detail::tracing_on.load(MemoryOrder::relaxed);
}

/// A line of the trace while its call runs.
class TraceLine {
public:
    TraceLine(Call const& call, Row const& row);
    void finish(Result<i64> const& result);

private:
    void put_arguments(bool finished, i64 result);

    Row const& row_;
    int pid_;
    u64 words_[6];
    u8 printed_ = 0;
    u8 word_ = 0;
    String text_;
};

} // namespace sys
