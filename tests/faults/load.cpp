// The machine that the work load runs on (tests/faults/guest).
#include "tests/faults/load.hpp"

#include "runner/archive.hpp"
#include "runner/os.hpp"

#include <fmt/format.h>

namespace faults {

MachineSetup machine_with_load(std::string const& kernel, std::string const& initramfs,
                               std::string const& words) {
    runner::ArchiveWriter overlay;
    auto const add = [&](std::string const& path, std::string_view name) {
        overlay.file(
            path, 0755,
            runner::read_file(fmt::format("{}/tests/faults/guest/{}", LINNET_SOURCE, name)));
    };
    for (auto const* const name : {"load", "prepare", "steps"})
        add(name, name);
    add("etc/inittab", "inittab");
    overlay.symlink("init", "/bin/busybox");
    return {.kernel = kernel,
            .initramfs = runner::read_file(initramfs) + overlay.finish(),
            .words = "console=ttyS0 " + words};
}

} // namespace faults
