// Hostile .eh_frame and .eh_frame_hdr: whatever they hold, a step ends and stays in bounds.
#include "libs/unwind/step.hpp"

#include <algorithm>

namespace {

/// The input doubles as the stack.
class InputMemory final : public dwarf::Memory {
public:
    explicit InputMemory(dwarf::Region region) : region_(region) {}

    bool read(u64 at, Bytes into) const noexcept override {
        if (!region_.contains(at) || region_.bytes.size() - (at - region_.address) < into.size())
            return false;
        copy_bytes(into, region_.bytes.subspan(at - region_.address));
        return true;
    }

private:
    dwarf::Region region_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    if (size < 8)
        return 0;
    auto const input = std::as_bytes(std::span(data, size));
    usize const header_size = std::min<usize>(data[0] * 4u, size - 8);
    auto const rest = input.subspan(8);
    constexpr u64 base = 0x10000;
    unwind::Module const modules[] = {
        {.text_start = 0,
         .text_end = ~u64{0},
         .tables = {.header = {base, rest.first(header_size)},
                    .frames = {base + header_size, rest.subspan(header_size)}}}};
    InputMemory const memory({base, rest});
    unwind::Frame frame;
    for (usize i = 0; i < frame.registers.values.size(); ++i)
        frame.registers.values[i] = base + data[i % 8] * 8u;
    frame.registers[unwind::rip] = base + data[1] + data[2] * 256u;
    frame.interrupted = (data[3] & 1) != 0;
    for (int i = 0; i < 20; ++i)
        if (unwind::step(modules, memory, frame) != unwind::Step::stepped)
            break;
    return 0;
}
