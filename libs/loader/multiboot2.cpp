// Multiboot2's boot information: a list of tags (Multiboot2 Specification 2.0, section 3.6).
#include "libs/loader/texts.hpp"

namespace loader {
namespace {

struct InformationHeader { // 3.6.2
    u32 size;
    u32 reserved;
};

struct TagHeader {
    u32 type;
    u32 size;
};

enum : u32 {
    tag_end = 0,
    tag_command_line = 1,
    tag_loader_name = 2,
    tag_module = 3,
    tag_memory_map = 6,
    tag_framebuffer = 8,
    tag_acpi_old = 14,
    tag_acpi_new = 15,
    tag_boot_services = 18,
};

struct MapHeader { // 3.6.8, after the tag's own header
    u32 entry_size;
    u32 entry_version;
};

struct MapEntry {
    u64 address;
    u64 size;
    u32 type;
    u32 reserved;
};

struct ModuleFields { // 3.6.6
    u32 start;
    u32 end;
};

struct [[gnu::packed]] FramebufferFields { // 3.6.12
    u64 address;
    u32 pitch;
    u32 width;
    u32 height;
    u8 pixel_bits;
    u8 type;
    u16 reserved;
    u8 colours[6]; ///< position and bits of red, green and blue
};

static_assert(sizeof(FramebufferFields) == 30);

constexpr u8 framebuffer_rgb = 1;
constexpr u64 header_size = 8;
constexpr u32 largest_information = 1u << 20;

} // namespace

/// A tag whose size was checked.
struct Information::Tag {
    u32 type = 0;
    PhysAddr at; ///< of its header
    u64 size = 0;

    PhysAddr content() const { return at + header_size; }

    u64 content_size() const { return size - header_size; }

    std::unexpected<Problem> problem(char const* cause) const {
        return std::unexpected(Problem{cause, at});
    }
};

std::expected<void, Problem> Information::read_multiboot2(PhysicalMemory const& memory,
                                                          PhysAddr at) {
    protocol_ = "multiboot2";
    auto const header = platform::read_object<InformationHeader>(memory, at);
    if (!header || at.value() % header_size != 0 || header->size < sizeof *header ||
        header->size > largest_information)
        return std::unexpected(Problem{"the multiboot2 information is damaged", at});
    PhysAddr const end = at + header->size;
    for (PhysAddr place = at + header_size;;) {
        auto const fields = platform::read_object<TagHeader>(memory, place);
        if (!fields || end - place < header_size)
            return std::unexpected(Problem{"the multiboot2 information has no end", place});
        if (fields->size < header_size || fields->size > end - place)
            return std::unexpected(Problem{"a multiboot2 tag has an impossible size", place});
        if (fields->type == tag_end)
            break;
        auto const done = read_tag(memory, {fields->type, place, fields->size});
        if (!done)
            return done;
        place += align_up(fields->size, header_size);
        if (place >= end)
            return std::unexpected(Problem{"the multiboot2 information has no end", place});
    }
    return finish(at);
}

std::expected<void, Problem> Information::read_tag(PhysicalMemory const& memory, Tag const& tag) {
    switch (tag.type) {
    case tag_command_line:
        if (!read_text(memory, tag.content(), tag.content_size(), command_line_,
                       "the command line is too long; its end is cut"))
            return tag.problem("the command line is out of reach");
        return {};
    case tag_loader_name:
        if (!read_text(memory, tag.content(), tag.content_size(), loader_name_,
                       "the loader's name is cut"))
            return tag.problem("the loader's name is out of reach");
        return {};
    case tag_module:
        return read_module(memory, tag);
    case tag_memory_map:
        return read_map(memory, tag);
    case tag_framebuffer:
        return read_framebuffer(memory, tag);
    case tag_acpi_old:
    case tag_acpi_new:
        read_root_pointer(memory, tag);
        return {};
    case tag_boot_services:
        // We never ask for this (a tag of type 7 in the header): the firmware would still own
        // memory that the map calls usable.
        return tag.problem("the loader left UEFI's boot services running");
    default:
        return {};
    }
}

std::expected<void, Problem> Information::read_map(PhysicalMemory const& memory, Tag const& tag) {
    auto const header = platform::read_object<MapHeader>(memory, tag.content());
    if (tag.content_size() < sizeof(MapHeader) || !header || header->entry_size < sizeof(MapEntry))
        return tag.problem("the memory map is damaged");
    for (u64 offset = sizeof(MapHeader); offset + sizeof(MapEntry) <= tag.content_size();
         offset += header->entry_size) {
        auto const entry = platform::read_object<MapEntry>(memory, tag.content() + offset);
        if (!entry)
            return tag.problem("the memory map is out of reach");
        add_memory(PhysAddr(entry->address), entry->size, entry->type);
    }
    return {};
}

std::expected<void, Problem> Information::read_module(PhysicalMemory const& memory,
                                                      Tag const& tag) {
    auto const module = platform::read_object<ModuleFields>(memory, tag.content());
    if (tag.content_size() < sizeof(ModuleFields) || !module || module->end < module->start)
        return tag.problem("a module's tag is damaged");
    add_module({PhysAddr(module->start), module->end - module->start});
    return {};
}

std::expected<void, Problem> Information::read_framebuffer(PhysicalMemory const& memory,
                                                           Tag const& tag) {
    auto const fields = platform::read_object<FramebufferFields>(memory, tag.content());
    constexpr usize without_colours = sizeof(FramebufferFields) - sizeof(fields->colours);
    if (tag.content_size() < without_colours || !fields)
        return tag.problem("the framebuffer's tag is damaged");
    if (fields->type != framebuffer_rgb || tag.content_size() < sizeof(FramebufferFields)) {
        (void)complaints_.add("the loader left the screen in a mode without RGB pixels; not used");
        return {};
    }
    auto const& colours = fields->colours;
    Colour const red{colours[0], colours[1]};
    Colour const green{colours[2], colours[3]};
    Colour const blue{colours[4], colours[5]};
    u64 const row = u64{fields->width} * fields->pixel_bits / 8;
    auto const fits = [&](Colour colour) {
        return colour.bits != 0 && colour.bits <= 8 &&
               colour.position + colour.bits <= fields->pixel_bits;
    };
    bool const known_size =
        fields->pixel_bits == 16 || fields->pixel_bits == 24 || fields->pixel_bits == 32;
    if (!known_size || fields->width == 0 || fields->height == 0 || fields->width > 16384 ||
        fields->height > 16384 || fields->pitch < row || fields->pitch > 1u << 20 || !fits(red) ||
        !fits(green) || !fits(blue)) {
        (void)complaints_.add("the loader's framebuffer has an unknown format; not used");
        return {};
    }
    framebuffer_ = Framebuffer{
        .start = PhysAddr(fields->address),
        .pitch = fields->pitch,
        .width = fields->width,
        .height = fields->height,
        .pixel_bits = fields->pixel_bits,
        .red = red,
        .green = green,
        .blue = blue,
    };
    return {};
}

/// 3.6.14: the tag holds a copy. The newer one is longer and wins.
void Information::read_root_pointer(PhysicalMemory const& memory, Tag const& tag) {
    usize const size = std::min<usize>(tag.content_size(), sizeof root_copy_);
    if (size > root_copy_size_ && memory.read(tag.content(), Bytes(root_copy_).first(size)))
        root_copy_size_ = size;
}

} // namespace loader
