// Parses the first line of a script as Linux does.
#include "kernel/process/script.hpp"

namespace process {

namespace {

constexpr bool is_blank(char character) {
    return character == ' ' || character == '\t';
}

} // namespace

bool is_script(ConstBytes start) {
    return text_of(start).starts_with("#!");
}

Result<ScriptLine> parse_script(ConstBytes start) {
    auto line = text_of(start);
    if (!line.starts_with("#!"))
        return fail(Errno::enoexec);
    line.remove_prefix(2);
    auto const end = line.find('\n');
    bool const cut = end == std::string_view::npos && start.size() >= program_start_size;
    if (cut)
        line.remove_suffix(1); // Linux keeps its buffer's last byte for the end of the text
    line = line.substr(0, end);
    if (auto const nul = line.find('\0'); nul != std::string_view::npos)
        line = line.substr(0, nul);
    while (!line.empty() && is_blank(line.front()))
        line.remove_prefix(1);
    while (!line.empty() && is_blank(line.back()))
        line.remove_suffix(1);
    usize size = 0;
    while (size < line.size() && !is_blank(line[size]))
        ++size;
    // A path that was cut off could name another program.
    if (size == 0 || (cut && size == line.size()))
        return fail(Errno::enoexec);
    ScriptLine result{line.substr(0, size), line.substr(size)};
    while (!result.argument.empty() && is_blank(result.argument.front()))
        result.argument.remove_prefix(1);
    return result;
}

} // namespace process
