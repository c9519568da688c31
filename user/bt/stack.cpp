// Walks a stack by the images' call frame information, and asks their DWARF and symbols for names.
#include "user/bt/stack.hpp"

#include "libs/inspect/image_file.hpp"
#include "libs/unwind/remote.hpp"

namespace bt {

Vector<Frame> walk(Target const& target, inspect::CoreThread const& thread, usize most) {
    auto const& memory = target.memory();
    unwind::Frame at{.registers = thread.registers, .interrupted = true};
    Vector<Frame> frames;
    while (frames.size() < most && at.registers[unwind::rip] != 0) {
        u64 const instruction = at.instruction();
        auto const image = unwind::find_image(memory, instruction);
        Frame frame{.address = at.registers[unwind::rip], .image = {}, .in_image = instruction};
        if (auto const* const mapping = inspect::mapping_at(target.what().mappings, instruction)) {
            frame.image = mapping->file;
            if (image)
                frame.in_image = instruction - image->bias;
        }
        if (!frames.empty() && frames.back().address == frame.address)
            ++frames.back().repeated;
        else
            frames.push_back(frame);
        u64 const stack = at.registers[unwind::rsp];
        if (unwind::step_remote(memory, image, at) != unwind::Step::stepped ||
            at.registers[unwind::rsp] <= stack)
            break;
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
                {.name = String(place.linkage.empty() ? place.plain : place.linkage),
                 .file = std::move(place.file),
                 .line = place.line});
    if (functions.empty())
        if (auto const symbol = image.symbol_at(frame.in_image))
            functions.push_back(
                {.name = String(symbol->name), .offset = frame.in_image - symbol->start});
    return functions;
}

} // namespace bt
