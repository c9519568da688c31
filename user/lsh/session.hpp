// A person at the terminal, or lines from standard input.
#pragma once

#include "libs/edit/editor.hpp"
#include "user/lsh/completion.hpp"
#include "user/lsh/shell.hpp"

namespace lsh {

/// Reads lines and runs them until there are no more.
class Session {
public:
    explicit Session(Shell& shell) : shell_(shell) {}

    /// With prompts, and with the line editor when it has a terminal.
    int run();

private:
    enum class Got : u8 { line, nothing, interrupted };

    Got next_line(String& into, bool goes_on);
    Got edit_line(String& into, bool goes_on);
    Got plain_line(String& into, bool goes_on);
    /// False if more lines are needed.
    bool run_lines(String const& text, u32 first_line, bool is_all);
    String prompt(bool goes_on);
    String expand_prompt(std::string_view format);
    String short_directory();
    bool may_leave();
    void load_history();
    void remember(std::string_view lines);
    void flush();

    Shell& shell_;
    edit::History history_;
    Completer completer_{shell_};
    edit::Editor editor_{history_, completer_};
    String history_file_;
    bool edits_ = false;
};

} // namespace lsh
