// Bootable media: an ISO with GRUB that starts the kernel by multiboot2, on a BIOS and on UEFI.
#include "runner/image.hpp"

#include "runner/console_unit.hpp"
#include "runner/failure.hpp"
#include "runner/initramfs.hpp"
#include "runner/os.hpp"
#include "runner/run.hpp"

#include <filesystem>
#include <vector>

#include <fmt/format.h>

namespace runner {
namespace {

/// The words of a command line without the double quotes that hold some together: GRUB puts quotes
/// of its own around a word with a space.
std::vector<std::string> split_words(std::string const& line) {
    std::vector<std::string> words;
    std::string word;
    bool quoted = false;
    bool any = false;
    for (char const c : line + ' ') {
        if (c == '"') {
            quoted = !quoted;
            any = true;
        } else if (c != ' ' || quoted) {
            word += c;
            any = true;
        } else if (any) {
            words.push_back(std::exchange(word, {}));
            any = false;
        }
    }
    if (quoted)
        throw Failure("the kernel's command line has a double quote without its other half");
    return words;
}

void run_tool(std::string const& line, std::string_view tool, std::string_view package) {
    auto const done = capture({"/bin/sh", "-c", line + " 2>&1"}, Echo::no);
    if (done.status == 127)
        throw Failure(fmt::format("there is no {} on this machine", tool),
                      fmt::format("apt-get install {}", package));
    if (done.status != 0)
        throw Failure(fmt::format("{} failed:\n{}", tool, done.output));
}

} // namespace

std::string grub_configuration(bool initrd, std::string const& words) {
    std::string line;
    for (auto const& word : split_words(words)) {
        if (word.find_first_of("'\\\n") != std::string::npos)
            throw Failure(fmt::format("GRUB cannot pass the word {}", word),
                          "leave out quotes, backslashes and line ends");
        line += fmt::format(" '{}'", word);
    }
    return fmt::format("set timeout=0\n"
                       "insmod all_video\n"
                       "menuentry Linnet {{\n"
                       "    multiboot2 /boot/linnet.elf{}\n"
                       "{}"
                       "}}\n",
                       line, initrd ? "    module2 /boot/initramfs\n" : "");
}

void write_image(ImageContent const& content, std::string const& path) {
    namespace fs = std::filesystem;
    TemporaryDirectory const directory;
    fs::path const root = directory.path();
    fs::create_directories(root / "boot/grub");
    write_file(root / "boot/grub/grub.cfg",
               grub_configuration(!content.initrd.empty(), content.words));
    run_tool(fmt::format("strip -o '{}' '{}'", (root / "boot/linnet.elf").string(), content.kernel),
             "strip", "binutils");
    if (!content.initrd.empty())
        write_file(root / "boot/initramfs", read_file(content.initrd));
    run_tool(fmt::format("grub-mkrescue --locales= --fonts= --themes= -o '{}' '{}'", path,
                         root.string()),
             "grub-mkrescue", "grub-common grub-pc-bin grub-efi-amd64-bin xorriso mtools");
    if (!fs::exists(path))
        throw Failure(fmt::format("grub-mkrescue wrote no {}", path),
                      "apt-get install grub-pc-bin grub-efi-amd64-bin xorriso mtools");
}

int image(ImageOptions const& options) {
    ImageContent content;
    content.kernel = options.kernel.empty() ? build_directory() + "/linnet.elf" : options.kernel;
    content.words = options.append;
    content.initrd = options.initrd;
    Descriptor archive;
    if (content.initrd.empty()) {
        archive =
            memory_file(padded(read_file(build_directory() + "/initramfs.cpio")) +
                        services_overlay({std::string(own_shell)}, Streams::console, "linux"));
        content.initrd = fmt::format("/proc/self/fd/{}", archive.number());
    }
    write_image(content, options.output);
    fmt::print(stderr,
               "linnet: wrote {0}; try it with:\n"
               "  qemu-system-x86_64 -machine q35 -cpu max -m 256M -cdrom {0}\n",
               options.output);
    return 0;
}

} // namespace runner
