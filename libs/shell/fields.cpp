// Field splitting, and file names that fit patterns.
#include "libs/shell/expander.hpp"
#include "libs/shell/pattern.hpp"

#include <algorithm>

namespace shell {
namespace {

constexpr std::string_view blanks = " \t\n";

bool in(std::string_view set, char c) {
    return set.find(c) != std::string_view::npos;
}

/// Walks a text whose expanded characters may separate fields.
class Splitter {
public:
    Splitter(std::string_view text, std::string_view marks, std::string_view separators)
        : text_(text), marks_(marks), separators_(separators) {}

    bool at_end() const { return at_ == text_.size(); }

    bool at_separator() const {
        return !at_end() && marks_[at_] == Field::expanded && in(separators_, text_[at_]);
    }

    bool at_blank() const { return at_separator() && in(blanks, text_[at_]); }

    void skip_blanks() {
        while (at_blank())
            ++at_;
    }

    /// A separator: blanks around at most one other character.
    void skip_separator() {
        skip_blanks();
        if (at_separator())
            ++at_;
        skip_blanks();
    }

    usize at() const { return at_; }

    void step() { ++at_; }

private:
    std::string_view text_;
    std::string_view marks_;
    std::string_view separators_;
    usize at_ = 0;
};

} // namespace

Vector<Field> split(Field const& field, std::string_view separators) {
    Vector<Field> result;
    Splitter walk(field.text, field.marks, separators);
    walk.skip_blanks();
    while (!walk.at_end()) {
        usize const start = walk.at();
        while (!walk.at_end() && !walk.at_separator())
            walk.step();
        usize const length = walk.at() - start;
        result.push_back(
            {field.text.view().substr(start, length), field.marks.view().substr(start, length)});
        walk.skip_separator();
    }
    return result;
}

Vector<String> split_line(std::string_view text, std::string_view marks,
                          std::string_view separators, usize most) {
    Vector<String> result;
    Splitter walk(text, marks, separators);
    walk.skip_blanks();
    while (!walk.at_end() && result.size() < most) {
        usize const start = walk.at();
        while (!walk.at_end() && !walk.at_separator())
            walk.step();
        usize end = walk.at();
        walk.skip_separator();
        if (result.size() + 1 == most && !walk.at_end()) {
            // The last takes the rest, but for blanks at its end.
            end = text.size();
            while (end > start && marks[end - 1] == Field::expanded && in(blanks, text[end - 1]) &&
                   in(separators, text[end - 1]))
                --end;
        }
        result.push_back(text.substr(start, end - start));
    }
    return result;
}

String as_pattern(Field const& field) {
    String pattern;
    for (usize i = 0; i < field.text.size(); ++i) {
        char const mark = field.marks[i];
        if (mark == Field::quoted)
            pattern.append(escape_pattern({field.text.view().data() + i, 1}));
        else if (mark != Field::nothing)
            pattern.push_back(field.text[i]);
    }
    return pattern;
}

String without_marks(Field const& field) {
    String text;
    for (usize i = 0; i < field.text.size(); ++i)
        if (field.marks[i] != Field::nothing)
            text.push_back(field.text[i]);
    return text;
}

Vector<String> file_names(World& world, std::string_view pattern) {
    Vector<String> found;
    found.push_back({});
    while (!pattern.empty() && !found.empty()) {
        usize const slashes = std::min(pattern.find_first_not_of('/'), pattern.size());
        usize const end = std::min(pattern.find('/', slashes), pattern.size());
        auto const between = pattern.substr(0, slashes);
        auto const name = pattern.substr(slashes, end - slashes);
        bool const last = end == pattern.size();
        Vector<String> next;
        for (auto const& before : found) {
            String directory = before;
            directory.append(between);
            if (!has_wildcards(name)) {
                directory.append(unescape_pattern(name));
                if (last ? world.exists(directory) : world.is_directory(directory))
                    next.push_back(std::move(directory));
                continue;
            }
            bool const hidden = name.starts_with('.') || name.starts_with("\\.");
            world.names_in(directory, [&](std::string_view entry) {
                if ((entry.starts_with('.') && !hidden) || !matches(name, entry))
                    return;
                String path = directory;
                path.append(entry);
                if (last || world.is_directory(path))
                    next.push_back(std::move(path));
            });
        }
        found = std::move(next);
        pattern.remove_prefix(end);
    }
    std::ranges::sort(found, {}, &String::view);
    return found;
}

std::expected<Vector<String>, Problem> expand_fields(World& world, Word const& word) {
    Expander expander(world, Expander::As::fields);
    expander.word(word);
    if (expander.problem())
        return std::unexpected(*expander.problem());
    auto const separators = world.variable("IFS").value_or(String(blanks));
    Vector<String> result;
    for (auto const& whole : expander.fields()) {
        for (auto const& field : split(whole, separators)) {
            String const pattern = as_pattern(field);
            Vector<String> names;
            if (!world.without_file_names() && has_wildcards(pattern))
                names = file_names(world, pattern);
            if (names.empty())
                names.push_back(without_marks(field));
            for (auto& name : names)
                result.push_back(std::move(name));
        }
    }
    return result;
}

namespace {

std::expected<String, Problem> joined(World& world, Word const& word, Expander::As as,
                                      String (*form)(Field const&)) {
    Expander expander(world, as);
    expander.word(word);
    if (expander.problem())
        return std::unexpected(*expander.problem());
    String result;
    bool first = true;
    for (auto const& field : expander.fields()) {
        if (!first)
            result.push_back(' ');
        result.append(form(field));
        first = false;
    }
    return result;
}

} // namespace

std::expected<String, Problem> expand_text(World& world, Word const& word) {
    return joined(world, word, Expander::As::assignment, without_marks);
}

std::expected<String, Problem> expand_pattern(World& world, Word const& word) {
    return joined(world, word, Expander::As::fields, as_pattern);
}

} // namespace shell
