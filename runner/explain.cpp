// Adds source lines and inlined functions to the frames in a kernel's log that have none.
#include "runner/explain.hpp"

#include "runner/failure.hpp"
#include "runner/kernel_image.hpp"

#include <charconv>

#include <fmt/format.h>

namespace runner {
namespace {

constexpr unsigned long lowest_kernel_address = 1UL << 63;

/// The hexadecimal number behind `mark`; 0 if there is none.
unsigned long number_behind(std::string_view line, std::string_view mark) {
    auto const at = line.find(mark);
    unsigned long value = 0;
    if (at != line.npos)
        std::from_chars(line.data() + at + mark.size(), line.data() + line.size(), value, 16);
    return value;
}

std::string_view without_time(std::string_view line) {
    if (auto const text = line.find("] "); line.starts_with('[') && text != line.npos)
        line.remove_prefix(text + 2);
    return line;
}

/// "[    1.234567] #3 0xffffffff80103a2c vfs::walk+0x4c": the address; 0 for other lines, and where
/// the kernel said the source line itself: "  kernel/vfs/walk.cpp:88".
unsigned long frame_address(std::string_view line) {
    line = without_time(line);
    if (line.starts_with(backtrace_prefix))
        line.remove_prefix(backtrace_prefix.size());
    return line.starts_with('#') && !line.contains("  ") ? number_behind(line, " 0x") : 0;
}

} // namespace

Explainer::Explainer(std::string kernel, std::function<std::string(std::string const&)> program)
    : kernel_(std::move(kernel)), programs_(std::move(program)) {}

Explainer::~Explainer() = default;

/// "#0 0x00007f3e5d22a1b4 libc.so.6+0x1271b4", or the name of the task for its program.
std::string Explainer::explain_user_frame(std::string_view line) {
    auto const plus = line.rfind("+0x");
    auto const space = line.rfind(' ');
    if (plus == line.npos || space == line.npos || plus < space)
        return {};
    std::string const image(line.substr(space + 1, plus - space - 1));
    unsigned long const offset = number_behind(line.substr(plus), "+0x");
    // The first was interrupted there; the others return there from a call.
    bool const first = line.contains("#0 ");
    return programs_.explain(image, offset - (first ? 0 : 1));
}

std::string Explainer::explain(std::string_view line) {
    if (line.contains("BUG: "))
        fault_ = number_behind(line, "(instruction ");
    auto const address = frame_address(line);
    if (address == 0)
        return {};
    if (address < lowest_kernel_address)
        return explain_user_frame(line);
    if (!image_ && !unreadable_)
        try {
            image_ = std::make_unique<KernelImage>(kernel_);
        } catch (Failure const&) {
            unreadable_ = true; // no explanations, then
        }
    if (!image_)
        return {};
    // Other addresses are where calls return to, which may be another line already.
    std::string text;
    for (auto const& frame : image_->place(address == fault_ ? address : address - 1).frames)
        if (frame.line != 0)
            text += fmt::format("      {}  {}:{}\n", frame.function, frame.file, frame.line);
    return text;
}

std::string explained(std::string_view log, Explainer& explainer) {
    std::string text;
    while (!log.empty()) {
        auto const end = std::min(log.find('\n'), log.size());
        auto const line = log.substr(0, end);
        text += line;
        text += '\n';
        text += explainer.explain(line);
        log.remove_prefix(std::min(end + 1, log.size()));
    }
    return text;
}

} // namespace runner
