// Adds programs to an initramfs: linnet-add-programs INITRAMFS OUTPUT PROGRAM...; they go to /bin.
#include "runner/archive.hpp"
#include "runner/os.hpp"

#include <filesystem>

#include <fmt/format.h>

int main(int count, char** words) {
    if (count < 4) {
        fmt::print(stderr, "usage: linnet-add-programs INITRAMFS OUTPUT PROGRAM...\n");
        return 2;
    }
    try {
        runner::ArchiveWriter archive;
        for (int i = 3; i < count; ++i)
            archive.file("bin/" + std::filesystem::path(words[i]).filename().string(), 0755,
                         runner::read_file(words[i]));
        runner::write_file(words[2], runner::read_file(words[1]) + archive.finish());
    } catch (std::exception const& error) {
        fmt::print(stderr, "linnet-add-programs: {}\n", error.what());
        return 1;
    }
    return 0;
}
