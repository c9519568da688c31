// The user's terminal: raw while a guest owns it, restored whatever happens.
#pragma once

#include <termios.h>

namespace runner {

struct WindowSize {
    unsigned rows = 0;
    unsigned columns = 0;
};

/// Size of the terminal behind `descriptor`; zeros if it has none.
WindowSize window_size(int descriptor);

/// Raw mode on stdin for the life of this object; also undone when the runner crashes or exits.
class RawTerminal {
public:
    RawTerminal();
    RawTerminal(RawTerminal const&) = delete;
    ~RawTerminal();
};

} // namespace runner
