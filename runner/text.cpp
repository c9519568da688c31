// Text helpers without I/O: quoting for the guest's shell and for JSON, and splitting a byte stream
// into lines.
#include "runner/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace runner {

std::string shell_quote(std::string_view word) {
    auto const harmless = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-_./,:+@%").find(c) != std::string_view::npos;
    };
    if (!word.empty() && std::ranges::all_of(word, harmless))
        return std::string(word);
    std::string quoted = "'";
    for (char const c : word) {
        if (c == '\'')
            quoted += "'\\''";
        else
            quoted += c;
    }
    return quoted + "'";
}

std::string shell_quote(std::vector<std::string> const& words) {
    std::string line;
    for (auto const& word : words) {
        if (!line.empty())
            line += ' ';
        line += shell_quote(word);
    }
    return line;
}

std::string json_text(std::string_view text) {
    std::string quoted = "\"";
    for (char const c : text) {
        if (c == '"' || c == '\\')
            quoted += {'\\', c};
        else if (static_cast<unsigned char>(c) < ' ')
            quoted += fmt::format("\\u{:04x}", c);
        else
            quoted += c;
    }
    return quoted + "\"";
}

std::vector<std::string> LineSplitter::feed(std::string_view piece) {
    std::vector<std::string> lines;
    rest_ += piece;
    std::size_t start = 0;
    for (std::size_t end = 0; (end = rest_.find('\n', start)) != std::string::npos;
         start = end + 1) {
        auto line = rest_.substr(start, end - start);
        while (line.ends_with('\r'))
            line.pop_back();
        lines.push_back(std::move(line));
    }
    rest_.erase(0, start);
    return lines;
}

} // namespace runner
