// Keys on their way from keyboards to who wants them: the terminal on the screen.
#pragma once

#include "libs/keyboard/keyboard.hpp"

namespace device {

class KeyListener {
public:
    /// Any context, interrupts perhaps off: must not sleep or take locks that do.
    virtual void key(keyboard::Press const& press) = 0;

protected:
    ~KeyListener() = default;
};

/// Who gets the keys from now on; it must live for ever.
void set_key_listener(KeyListener& listener);
/// For drivers of keyboards. Dropped while nobody listens. Any context.
void report_key(keyboard::Press const& press);

} // namespace device
