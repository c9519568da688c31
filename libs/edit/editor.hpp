// The line editor: bytes of keys in, bytes for the terminal out.
#pragma once

#include "libs/edit/history.hpp"
#include "libs/edit/keys.hpp"
#include "libs/edit/view.hpp"

#include <optional>

namespace edit {

struct Candidate {
    String text;       ///< what to put into the line, from Completions::begin on
    String shown;      ///< in a list
    bool whole = true; ///< a space follows
};

struct Completions {
    usize begin = 0; ///< where in the line what is completed begins
    Vector<Candidate> candidates;
};

/// Knows what could stand in front of the cursor. Candidates come sorted.
class Completer {
public:
    virtual Completions complete(std::string_view line, usize cursor) = 0;

protected:
    ~Completer() = default;
};

enum class Outcome : u8 { more, line, interrupted, end_of_input };

/// Edits one line after another. The terminal must hand over each byte as it comes and echo
/// nothing.
class Editor {
public:
    Editor(History const& history, Completer& completer)
        : history_(history), completer_(completer) {}

    /// A new line behind `prompt`, on a terminal with this many columns.
    void begin(std::string_view prompt, usize columns);

    /// A byte from the keyboard. What is entered is in line() once the outcome is `line`.
    Outcome take(char byte);

    void resize(usize columns);

    /// Something else has been written meanwhile, and the cursor stands on a fresh line.
    void draw_again();

    std::string_view line() const { return line_; }

    /// What the terminal shall get.
    String take_output();

private:
    struct State {
        String line;
        usize cursor;
    };

    void act(Key const& key);
    void edit(Key const& key);
    void move(Action action);
    void kill(Action action);
    void insert(std::string_view text);
    void remove(usize begin, usize end);
    void cut(usize begin, usize end, bool backwards);
    void transpose();
    void recall(Action action);
    void set_line(std::string_view text);
    void last_argument();
    void remember();
    void undo();
    void complete();
    void list(Completions const& completions);
    bool search(Key const& key);
    void show_search();
    void find(usize before);
    void end_with(Outcome outcome);

    void bell() { output_.append("\a"); }

    usize word_left(usize from) const;
    usize word_right(usize from) const;
    void show();

    History const& history_;
    Completer& completer_;
    Keys keys_;
    View view_;
    String output_;
    String prompt_;
    usize columns_ = 80;
    String line_;
    usize cursor_ = 0;
    String killed_;
    Vector<State> undo_;
    Outcome outcome_ = Outcome::more;
    Action last_ = Action::none;

    // Going through the history.
    usize recalled_ = 0; ///< size of the history: the line being written
    String draft_;

    // Searching.
    bool searching_ = false;
    String query_;
    usize found_ = 0;
    State before_search_;

    usize argument_from_ = 0; ///< Alt-.: how far back
    usize argument_begin_ = 0;
};

} // namespace edit
