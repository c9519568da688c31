// Waiting for several descriptors.
#include "user/os/poll.hpp"

#include "user/os/kernel_time.hpp"

namespace os {
namespace {

Result<usize> wait(std::span<Awaited> list, Nanoseconds patience, u64 const* blocked) {
    auto const time = kernel_time(patience);
    return checked(core::call(core::Syscall::ppoll, list.data(), list.size(),
                              patience == Nanoseconds::never() ? nullptr : &time, blocked,
                              sizeof(u64)));
}

} // namespace

Result<usize> poll(std::span<Awaited> list, Nanoseconds patience) {
    return wait(list, patience, nullptr);
}

Result<usize> poll(std::span<Awaited> list, Nanoseconds patience, SignalSet blocked) {
    u64 const mask = blocked.bits();
    return wait(list, patience, &mask);
}

} // namespace os
