// What a boot loader left in memory for the kernel, in one shape for every boot protocol.
//
// Use: `Information` is filled once by the reader of the protocol that started the kernel. Nothing
// allocates: all this runs before there is a heap. Everything is copied, so that the memory the
// loader used may be given away afterwards. Manual: docs/manual/startup.md.
#pragma once

#include "libs/platform/interrupt_topology.hpp"
#include "libs/platform/physical_memory.hpp"

#include <expected>
#include <optional>
#include <string_view>

namespace loader {

using platform::BoundedList;
using platform::PhysicalMemory;
using platform::Problem;

/// As the loader's map says it: in any order, perhaps overlapping, not aligned.
struct MemoryEntry {
    enum class Kind : u8 { reserved, usable, acpi_reclaimable };
    PhysAddr start;
    u64 size = 0;
    Kind kind = Kind::reserved;
};

/// A file that the loader put into memory.
struct Module {
    PhysAddr start;
    u64 size = 0;
};

/// Where one colour sits in a pixel.
struct Colour {
    u8 position = 0; ///< of its lowest bit
    u8 bits = 0;
};

/// A picture in memory whose pixels are red, green and blue.
struct Framebuffer {
    PhysAddr start;
    u32 pitch = 0; ///< bytes from one row to the next
    u32 width = 0; ///< pixels
    u32 height = 0;
    u8 pixel_bits = 0; ///< 16, 24 or 32
    Colour red;
    Colour green;
    Colour blue;
};

class Information {
public:
    /// Xen's PVH, as QEMU's -kernel speaks it: `at` is the start info structure.
    std::expected<void, Problem> read_pvh(PhysicalMemory const& memory, PhysAddr at);
    /// Multiboot2, as GRUB speaks it: `at` is the boot information structure.
    std::expected<void, Problem> read_multiboot2(PhysicalMemory const& memory, PhysAddr at);

    /// Of the reader that filled it.
    char const* protocol() const { return protocol_; }

    std::string_view command_line() const { return command_line_.view(); }

    /// "GRUB 2.06"; empty when it does not say.
    std::string_view loader_name() const { return loader_name_.view(); }

    BoundedList<MemoryEntry, 192> const& memory() const { return memory_; }

    std::optional<Module> const& initramfs() const { return initramfs_; }

    std::optional<Framebuffer> const& framebuffer() const { return framebuffer_; }

    /// The address of the ACPI root pointer; 0 when it is not known or copied below.
    PhysAddr root_pointer() const { return root_pointer_; }

    /// A copy of the ACPI root pointer; empty when the loader passed none.
    ConstBytes root_pointer_copy() const { return ConstBytes(root_copy_).first(root_copy_size_); }

    /// What was wrong but does not keep the kernel from starting; static texts for the log.
    BoundedList<char const*, 8> const& complaints() const { return complaints_; }

private:
    template <usize capacity>
    struct Text {
        char characters[capacity] = {};
        usize size = 0;

        std::string_view view() const { return {characters, size}; }
    };

    struct Tag;

    /// Copies up to a zero byte or `limit` bytes; false when it is not readable.
    template <usize capacity>
    bool read_text(PhysicalMemory const& memory, PhysAddr at, u64 limit, Text<capacity>& into,
                   char const* too_long);
    std::expected<void, Problem> read_tag(PhysicalMemory const& memory, Tag const& tag);
    std::expected<void, Problem> read_map(PhysicalMemory const& memory, Tag const& tag);
    std::expected<void, Problem> read_module(PhysicalMemory const& memory, Tag const& tag);
    std::expected<void, Problem> read_framebuffer(PhysicalMemory const& memory, Tag const& tag);
    void read_root_pointer(PhysicalMemory const& memory, Tag const& tag);
    void add_memory(PhysAddr start, u64 size, u32 type);
    void add_module(Module module);
    /// After everything was read: an initramfs outside memory is dropped, no map is a problem.
    std::expected<void, Problem> finish(PhysAddr at);

    char const* protocol_ = nullptr;
    Text<4096> command_line_;
    Text<64> loader_name_;
    BoundedList<MemoryEntry, 192> memory_;
    std::optional<Module> initramfs_;
    std::optional<Framebuffer> framebuffer_;
    PhysAddr root_pointer_;
    std::byte root_copy_[36] = {};
    usize root_copy_size_ = 0;
    BoundedList<char const*, 8> complaints_;
};

} // namespace loader
