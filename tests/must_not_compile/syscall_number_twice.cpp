// A system call number has one row.
// room: syscall
// expect: each_system_call_number_once_and_in_order
#include "kernel/syscall/table.hpp"

Result<i64> one();
Result<i64> other();

#ifdef MUST_FAIL
constexpr auto second = uapi::Syscall::getpid;
#else
constexpr auto second = uapi::Syscall::getppid;
#endif

constexpr auto rows = sys::in_order({
    {uapi::Syscall::getpid, sys::entry<one>},
    {second, sys::entry<other>},
});
