// The tree of a parsed script: lists of pipelines of commands, made of words.
#pragma once

#include "libs/base/ref.hpp"
#include "libs/base/string.hpp"
#include "libs/base/vector.hpp"
#include "libs/shell/source.hpp"

namespace shell {

struct List;
struct Word;

/// A piece of a word.
struct Part {
    enum class Kind : u8 {
        literal,      ///< `text` as it is
        parameter,    ///< `$text`, or `${text...}` with an operation
        substitution, ///< `$(list)`
        arithmetic,   ///< `$((argument))`
    };
    enum class Operation : u8 {
        none,
        length,         ///< ${#x}
        use_default,    ///< ${x-word}
        assign_default, ///< ${x=word}
        require,        ///< ${x?word}
        use_instead,    ///< ${x+word}
        cut_prefix,     ///< ${x#word}
        cut_longest_prefix,
        cut_suffix, ///< ${x%word}
        cut_longest_suffix,
        substring,   ///< ${x:argument:second}
        replace,     ///< ${x/argument/second}
        replace_all, ///< ${x//argument/second}
    };

    Kind kind = Kind::literal;
    bool quoted = false; ///< no fields are made of it, no file names, no pattern
    Operation operation = Operation::none;
    bool or_empty = false; ///< the form with a colon: an empty value counts as none
    usize at = 0;          ///< in the word's source
    String text;
    Ref<Word> argument;
    Ref<Word> second;
    Ref<List> list;
};

struct Word : RefCounted {
    Ref<Source> source;
    usize begin = 0;
    usize end = 0;
    Vector<Part> parts;
};

struct Assignment {
    String name;
    Ref<Word> value;
};

struct Redirection {
    enum class Kind : u8 {
        input,         ///< <
        output,        ///< >
        append,        ///< >>
        clobber,       ///< >|
        both,          ///< <>
        duplicate,     ///< <& and >&
        output_errors, ///< &>
        append_errors, ///< &>>
        here_document, ///< << and <<-: `target` is the text
    };
    Kind kind = Kind::input;
    int descriptor = 0;
    usize at = 0;
    Ref<Word> target;
};

struct Command : RefCounted {
    enum class Kind : u8 { simple, subshell, group, condition, loop, each, choice, function };

    explicit Command(Kind which) : kind(which) {}

    Kind const kind;
    Ref<Source> source;
    usize begin = 0; ///< its text in the source
    usize end = 0;
    Vector<Redirection> redirections;
};

struct Pipeline {
    bool negated = false;
    Vector<Ref<Command>> commands;
};

/// Pipelines joined by && and ||.
struct Chain {
    struct Link {
        enum class When : u8 { always, succeeded, failed };
        When when = When::always;
        Pipeline pipeline;
    };

    Vector<Link> links;
    bool background = false;
    Ref<Source> source;
    usize begin = 0;
    usize end = 0;

    std::string_view text() const { return source->text.view().substr(begin, end - begin); }
};

struct List : RefCounted {
    Vector<Chain> chains;
};

struct Simple : Command {
    Simple() : Command(Kind::simple) {}

    Vector<Assignment> assignments;
    Vector<Ref<Word>> words;
};

/// ( list ) and { list; }
struct Compound : Command {
    explicit Compound(Kind which) : Command(which) {}

    Ref<List> body;
};

struct Condition : Command {
    Condition() : Command(Kind::condition) {}

    struct Branch {
        Ref<List> condition;
        Ref<List> body;
    };

    Vector<Branch> branches;
    Ref<List> otherwise; ///< may be empty
};

struct Loop : Command {
    Loop() : Command(Kind::loop) {}

    bool until = false;
    Ref<List> condition;
    Ref<List> body;
};

struct Each : Command {
    Each() : Command(Kind::each) {}

    String name;
    bool over_arguments = false; ///< no `in`: the positional parameters
    Vector<Ref<Word>> words;
    Ref<List> body;
};

struct Choice : Command {
    Choice() : Command(Kind::choice) {}

    struct Item {
        Vector<Ref<Word>> patterns;
        Ref<List> body;
    };

    Ref<Word> subject;
    Vector<Item> items;
};

struct Function : Command {
    Function() : Command(Kind::function) {}

    String name;
    Ref<Command> body;
};

} // namespace shell
