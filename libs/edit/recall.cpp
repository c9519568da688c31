// The history at the keyboard: up and down, Ctrl-R, Alt-.
#include "libs/edit/editor.hpp"

#include "libs/base/utf8.hpp"

#include <algorithm>

namespace edit {

void Editor::set_line(std::string_view text) {
    line_ = text;
    cursor_ = line_.size();
}

/// Up and down go through the lines that begin with what was typed.
void Editor::recall(Action action) {
    if (recalled_ == history_.size())
        draft_ = line_;
    if (action == Action::previous) {
        auto const found = history_.beginning_with(draft_, recalled_);
        if (!found)
            return bell();
        recalled_ = *found;
    } else {
        if (recalled_ == history_.size())
            return bell();
        recalled_ = history_.next_beginning_with(draft_, recalled_).value_or(history_.size());
    }
    set_line(recalled_ == history_.size() ? draft_.view() : history_[recalled_]);
}

/// The last word of the line before, then of the one before that.
void Editor::last_argument() {
    if (last_ == Action::last_argument)
        remove(argument_begin_, cursor_);
    else
        argument_from_ = history_.size();
    argument_begin_ = cursor_;
    if (argument_from_ == 0)
        return bell();
    auto const line = history_[--argument_from_];
    auto const end = line.find_last_not_of(" \t\n");
    auto const begin = line.find_last_of(" \t\n", end) + 1;
    insert(line.substr(begin, end + 1 - begin));
}

void Editor::show_search() {
    String prompt = "(search `";
    prompt.append(query_);
    prompt.append("') ");
    StringSink sink(output_);
    view_.show(prompt, line_, cursor_, sink);
}

void Editor::find(usize before) {
    auto const found = history_.with(query_, before);
    if (!found)
        return bell();
    found_ = *found;
    line_ = history_[found_];
    cursor_ = line_.view().find(query_);
}

/// A key while searching; false if it ends the search and is to be handled as ever.
bool Editor::search(Key const& key) {
    switch (key.action) {
    case Action::insert:
        query_.append(key.text);
        find(std::min(found_ + 1, history_.size()));
        return true;
    case Action::delete_left:
        if (!query_.empty())
            query_.truncate(utf8::previous(query_, query_.size()));
        if (!query_.empty())
            find(history_.size());
        return true;
    case Action::search:
        if (!query_.empty())
            find(found_);
        return true;
    case Action::interrupt:
    case Action::give_up:
        line_ = before_search_.line;
        cursor_ = before_search_.cursor;
        searching_ = false;
        return true;
    default:
        searching_ = false;
        return false;
    }
}

} // namespace edit
