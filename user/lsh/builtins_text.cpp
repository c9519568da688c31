// Builtins that write and read text, and compare things.
#include "libs/shell/conditions.hpp"
#include "libs/shell/parser.hpp"
#include "libs/shell/printf.hpp"
#include "user/lsh/builtins.hpp"
#include "user/os/file.hpp"

namespace lsh {
namespace {

Vector<String> arguments_of(Vector<String> const& words) {
    Vector<String> rest;
    for (usize i = 1; i < words.size(); ++i)
        rest.push_back(words[i]);
    return rest;
}

int write_out(Shell& shell, std::string_view who, std::string_view text) {
    auto const written = os::out.write(text);
    return written ? 0 : shell.complain(who, os::describe(written.error().code()));
}

class Files final : public shell::FileTests {
public:
    bool file(char what, std::string_view path) override {
        auto const there =
            os::status(path, what == 'L' ? os::Links::not_follow : os::Links::follow);
        if (!there)
            return false;
        auto const mode = static_cast<u32>(there->mode);
        auto const is = [&](os::FileType type) { return there->type == type; };
        switch (what) {
        case 'b':
            return is(os::FileType::block_device);
        case 'c':
            return is(os::FileType::character_device);
        case 'd':
            return is(os::FileType::directory);
        case 'f':
            return is(os::FileType::regular);
        case 'g':
            return (mode & 02000) != 0;
        case 'k':
            return (mode & 01000) != 0;
        case 'L':
            return is(os::FileType::symbolic_link);
        case 'p':
            return is(os::FileType::fifo);
        case 'S':
            return is(os::FileType::socket);
        case 's':
            return there->size != 0;
        case 'u':
            return (mode & 04000) != 0;
        case 'r':
            return system::may_access(path, 4);
        case 'w':
            return system::may_access(path, 2);
        case 'x':
            return system::may_access(path, 1);
        case 'O':
            return static_cast<u32>(there->owner) == system::effective_user();
        case 'G':
            return static_cast<u32>(there->group) == system::effective_group();
        default: // e
            return true;
        }
    }

    bool is_terminal(int descriptor) override { return os::is_terminal(Fd(descriptor)); }

    bool compare(char how, std::string_view a, std::string_view b) override {
        auto const first = os::status(a);
        auto const second = os::status(b);
        if (how == 'e')
            return first && second && first->inode == second->inode &&
                   first->device == second->device;
        if (!first || !second)
            return how == 'n' ? first.has_value() : second.has_value();
        return how == 'n' ? first->modified > second->modified : first->modified < second->modified;
    }
};

/// A line from standard input, byte by byte, so that what follows is left for others. Characters
/// behind a backslash are marked as quoted.
struct Line {
    String text;
    String marks;
    bool whole = false; ///< its newline came
    bool interrupted = false;
};

Line read_line(bool raw) {
    Line line;
    bool escaped = false;
    for (;;) {
        char byte = 0;
        auto const got = system::read_byte(Fd(0), byte);
        if (!got)
            line.interrupted = got.error() == Errno::eintr;
        if (!got || !*got)
            return line;
        if (escaped) {
            escaped = false;
            if (byte != '\n') {
                line.text.push_back(byte);
                line.marks.push_back('q');
            }
            continue;
        }
        if (byte == '\\' && !raw) {
            escaped = true;
            continue;
        }
        if (byte == '\n') {
            line.whole = true;
            return line;
        }
        if (byte != '\0') {
            line.text.push_back(byte);
            line.marks.push_back('e');
        }
    }
}

} // namespace

int builtin::nothing(Shell&, Words) {
    return 0;
}

int builtin::fail(Shell&, Words) {
    return 1;
}

int builtin::echo(Shell& shell, Words words) {
    return write_out(shell, "echo", shell::echo_text(arguments_of(words)));
}

int builtin::printf(Shell& shell, Words words) {
    auto arguments = arguments_of(words);
    if (!arguments.empty() && arguments[0] == "--")
        arguments.erase(0);
    if (arguments.empty())
        return shell.complain("printf", "a format is missing", 2);
    String const format = arguments[0];
    arguments.erase(0);
    auto const printed = shell::print_formatted(format, arguments);
    int const result = write_out(shell, "printf", printed.text);
    for (auto const& complaint : printed.complaints)
        (void)shell.complain("printf", complaint);
    return printed.complaints.empty() ? result : 1;
}

int builtin::test(Shell& shell, Words words) {
    auto arguments = arguments_of(words);
    if (words[0] == "[") {
        if (arguments.empty() || arguments.back() != "]")
            return shell.complain("[", "`]` is missing at the end", 2);
        arguments.pop_back();
    }
    Files files;
    auto const result = shell::test_expression(arguments, files);
    return result ? (*result ? 0 : 1) : shell.complain(words[0], result.error(), 2);
}

int builtin::read(Shell& shell, Words words) {
    bool raw = false;
    usize at = 1;
    for (; at < words.size() && words[at].view().starts_with('-') && words[at].size() > 1; ++at) {
        if (words[at] == "--") {
            ++at;
            break;
        }
        if (words[at] == "-r") {
            raw = true;
        } else if (words[at] == "-p" && at + 1 < words.size()) {
            if (os::is_terminal(Fd(0)))
                (void)os::err.write(words[at + 1]);
            ++at;
        } else {
            return shell.complain("read", format("{}: no such option", words[at]), 2);
        }
    }
    Vector<String> names;
    for (; at < words.size(); ++at) {
        if (!shell::is_name(words[at]))
            return shell.complain("read", format("{}: no name of a variable", words[at]), 2);
        names.push_back(words[at]);
    }
    if (names.empty())
        names.push_back("REPLY");
    auto const line = read_line(raw);
    if (line.interrupted)
        return 128 + 2;
    auto const separators = shell.variables.value("IFS").value_or(String(" \t\n"));
    auto const fields = shell::split_line(line.text, line.marks, separators, names.size());
    for (usize i = 0; i < names.size(); ++i)
        if (!shell.assign(names[i], i < fields.size() ? fields[i].view() : ""))
            return shell.complain("read", format("{}: is read only", names[i]));
    return line.whole ? 0 : 1;
}

} // namespace lsh
