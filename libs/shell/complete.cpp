// A small scan of the line up to the cursor; what it gets wrong only costs a completion.
#include "libs/shell/complete.hpp"

#include "libs/shell/parser.hpp"

#include <algorithm>

namespace shell {
namespace {

constexpr std::string_view opening_words[] = {"if",    "then", "elif", "else", "while",
                                              "until", "do",   "{",    "!",    "exec"};

bool among(std::string_view set, char c) {
    return set.find(c) != std::string_view::npos;
}

class Scan {
public:
    explicit Scan(std::string_view line) : line_(line) {}

    ToComplete run() {
        begin_word(0, true);
        while (at_ < line_.size())
            step();
        return finish();
    }

private:
    void begin_word(usize at, bool command) {
        start_ = component_ = at;
        command_ = command;
        word_.clear();
        name_start_ = 0;
        dollar_ = false;
    }

    void add(char c) {
        if (dollar_ && !continues_name(c))
            dollar_ = false;
        word_.push_back(c);
        if (c == '/') {
            component_ = at_ + 1;
            name_start_ = word_.size();
        }
    }

    void step() {
        char const c = line_[at_];
        bool const more = at_ + 1 < line_.size();
        if (quote_ == '\'') {
            if (c == '\'')
                quote_ = '\0';
            else
                add(c);
        } else if (c == '\\' && more) {
            ++at_;
            add(line_[at_]);
        } else if (c == '$' || c == '`') {
            dollar(c, more ? line_[at_ + 1] : '\0');
        } else if (c == '"') {
            quote_ = quote_ == '"' ? '\0' : '"';
        } else if (quote_ == '"') {
            add(c);
        } else if (c == '\'') {
            quote_ = c;
        } else if (among(" \t\n;|&(){}<>", c) && !(c == '{' || c == '}')) {
            end_word(c);
        } else {
            add(c);
            if (c == '=' && command_) // the value of an assignment, or of an option
                component_ = at_ + 1, name_start_ = word_.size();
        }
        ++at_;
    }

    void dollar(char c, char next) {
        if (c == '`' || next == '(') {
            at_ += c == '`' ? 0 : 1;
            quote_ = '\0';
            begin_word(at_ + 1, true);
            return;
        }
        add(c);
        dollar_ = true;
        braces_ = next == '{';
        at_ += braces_ ? 1 : 0;
        name_begin_ = at_ + 1;
    }

    void end_word(char c) {
        bool const empty = start_ == at_;
        bool const opens =
            std::ranges::find(opening_words, word_.view()) != std::end(opening_words);
        bool const assigns = word_.view().find('=') != std::string_view::npos;
        bool command = command_ && (empty || opens || assigns);
        if (among(";|&(\n", c))
            command = true;
        else if (among("<>)", c))
            command = false;
        if (c == '<' || c == '>') {
            target_of_command_ = command_ && empty;
        } else if (!empty && target_of_command_ && !command_) {
            command = true; // the word was the target of a redirection in front of a command
            target_of_command_ = false;
        }
        begin_word(at_ + 1, command);
    }

    ToComplete finish() {
        ToComplete what;
        what.quote = quote_;
        if (dollar_) {
            what.kind = ToComplete::Kind::variable;
            what.begin = name_begin_;
            what.prefix = line_.substr(name_begin_);
            what.braces = braces_;
            return what;
        }
        bool const path = word_.view().find('/') != std::string_view::npos;
        bool const value = command_ && name_start_ != 0 && !path;
        what.kind =
            command_ && !path && !value ? ToComplete::Kind::command : ToComplete::Kind::file;
        // A quote that was opened in front of the name stays.
        what.begin = component_;
        if (quote_ != '\0' && what.begin < line_.size() && line_[what.begin] == quote_)
            ++what.begin;
        auto const directory = word_.view().substr(0, name_start_);
        auto const equals = command_ ? directory.rfind('=') : std::string_view::npos;
        what.directory = equals == directory.npos ? directory : directory.substr(equals + 1);
        what.prefix = word_.view().substr(name_start_);
        return what;
    }

    std::string_view line_;
    usize at_ = 0;
    char quote_ = '\0';
    String word_;          ///< without quotes
    usize start_ = 0;      ///< of the word in the line
    usize component_ = 0;  ///< of its last component in the line
    usize name_start_ = 0; ///< of that in `word_`
    bool command_ = true;  ///< the word is in the place of a command
    bool target_of_command_ = false;
    bool dollar_ = false; ///< a variable's name has begun
    bool braces_ = false;
    usize name_begin_ = 0; ///< of it in the line
};

} // namespace

ToComplete to_complete(std::string_view line) {
    return Scan(line).run();
}

String completed(ToComplete const& what, std::string_view name, bool whole) {
    String text;
    if (what.kind == ToComplete::Kind::variable) {
        text = name;
        if (what.braces)
            text.push_back('}');
        return text;
    }
    for (char const c : name) {
        if (what.quote == '\'' && c == '\'') {
            text.append("'\\''");
            continue;
        }
        std::string_view const special = what.quote == '\0'  ? " \t\n;|&()<>\"'\\$`*?[]{}#~!"
                                         : what.quote == '"' ? "\"\\$`"
                                                             : "";
        if (among(special, c))
            text.push_back('\\');
        text.push_back(c);
    }
    if (whole && what.quote != '\0')
        text.push_back(what.quote);
    return text;
}

} // namespace shell
