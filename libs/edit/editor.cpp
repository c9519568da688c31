// Keys that change the line or move in it.
#include "libs/edit/editor.hpp"

#include "libs/base/utf8.hpp"

#include <algorithm>

namespace edit {
namespace {

constexpr usize most_undos = 200;

bool in_word(std::string_view text, usize at) {
    char const c = text[at];
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<u8>(c) >= 0x80;
}

} // namespace

void Editor::begin(std::string_view prompt, usize columns) {
    prompt_ = prompt;
    columns_ = columns;
    line_.clear();
    cursor_ = 0;
    undo_.clear();
    outcome_ = Outcome::more;
    last_ = Action::none;
    recalled_ = history_.size();
    draft_.clear();
    searching_ = false;
    view_.start(columns);
    show();
}

Outcome Editor::take(char byte) {
    outcome_ = Outcome::more;
    auto const key = keys_.take(byte);
    if (!key)
        return outcome_;
    if (!searching_ || !search(*key))
        act(*key);
    last_ = key->action;
    if (outcome_ == Outcome::more)
        searching_ ? show_search() : show();
    return outcome_;
}

void Editor::resize(usize columns) {
    columns_ = columns;
    StringSink sink(output_);
    view_.resize(columns, sink);
    searching_ ? show_search() : show();
}

void Editor::draw_again() {
    view_.start(columns_);
    searching_ ? show_search() : show();
}

String Editor::take_output() {
    String output = std::move(output_);
    output_ = {};
    return output;
}

void Editor::show() {
    StringSink sink(output_);
    view_.show(prompt_, line_, cursor_, sink);
}

void Editor::end_with(Outcome outcome) {
    outcome_ = outcome;
    cursor_ = line_.size();
    show();
    StringSink sink(output_);
    view_.leave(outcome == Outcome::interrupted ? "^C" : "", sink);
}

void Editor::act(Key const& key) {
    switch (key.action) {
    case Action::none:
        return;
    case Action::accept:
        return end_with(Outcome::line);
    case Action::interrupt:
        return end_with(Outcome::interrupted);
    case Action::end_of_input:
        if (line_.empty())
            return end_with(Outcome::end_of_input);
        return edit({Action::delete_right});
    case Action::previous:
    case Action::next:
        return recall(key.action);
    case Action::search:
        searching_ = true;
        query_.clear();
        found_ = history_.size();
        before_search_ = {line_, cursor_};
        return;
    case Action::clear: {
        StringSink sink(output_);
        return view_.clear(sink);
    }
    case Action::complete:
        return complete();
    case Action::quote:
        return keys_.quote_next();
    case Action::undo:
        return undo();
    case Action::left:
    case Action::right:
    case Action::word_left:
    case Action::word_right:
    case Action::start:
    case Action::end:
        return move(key.action);
    default:
        return edit(key);
    }
}

void Editor::move(Action action) {
    switch (action) {
    case Action::left:
        cursor_ = cursor_ == 0 ? 0 : utf8::previous(line_, cursor_);
        break;
    case Action::right:
        if (cursor_ < line_.size())
            cursor_ += utf8::length(line_.view().substr(cursor_));
        break;
    case Action::word_left:
        cursor_ = word_left(cursor_);
        break;
    case Action::word_right:
        cursor_ = word_right(cursor_);
        break;
    case Action::start:
        cursor_ = 0;
        break;
    default:
        cursor_ = line_.size();
        break;
    }
}

void Editor::edit(Key const& key) {
    // A run of typed characters is undone at once.
    if (key.action != Action::insert || last_ != Action::insert)
        remember();
    switch (key.action) {
    case Action::insert:
        return insert(key.text);
    case Action::delete_left:
        if (cursor_ != 0)
            remove(utf8::previous(line_, cursor_), cursor_);
        return;
    case Action::delete_right:
        if (cursor_ < line_.size())
            remove(cursor_, cursor_ + utf8::length(line_.view().substr(cursor_)));
        return;
    case Action::yank:
        return insert(killed_);
    case Action::transpose:
        return transpose();
    case Action::last_argument:
        return last_argument();
    default:
        return kill(key.action);
    }
}

void Editor::kill(Action action) {
    switch (action) {
    case Action::kill_to_start:
        return cut(0, cursor_, true);
    case Action::kill_to_end:
        return cut(cursor_, line_.size(), false);
    case Action::kill_word_left:
        return cut(word_left(cursor_), cursor_, true);
    case Action::kill_word_right:
        return cut(cursor_, word_right(cursor_), false);
    case Action::kill_blank_word: {
        usize begin = cursor_;
        while (begin != 0 && line_[begin - 1] == ' ')
            --begin;
        while (begin != 0 && line_[begin - 1] != ' ')
            --begin;
        return cut(begin, cursor_, true);
    }
    default:
        return;
    }
}

void Editor::insert(std::string_view text) {
    String changed(line_.view().substr(0, cursor_));
    changed.append(text);
    changed.append(line_.view().substr(cursor_));
    line_ = std::move(changed);
    cursor_ += text.size();
}

void Editor::remove(usize begin, usize end) {
    String changed(line_.view().substr(0, begin));
    changed.append(line_.view().substr(end));
    line_ = std::move(changed);
    cursor_ = begin;
}

/// Removes and keeps for Ctrl-Y; what is cut in a row is kept together.
void Editor::cut(usize begin, usize end, bool backwards) {
    bool const goes_on = last_ == Action::kill_to_start || last_ == Action::kill_to_end ||
                         last_ == Action::kill_blank_word || last_ == Action::kill_word_left ||
                         last_ == Action::kill_word_right;
    String const piece = line_.view().substr(begin, end - begin);
    String const before = goes_on ? killed_ : String();
    killed_ = backwards ? piece : before;
    killed_.append(backwards ? before : piece);
    remove(begin, end);
}

void Editor::transpose() {
    if (cursor_ == line_.size() && cursor_ != 0)
        cursor_ = utf8::previous(line_, cursor_);
    if (cursor_ == 0 || line_.empty())
        return bell();
    usize const before = utf8::previous(line_, cursor_);
    usize const behind = cursor_ + utf8::length(line_.view().substr(cursor_));
    String swapped(line_.view().substr(cursor_, behind - cursor_));
    swapped.append(line_.view().substr(before, cursor_ - before));
    remove(before, behind);
    insert(swapped);
}

void Editor::remember() {
    if (!undo_.empty() && undo_.back().line == line_)
        return;
    if (undo_.size() == most_undos)
        undo_.erase(0);
    undo_.push_back({line_, cursor_});
}

void Editor::undo() {
    if (undo_.empty())
        return bell();
    line_ = undo_.back().line;
    cursor_ = undo_.back().cursor;
    undo_.pop_back();
}

usize Editor::word_left(usize from) const {
    while (from != 0 && !in_word(line_, from - 1))
        --from;
    while (from != 0 && in_word(line_, from - 1))
        --from;
    return from;
}

usize Editor::word_right(usize from) const {
    while (from < line_.size() && !in_word(line_, from))
        ++from;
    while (from < line_.size() && in_word(line_, from))
        ++from;
    return from;
}

} // namespace edit
