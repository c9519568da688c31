// Fuzzes command line parsing: any text, no crash, and bounded results.
#include "libs/cmdline/cmdline.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    cmdline::CommandLine const line(text);
    if (line.init_arguments().size() > 32 || line.init_environment().size() > 32)
        std::abort();
    for (auto const& device : line.all("virtio_mmio.device"))
        (void)cmdline::parse_mmio_device(device);
    // Before there is a heap, options are found word by word: good ones with the same answers.
    for (auto const* const name : {"loglevel", "quiet", "init", "panic", "console"}) {
        auto const early = cmdline::find(text, name);
        auto const late = line.text(name);
        if (line.complaints().empty() && early != late)
            std::abort();
        if (early) {
            (void)cmdline::parse_number(*early);
            (void)cmdline::parse_size(*early);
        }
    }
    return 0;
}
