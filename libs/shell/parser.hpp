// From text to tree, one complete command at a time.
#pragma once

#include "libs/shell/tree.hpp"

#include <expected>
#include <optional>
#include <string_view>

namespace shell {

/// Characters of variable names.
constexpr bool starts_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

constexpr bool continues_name(char c) {
    return starts_name(c) || is_digit(c);
}

bool is_name(std::string_view text);
bool is_reserved(std::string_view word);

/// What comes after the text: nothing, or what is still to be typed.
enum class AtEnd : u8 { is_all, more_may_come };

/// Recursive descent over the characters. Whatever goes wrong is noted once, with its place, and
/// from then on the text reads as ended: so there is one way out, and no exception.
class Parser {
public:
    explicit Parser(Ref<Source> source, AtEnd at_end = AtEnd::is_all, u32 depth = 0)
        : source_(std::move(source)), text_(source_->text.view()), at_end_(at_end), depth_(depth) {}

    /// The next line of commands, as far as a compound command or a here-document makes it; empty
    /// at the end of the text.
    std::expected<Ref<List>, Problem> next();

private:
    static constexpr u32 deepest = 100;

    struct Token {
        enum class Kind : u8 { end, newline, word, descriptor, symbol };
        Kind kind = Kind::end;
        usize begin = 0;
        usize end = 0;
        Ref<Word> word;
    };

    struct HereDocument {
        Ref<Word> into;
        String delimiter;
        bool quoted;
        bool strip_tabs;
        usize at;
    };

    /// How far a word goes, and which characters mean something in it.
    enum class Mode : u8 {
        plain,
        quotes,
        parameter, ///< up to }
        pattern,   ///< up to / or }
        offset,    ///< up to : or }
        arithmetic,
        here_document,
    };

    class Nesting;

    // Tokens.
    Token const& peek();
    Token take();
    Token scan();
    void skip_blanks();
    usize symbol_length() const;
    void read_here_documents();
    void read_here_document(HereDocument const& document);
    std::string_view text(Token const& token) const;
    bool at_symbol(std::string_view symbol);
    bool at_word(std::string_view reserved);
    bool take_symbol(std::string_view symbol);
    bool take_word(std::string_view reserved);
    void skip_newlines();

    // Words.
    char current() const { return at_ < limit() ? text_[at_] : '\0'; }

    bool looking_at(std::string_view what) const {
        return !problem_ && text_.substr(at_).starts_with(what);
    }

    usize limit() const { return problem_ ? 0 : text_.size(); }

    bool at_limit() const { return at_ >= limit(); }

    Ref<Word> word(Mode mode, bool quoted);
    void parts(Word& word, Mode mode, bool quoted);
    bool ends(Mode mode, u32 parentheses) const;
    void backslash(Word& word, Mode mode, bool quoted);
    void single_quotes(Word& word);
    void escaped_quotes(Word& word);
    void double_quotes(Word& word);
    void dollar(Word& word, bool quoted);
    void braces(Word& word, bool quoted);
    void operation(Part& part, bool quoted);
    void substitution(Word& word, bool quoted);
    void backquotes(Word& word, bool quoted);
    void arithmetic(Word& word, bool quoted);
    static void literal(Word& word, char character, bool quoted, usize at);

    // Commands.
    enum class Lines : u8 { one, many };
    Ref<List> list(Lines lines);
    Ref<List> body(std::string_view what, usize opened, std::string_view opener);
    bool at_end_of_list();
    Chain chain();
    Pipeline pipeline();
    Ref<Command> command();
    Ref<Command> simple();
    Ref<Command> function(Token const& name);
    bool assignment(Simple& into);
    bool redirection(Command& into);
    void redirections(Command& into);
    Ref<Command> group(Command::Kind kind, std::string_view opener, std::string_view closer);
    Ref<Command> condition();
    Ref<Command> loop(bool until);
    Ref<Command> each();
    Ref<Command> choice();
    void choice_item(Choice& into);
    bool expect_word(std::string_view reserved, usize opened, std::string_view opener);

    void fail(usize at, String message, bool incomplete = false);
    void unexpected();
    String name_of(Token const& token) const;

    Ref<Source> source_;
    std::string_view text_;
    AtEnd at_end_;
    u32 depth_;
    usize at_ = 0;
    usize last_end_ = 0; ///< of the token taken last
    std::optional<Token> peeked_;
    Vector<HereDocument> pending_;
    std::optional<Problem> problem_;
};

} // namespace shell
