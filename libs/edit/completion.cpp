// The Tab key: completes as far as all candidates agree; twice, it lists them.
#include "libs/edit/editor.hpp"

#include "libs/base/utf8.hpp"
#include "libs/edit/width.hpp"

#include <algorithm>

namespace edit {
namespace {

constexpr usize most_listed = 200;

/// Bytes that two texts have in common at their start, in whole characters.
usize common(std::string_view a, std::string_view b) {
    usize at = 0;
    while (at < a.size() && at < b.size()) {
        usize const length = utf8::length(a.substr(at));
        if (a.substr(at, length) != b.substr(at, length))
            break;
        at += length;
    }
    return at;
}

usize cells(std::string_view text) {
    usize width = 0;
    while (!text.empty()) {
        usize const length = utf8::length(text);
        width += width_of(utf8::code_point(text.substr(0, length)));
        text.remove_prefix(length);
    }
    return width;
}

/// A name as it may be written to a terminal.
String printable(std::string_view text) {
    String result;
    for (char const c : text)
        result.push_back(static_cast<u8>(c) < ' ' || c == 0x7f ? '?' : c);
    return result;
}

} // namespace

void Editor::complete() {
    auto const completions = completer_.complete(line_, cursor_);
    auto const& candidates = completions.candidates;
    if (candidates.empty() || completions.begin > cursor_)
        return bell();
    std::string_view text = candidates[0].text;
    for (auto const& candidate : candidates)
        text = text.substr(0, common(text, candidate.text));
    String replacement = text;
    bool const single = candidates.size() == 1;
    if (single && candidates[0].whole && !line_.view().substr(cursor_).starts_with(' '))
        replacement.push_back(' ');
    auto const typed = line_.view().substr(completions.begin, cursor_ - completions.begin);
    // Candidates that differ in how they are quoted only may agree in less than was typed.
    if (single || (replacement != typed && replacement.size() >= typed.size())) {
        remember();
        remove(completions.begin, cursor_);
        insert(replacement);
    } else if (last_ == Action::complete) {
        list(completions);
    } else {
        bell();
    }
}

void Editor::list(Completions const& completions) {
    StringSink sink(output_);
    usize const kept = cursor_;
    cursor_ = line_.size();
    show();
    view_.leave("", sink);
    cursor_ = kept;
    Vector<String> names;
    usize widest = 0;
    for (auto const& candidate : completions.candidates) {
        if (names.size() == most_listed)
            break;
        names.push_back(printable(candidate.shown));
        widest = std::max(widest, cells(names.back()));
    }
    usize const columns = std::max<usize>(1, (columns_ + 1) / (widest + 2));
    usize const rows = (names.size() + columns - 1) / columns;
    for (usize row = 0; row < rows; ++row) {
        for (usize i = row; i < names.size(); i += rows) {
            sink.write(names[i]);
            if (i + rows < names.size())
                for (usize pad = cells(names[i]); pad < widest + 2; ++pad)
                    sink.write(" ");
        }
        sink.write("\r\n");
    }
    if (names.size() < completions.candidates.size())
        format_to(sink, "... and {} more\r\n", completions.candidates.size() - names.size());
}

} // namespace edit
