// deep WORD: is some functions deep, one of them inlined, when it waits for input (WORD `wait`) or
// aborts. With symbols and DWARF, by the host's own libraries: what bt is tried on.
#include <cstdlib>
#include <thread>
#include <unistd.h>

namespace outer {

template <class T>
struct Holder {
    T how;

    [[gnu::noinline]] void hold(int depth) {
        if (depth > 0)
            hold(depth - 1);
        else if (how)
            std::abort();
        else
            (void)!read(0, &how, 1);
        asm volatile(""); // no tail call
    }
};

} // namespace outer

static inline void held(bool aborts) {
    outer::Holder<bool> holder{aborts};
    holder.hold(3);
}

int main(int, char** arguments) {
    bool const aborts = arguments[1][0] == 'a';
    if (arguments[1][0] == 't') {
        std::thread other([] { held(false); });
        other.join();
    }
    held(aborts);
}
