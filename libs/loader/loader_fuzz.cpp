// Fuzzes what a boot loader may leave: any bytes as PVH's and as multiboot2's structures.
#include "libs/loader/loader.hpp"

#include <cstdlib>
#include <cstring>

namespace {

class InputMemory final : public loader::PhysicalMemory {
public:
    explicit InputMemory(ConstBytes bytes) : bytes_(bytes) {}

    bool read(PhysAddr at, Bytes into) const override {
        if (at.value() > bytes_.size() || into.size() > bytes_.size() - at.value())
            return false;
        if (!into.empty())
            std::memcpy(into.data(), bytes_.data() + at.value(), into.size());
        return true;
    }

private:
    ConstBytes bytes_;
};

/// What the kernel relies on.
void check(loader::Information const& information) {
    bool usable = false;
    for (auto const& entry : information.memory()) {
        usable = usable || entry.kind == loader::MemoryEntry::Kind::usable;
        if (entry.size == 0 || entry.start + entry.size < entry.start)
            std::abort();
    }
    auto const& module = information.initramfs();
    if (!usable || (module && (module->size == 0 || module->start + module->size < module->start)))
        std::abort();
    if (auto const& picture = information.framebuffer())
        if (picture->width == 0 || picture->height == 0 ||
            picture->pitch < u64{picture->width} * picture->pixel_bits / 8)
            std::abort();
    if (information.command_line().find('\0') != std::string_view::npos)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    InputMemory const memory(std::as_bytes(std::span(data, size)));
    loader::Information pvh;
    if (pvh.read_pvh(memory, PhysAddr(0)))
        check(pvh);
    loader::Information multiboot2;
    if (multiboot2.read_multiboot2(memory, PhysAddr(0)))
        check(multiboot2);
    return 0;
}
