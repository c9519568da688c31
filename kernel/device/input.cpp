// Keys on their way from keyboards to who wants them.
#include "kernel/device/input.hpp"

#include "libs/base/atomic.hpp"

namespace device {
namespace {

constinit Atomic<KeyListener*> listening{nullptr};

} // namespace

void set_key_listener(KeyListener& listener) {
    listening.store(&listener);
}

void report_key(keyboard::Press const& press) {
    if (auto* const listener = listening.load())
        listener->key(press);
}

} // namespace device
