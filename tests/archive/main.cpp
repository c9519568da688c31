// Adds programs to an initramfs: linnet-add-programs INITRAMFS OUTPUT PROGRAM...; they go to /bin,
// or where PATH=PROGRAM says, whose directories must be there or be given as PATH/ before it.
#include "runner/archive.hpp"
#include "runner/os.hpp"

#include <filesystem>
#include <span>

#include <fmt/format.h>

int main(int count, char** words) {
    if (count < 4) {
        fmt::print(stderr, "usage: linnet-add-programs INITRAMFS OUTPUT PROGRAM...\n");
        return 2;
    }
    try {
        runner::ArchiveWriter archive;
        for (std::string const word : std::span(words, count).subspan(3)) {
            auto const equals = word.find('=');
            auto const file = equals == word.npos ? word : word.substr(equals + 1);
            if (word.ends_with('/'))
                archive.directory(word.substr(0, word.size() - 1), 0755);
            else
                archive.file(equals == word.npos
                                 ? "bin/" + std::filesystem::path(word).filename().string()
                                 : word.substr(0, equals),
                             0755, runner::read_file(file));
        }
        runner::write_file(words[2], runner::read_file(words[1]) + archive.finish());
    } catch (std::exception const& error) {
        fmt::print(stderr, "linnet-add-programs: {}\n", error.what());
        return 1;
    }
    return 0;
}
