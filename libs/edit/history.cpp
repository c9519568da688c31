// Keeps, finds, and writes lines.
#include "libs/edit/history.hpp"

#include <algorithm>

namespace edit {

bool History::add(std::string_view line) {
    if (line.find_first_not_of(" \t\n") == std::string_view::npos || line.starts_with(' ') ||
        (!lines_.empty() && lines_.back() == line))
        return false;
    if (lines_.size() == most)
        lines_.erase(0);
    lines_.push_back(line);
    return true;
}

std::optional<usize> History::beginning_with(std::string_view text, usize before) const {
    for (usize i = std::min(before, lines_.size()); i-- != 0;)
        if (lines_[i].view().starts_with(text))
            return i;
    return std::nullopt;
}

std::optional<usize> History::with(std::string_view text, usize before) const {
    for (usize i = std::min(before, lines_.size()); i-- != 0;)
        if (lines_[i].view().find(text) != std::string_view::npos)
            return i;
    return std::nullopt;
}

std::optional<usize> History::next_beginning_with(std::string_view text, usize after) const {
    for (usize i = after + 1; i < lines_.size(); ++i)
        if (lines_[i].view().starts_with(text))
            return i;
    return std::nullopt;
}

String History::encode(std::string_view line) {
    String result;
    for (char const c : line) {
        if (c == '\n')
            result.append("\\n");
        else if (c == '\\')
            result.append("\\\\");
        else
            result.push_back(c);
    }
    result.push_back('\n');
    return result;
}

void History::load(std::string_view file) {
    String line;
    for (usize at = 0; at < file.size(); ++at) {
        char c = file[at];
        if (c == '\n') {
            add(line);
            line.clear();
            continue;
        }
        if (c == '\\' && at + 1 < file.size() && file[at + 1] != '\n') {
            c = file[++at];
            if (c == 'n')
                c = '\n';
        }
        line.push_back(c);
    }
    add(line);
}

} // namespace edit
