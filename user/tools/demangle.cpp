// demangle: what linkers' names of C++ functions and objects say.
#include "libs/demangle/demangle.hpp"
#include "user/options/options.hpp"
#include "user/os/stream.hpp"

namespace {

constexpr Option options[] = {
    {'s', "short", "as backtraces call it: without parameters and return type"}};

bool is_of_name(char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || character == '_' || character == '.' ||
           character == '$';
}

void print_name(os::BufferedOut& to, std::string_view word, bool brief) {
    auto const text = demangle::name(word);
    if (!text)
        to.write(word);
    else
        to.write(brief ? demangle::shorten(*text).view() : text->view());
}

/// Names in between other text.
void print_line(os::BufferedOut& to, std::string_view line, bool brief) {
    while (!line.empty()) {
        usize length = 0;
        bool const name = is_of_name(line[0]);
        while (length < line.size() && is_of_name(line[length]) == name)
            ++length;
        if (name)
            print_name(to, line.substr(0, length), brief);
        else
            to.write(line.substr(0, length));
        line.remove_prefix(length);
    }
    to.write("\n");
}

Result<void> filter(os::BufferedOut& to, bool brief) {
    for (String line; TRY(os::in.read_line(line)); line.clear())
        print_line(to, line, brief);
    return {};
}

} // namespace

int main() {
    CommandLine const line(
        "[NAME]...",
        "Prints what names of the Itanium C++ ABI say, a line each; without NAME, standard input "
        "with all such names in it replaced. What is no such name stays as it is.",
        options);
    os::BufferedOut to(os::out);
    for (auto const name : line.operands()) {
        print_name(to, name, line.has('s'));
        to.write("\n");
    }
    if (line.operands().empty())
        if (auto const done = filter(to, line.has('s')); !done)
            complain("standard input", done.error());
    to.flush();
    return exit_status();
}
