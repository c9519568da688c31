// Which line of the source an instruction of the kernel belongs to, by its DWARF.
#include "tests/faults/lines.hpp"

#include "libs/symbols/image.hpp"
#include "runner/os.hpp"

#include <fmt/format.h>

namespace faults {
namespace {

SourceMap map_of(std::string const& image) {
    auto const sections = sections_of(image);
    return {sections.debug, sections.text_start, sections.text_end};
}

} // namespace

Lines::Lines(std::string const& elf_file)
    : image_(runner::read_file(elf_file)), map_(map_of(image_)) {}

std::string Lines::at(std::uint64_t address) const {
    std::string innermost;
    for (auto const& frame : map_.frames_at(address)) {
        if (frame.line == 0)
            continue;
        auto const place = fmt::format("{}:{}", plain_path(frame.file), frame.line);
        if (place.starts_with("kernel/"))
            return innermost.empty() ? place : fmt::format("{} < {}", innermost, place);
        if (innermost.empty())
            innermost = place;
    }
    return innermost;
}

std::string Lines::function_file(std::uint64_t address) const {
    auto const frames = map_.frames_at(address);
    return frames.empty() ? "" : plain_path(frames.back().file);
}

} // namespace faults
