// Walks a stack by the images' call frame information, and asks their DWARF and symbols for names.
#include "user/bt/stack.hpp"

#include "libs/demangle/demangle.hpp"
#include "libs/inspect/image_file.hpp"
#include "libs/unwind/remote.hpp"

namespace bt {

namespace {

/// By the tables in the image's file, else by what is mapped: a program that is linked statically
/// has no .eh_frame_hdr, by which its mapped tables are found.
unwind::Step step(dwarf::Memory const& memory, Files const& files, Frame const& frame,
                  std::optional<unwind::RemoteImage> const& image, unwind::Frame& at) {
    if (image && !frame.image.empty()) {
        unwind::Module const module{
            .text_start = 0,
            .text_end = ~u64{0},
            .tables = inspect::ImageFile(files.content(frame.image)).frame_tables(image->bias)};
        auto const done = unwind::step(unwind::Modules(&module, 1), memory, at);
        if (done == unwind::Step::stepped || done == unwind::Step::end)
            return done;
    }
    return unwind::step_remote(memory, image, at);
}

} // namespace

Vector<Frame> walk(Target const& target, Files const& files, inspect::CoreThread const& thread,
                   usize most) {
    auto const& memory = target.memory();
    unwind::Frame at{.registers = thread.registers, .interrupted = true};
    Vector<Frame> frames;
    while (frames.size() < most && at.registers[unwind::rip] != 0) {
        u64 const instruction = at.instruction();
        auto const image = unwind::find_image(memory, instruction);
        unwind::Frame next = at;
        Frame frame{.address = at.registers[unwind::rip], .image = {}, .in_image = instruction};
        if (auto const* const mapping = inspect::mapping_at(target.what().mappings, instruction)) {
            frame.image = mapping->file;
            if (image)
                frame.in_image = instruction - image->bias;
        }
        auto const done = step(memory, files, frame, image, next);
        if (!frames.empty() && frames.back().address == frame.address)
            ++frames.back().repeated;
        else
            frames.push_back(frame);
        if (done != unwind::Step::stepped ||
            next.registers[unwind::rsp] <= at.registers[unwind::rsp])
            break;
        at = next;
    }
    return frames;
}

Vector<Function> functions_at(Files const& files, Frame const& frame, bool lines) {
    Vector<Function> functions;
    if (frame.image.empty())
        return functions;
    inspect::ImageFile const image(files.content(frame.image));
    if (lines)
        for (auto& place : inspect::places_at(image.debug_sections(), frame.in_image))
            functions.push_back(
                {.name = demangle::short_name(place.linkage.empty() ? place.plain : place.linkage),
                 .file = std::move(place.file),
                 .line = place.line});
    if (functions.empty())
        if (auto const symbol = image.symbol_at(frame.in_image))
            functions.push_back({.name = demangle::short_name(symbol->name),
                                 .offset = frame.in_image - symbol->start});
    return functions;
}

} // namespace bt
