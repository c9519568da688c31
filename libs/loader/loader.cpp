// What is common to all boot protocols: collecting texts, memory and modules, and judging them.
#include "libs/loader/loader.hpp"

#include "libs/loader/texts.hpp"

#include <algorithm>

namespace loader {
namespace {

// Types of memory in an e820 map, which both protocols use.
constexpr u32 type_usable = 1;
constexpr u32 type_acpi_reclaimable = 3;

} // namespace

void Information::add_memory(PhysAddr start, u64 size, u32 type) {
    if (size == 0)
        return;
    if (size > ~u64{0} - start.value())
        return (void)complaints_.add("an entry of the memory map wraps around; left out");
    using Kind = MemoryEntry::Kind;
    Kind const kind = type == type_usable             ? Kind::usable
                      : type == type_acpi_reclaimable ? Kind::acpi_reclaimable
                                                      : Kind::reserved;
    if (!memory_.add({start, size, kind}))
        (void)complaints_.add("the memory map has too many entries; some are left out");
}

void Information::add_module(Module module) {
    if (module.size == 0)
        (void)complaints_.add("a module is empty; ignored");
    else if (initramfs_)
        (void)complaints_.add("only the first module is used, as the initramfs");
    else
        initramfs_ = module;
}

std::expected<void, Problem> Information::finish(PhysAddr at) {
    using Kind = MemoryEntry::Kind;
    auto const usable = [](MemoryEntry const& entry) { return entry.kind == Kind::usable; };
    if (std::none_of(memory_.begin(), memory_.end(), usable))
        return std::unexpected(Problem{"the loader names no usable memory", at});
    auto const holds_initramfs = [&](MemoryEntry const& entry) {
        u64 const offset = initramfs_->start.value() - entry.start.value();
        return usable(entry) && initramfs_->start >= entry.start && offset < entry.size &&
               initramfs_->size <= entry.size - offset;
    };
    if (initramfs_ && std::none_of(memory_.begin(), memory_.end(), holds_initramfs)) {
        (void)complaints_.add("the initramfs does not lie in usable memory; ignored");
        initramfs_.reset();
    }
    return {};
}

} // namespace loader
