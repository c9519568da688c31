// Fuzzes the line discipline: any settings, any input, any reads, in any order.
#include "libs/base/bug.hpp"
#include "libs/tty/line_discipline.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

struct Count final : tty::Effects {
    void echo(ConstBytes bytes) override { echoed += bytes.size(); }

    void signal(tty::Signal) override {}

    void flow(bool) override {}

    usize echoed = 0;
};

/// Whatever the settings were: with all of them off, what comes in goes out, and nothing else.
void check_raw(tty::LineDiscipline& discipline, ConstBytes typed) {
    std::byte buffer[256];
    Count effects;
    discipline.flush_input();
    auto settings = discipline.settings();
    settings.input = settings.output = settings.local = 0;
    discipline.set_settings(settings);
    discipline.set_stopped(false);
    discipline.receive(typed, effects);
    usize const got = discipline.read(buffer);
    if (effects.echoed != 0 || !std::ranges::equal(Bytes(buffer).first(got), typed))
        std::abort();
    auto const shown = discipline.process_output(typed, buffer);
    if (shown.taken != typed.size() ||
        !std::ranges::equal(Bytes(buffer).first(shown.produced), typed))
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    tty::LineDiscipline discipline;
    Count effects;
    std::byte buffer[256];
    ConstBytes rest = std::as_bytes(std::span(data, size));
    while (rest.size() >= 2) {
        u8 const action = static_cast<u8>(rest[0]);
        usize const count = std::min<usize>(static_cast<u8>(rest[1]), rest.size() - 2);
        ConstBytes const argument = rest.subspan(2, count);
        rest = rest.subspan(2 + count);
        switch (action % 5) {
        case 0: {
            auto settings = discipline.settings();
            copy_bytes(writable_object_bytes(settings), argument);
            discipline.set_settings(settings);
            break;
        }
        case 1:
            if (discipline.read(Bytes(buffer).first(count)) > count)
                std::abort();
            break;
        case 2: {
            auto const done = discipline.process_output(argument, buffer);
            if (done.taken > argument.size() || done.produced > sizeof buffer)
                std::abort();
            break;
        }
        default:
            discipline.receive(argument, effects);
        }
        if (discipline.available() > 4096)
            std::abort();
    }
    check_raw(discipline, std::as_bytes(std::span(data, std::min<usize>(size, 200))));
    return 0;
}
