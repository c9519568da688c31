// Fuzzes the keyboard: any bytes as scan codes.
#include "libs/keyboard/keyboard.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    keyboard::Decoder decoder;
    for (usize i = 0; i < size; ++i)
        if (auto const press = decoder.take(data[i]))
            if (keyboard::bytes_of_press(*press, i % 2 == 0).view().size() > 5)
                std::abort();
    return 0;
}
