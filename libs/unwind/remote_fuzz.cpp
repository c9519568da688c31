// Hostile programs: whatever their memory holds, looking at a frame ends and stays in bounds.
#include "libs/unwind/remote.hpp"

#include <cstring>

namespace {

constexpr u64 base = 0x10000;

class Given final : public dwarf::Memory {
public:
    explicit Given(ConstBytes bytes) : bytes_(bytes) {}

    bool read(u64 at, Bytes into) const noexcept override {
        if (at < base || at - base > bytes_.size() || bytes_.size() - (at - base) < into.size())
            return false;
        std::memcpy(into.data(), bytes_.data() + (at - base), into.size());
        return true;
    }

private:
    ConstBytes bytes_;
};

} // namespace

/// The first 6 bytes are rip, rsp and rbp within the 64 KiB from 0x10000, where the rest lies.
extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    unwind::Frame frame{.registers = {}, .interrupted = true};
    constexpr unwind::Register given[] = {unwind::rip, unwind::rsp, unwind::rbp};
    if (size < sizeof(u16) * 3)
        return 0;
    for (auto const number : given) {
        u16 value;
        std::memcpy(&value, data, sizeof value);
        frame.registers[number] = base + value;
        data += sizeof value;
        size -= sizeof value;
    }
    Given const memory(std::as_bytes(std::span(data, size)));
    for (int i = 0; i < 20; ++i) {
        auto const image = unwind::find_image(memory, frame.instruction());
        char name[40];
        if (image)
            (void)unwind::image_name(memory, *image, name);
        if (unwind::step_remote(memory, image, frame) != unwind::Step::stepped)
            break;
    }
    return 0;
}
