// The kernel command line by Linux's rules: options of the kernel, and what is left for init.
#pragma once

#include "abi/boot_options.hpp"
#include "libs/base/address.hpp"
#include "libs/base/string.hpp"
#include "libs/base/vector.hpp"

#include <optional>
#include <string_view>

namespace cmdline {

/// One word: `name` or `name=value`, quotes removed as Linux does (around the value or the word).
struct Word {
    std::string_view name;
    std::optional<std::string_view> value;

    bool is_end_of_options() const { return name == "--" && !value; }
};

/// Walks the words. Allocates nothing, so it may be used before there is a heap.
class Words {
public:
    explicit Words(std::string_view line) : rest_(line) {}

    std::optional<Word> next();

private:
    std::string_view rest_;
};

/// Whether two option names are the same: '-' equals '_'.
bool same_name(std::string_view a, std::string_view b);

/// The value of the last `name` before "--", empty for a plain word; nothing when it is not there.
/// For options needed before there is a heap.
std::optional<std::string_view> find(std::string_view line, std::string_view name);

std::optional<i64> parse_number(std::string_view text);
/// "64M", "0x1000", "1G"
std::optional<u64> parse_size(std::string_view text);

/// A virtio device in memory, as QEMU's microvm names it: `512@0xfeb00e00:12`.
struct MmioDevice {
    PhysAddr start;
    u64 size = 0;
    u32 irq = 0;
};

std::optional<MmioDevice> parse_mmio_device(std::string_view text);

/// The whole line, sorted out. Views point into the line that was parsed.
class CommandLine {
public:
    explicit CommandLine(std::string_view line);

    bool has(std::string_view name) const { return last(name) != nullptr; }

    /// The last value given; empty for a plain word. Nothing when the option is absent.
    std::optional<std::string_view> text(std::string_view name) const;
    std::optional<i64> number(std::string_view name) const;
    std::optional<u64> size(std::string_view name) const;
    /// Every value of a list option, in order.
    Vector<std::string_view> all(std::string_view name) const;

    /// What init gets after its own name.
    Vector<String> const& init_arguments() const { return arguments_; }

    /// "HOME=/", "TERM=linux" and what the line adds or replaces.
    Vector<String> const& init_environment() const { return environment_; }

    /// What was wrong with the line, each naming the word and what is accepted. Such words are left
    /// out; Linux ignores some of them and panics about others, kernel/init refuses to boot.
    Vector<String> const& complaints() const { return complaints_; }

private:
    struct Given {
        uapi::BootOption const* option;
        std::string_view value;
    };

    Given const* last(std::string_view name) const;
    void take(Word const& word);
    void take_option(uapi::BootOption const& option, Word const& word);
    void add_environment(Word const& word);

    Vector<Given> options_;
    Vector<String> arguments_;
    Vector<String> environment_;
    Vector<String> complaints_;
};

} // namespace cmdline
