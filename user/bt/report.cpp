// A line for each function: those inlined at a frame first, without an address.
#include "user/bt/report.hpp"

#include "libs/json/builder.hpp"
#include "user/options/options.hpp"
#include "user/os/signal.hpp"

namespace bt {
namespace {

std::string_view base_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1); // npos + 1 is 0
}

/// What could drive a terminal becomes `?`.
String printable(std::string_view text) {
    String clean;
    for (char const character : text)
        clean.push_back(static_cast<u8>(character) < ' ' || character == '\177' ? '?' : character);
    return clean;
}

void print_function(os::BufferedOut& out, Colours const& colours, Function const& function,
                    Frame const& frame) {
    out.print("{}{}{}", colours.program(), printable(function.name), colours.end());
    if (function.line != 0)
        out.print("  {}:{}", printable(function.file), function.line);
    else
        out.print("+0x{:x}  {}({}){}", function.offset, colours.faint(),
                  printable(base_name(frame.image)), colours.end());
    out.print("\n");
}

void print_frame(os::BufferedOut& out, Colours const& colours, usize number, Frame const& frame,
                 Vector<Function> const& functions) {
    out.print("{:3}  0x{:016x}  ", number, frame.address);
    if (functions.empty()) {
        if (frame.image.empty())
            out.print("(no file)\n");
        else
            out.print("{}+0x{:x}\n", printable(base_name(frame.image)), frame.in_image);
    }
    for (usize i = 0; i < functions.size(); ++i) {
        if (i != 0)
            out.print("                          ");
        print_function(out, colours, functions[i], frame);
    }
    if (frame.repeated != 0)
        out.print("       ... {} times more\n", frame.repeated);
}

void add_frame(json::Builder& to, Files const& files, Frame const& frame, bool lines) {
    to.open('{').address("address", frame.address);
    if (!frame.image.empty())
        to.text("image", frame.image).address("in_image", frame.in_image);
    if (frame.repeated != 0)
        to.number("repeated", frame.repeated);
    to.open('[', "functions");
    for (auto const& function : functions_at(files, frame, lines)) {
        to.open('{').text("name", function.name);
        if (function.line != 0)
            to.text("file", function.file).number("line", function.line);
        else
            to.address("offset", function.offset);
        to.close();
    }
    to.close().close();
}

void add_target(json::Builder& to, Target const& target, Files const& files, Style const& style) {
    auto const& what = target.what();
    to.open('{').number("process", what.process).text("program", what.program);
    to.open('[', "threads");
    for (auto const& thread : what.threads) {
        to.open('{').number("id", thread.id);
        if (thread.signal != 0)
            to.text("signal", os::signal_name(thread.signal));
        to.open('[', "frames");
        for (auto const& frame : walk(target, files, thread, style.most_frames))
            add_frame(to, files, frame, style.lines);
        to.close().close();
    }
    to.close().close();
}

} // namespace

void print_text(Target const& target, Files const& files, Style const& style) {
    os::BufferedOut out(os::out);
    Colours const colours;
    auto const& what = target.what();
    out.print("process {} ({})\n", what.process, printable(what.program));
    for (auto const& thread : what.threads) {
        out.print("thread {}", thread.id);
        if (thread.signal != 0)
            out.print(": {}{}{}", colours.bad(), os::signal_name(thread.signal), colours.end());
        out.print("\n");
        usize number = 0;
        for (auto const& frame : walk(target, files, thread, style.most_frames)) {
            print_frame(out, colours, number, frame, functions_at(files, frame, style.lines));
            number += 1 + frame.repeated;
        }
        if (number == style.most_frames)
            out.print("       ... more; -n shows them\n");
    }
}

void print_json(Target const& target, Files const& files, Style const& style) {
    for (usize size = usize{64} << 10;; size *= 4) {
        Vector<char> room(size);
        json::Builder object({room.data(), room.size()});
        add_target(object, target, files, style);
        if (object.left_out() == 0) {
            os::print("{}\n", object.view());
            return;
        }
    }
}

} // namespace bt
