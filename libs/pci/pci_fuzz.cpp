// Fuzzes PCI configuration parsing over registers of the fuzzer's making.
#include "libs/pci/configuration.hpp"

#include <cstdlib>
#include <cstring>

namespace {

class InputFunction final : public pci::Configuration {
public:
    InputFunction(u8 const* data, usize size) {
        std::memcpy(bytes_, data, size < sizeof bytes_ ? size : sizeof bytes_);
    }

    u32 read(u16 offset, u8 width) const override {
        if (offset + width > 256 + 16)
            std::abort();
        u32 value = 0;
        std::memcpy(&value, bytes_ + offset, width);
        return value;
    }

    void write(u16 offset, u8 width, u32 value) override {
        if (offset + width > 256)
            std::abort();
        std::memcpy(bytes_ + offset, &value, width);
    }

private:
    u8 bytes_[256 + 16] = {}; // a capability may start in the last bytes
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    InputFunction function(data, size);
    (void)pci::absent(function);
    (void)pci::find_message_table(function);
    (void)pci::find_virtio_regions(function);
    for (auto const& bar : pci::probe_bars(function).bar)
        if (bar.kind != pci::Bar::Kind::none && (bar.size == 0 || (bar.size & (bar.size - 1)) != 0))
            std::abort();
    return 0;
}
