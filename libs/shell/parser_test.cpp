// Trees of scripts, and where problems point.
#include "libs/shell/parser.hpp"

#include <gtest/gtest.h>

namespace {

using namespace shell;

std::string show(Ref<List> const& list);

std::string show(Word const& word) {
    std::string text;
    for (auto const& part : word.parts) {
        char const* const quote = part.quoted ? "\"" : "";
        text += quote;
        switch (part.kind) {
        case Part::Kind::literal:
            text += part.text.view();
            break;
        case Part::Kind::parameter:
            text += "${" + std::string(part.text.view());
            if (part.operation != Part::Operation::none)
                text += " " + std::to_string(static_cast<int>(part.operation)) +
                        (part.or_empty ? ":" : "");
            if (part.argument)
                text += " " + show(*part.argument);
            if (part.second)
                text += " " + show(*part.second);
            text += "}";
            break;
        case Part::Kind::substitution:
            text += "$(" + show(part.list) + ")";
            break;
        case Part::Kind::arithmetic:
            text += "$((" + show(*part.argument) + "))";
            break;
        }
        text += quote;
    }
    return text;
}

std::string show_words(Vector<Ref<Word>> const& words) {
    std::string text;
    for (auto const& word : words)
        text += (text.empty() ? "" : " ") + show(*word);
    return text;
}

std::string show(Command const& command) {
    std::string text;
    switch (command.kind) {
    case Command::Kind::simple: {
        auto const& simple = static_cast<Simple const&>(command);
        for (auto const& assignment : simple.assignments)
            text += std::string(assignment.name.view()) + ":=" + show(*assignment.value) + " ";
        text += show_words(simple.words);
        break;
    }
    case Command::Kind::subshell:
        text = "(" + show(static_cast<Compound const&>(command).body) + ")";
        break;
    case Command::Kind::group:
        text = "{" + show(static_cast<Compound const&>(command).body) + "}";
        break;
    case Command::Kind::condition: {
        auto const& condition = static_cast<Condition const&>(command);
        for (auto const& branch : condition.branches)
            text += "if<" + show(branch.condition) + "|" + show(branch.body) + ">";
        if (condition.otherwise)
            text += "else<" + show(condition.otherwise) + ">";
        break;
    }
    case Command::Kind::loop: {
        auto const& loop = static_cast<Loop const&>(command);
        text =
            (loop.until ? "until<" : "while<") + show(loop.condition) + "|" + show(loop.body) + ">";
        break;
    }
    case Command::Kind::each: {
        auto const& each = static_cast<Each const&>(command);
        text = "for<" + std::string(each.name.view()) + "|" +
               (each.over_arguments ? "$@" : show_words(each.words)) + "|" + show(each.body) + ">";
        break;
    }
    case Command::Kind::choice: {
        auto const& choice = static_cast<Choice const&>(command);
        text = "case<" + show(*choice.subject);
        for (auto const& item : choice.items)
            text += "|" + show_words(item.patterns) + ")" + show(item.body);
        text += ">";
        break;
    }
    case Command::Kind::function: {
        auto const& function = static_cast<Function const&>(command);
        text = std::string(function.name.view()) + "()" + show(*function.body);
        break;
    }
    }
    for (auto const& redirection : command.redirections)
        text += " [" + std::to_string(redirection.descriptor) + " " +
                std::to_string(static_cast<int>(redirection.kind)) + " " +
                show(*redirection.target) + "]";
    return text;
}

std::string show(Ref<List> const& list) {
    std::string text;
    for (auto const& chain : list->chains) {
        if (!text.empty())
            text += "; ";
        for (auto const& link : chain.links) {
            text += link.when == Chain::Link::When::succeeded ? " && "
                    : link.when == Chain::Link::When::failed  ? " || "
                                                              : "";
            text += link.pipeline.negated ? "!" : "";
            for (usize i = 0; i < link.pipeline.commands.size(); ++i)
                text += (i ? " | " : "") + show(*link.pipeline.commands[i]);
        }
        text += chain.background ? " &" : "";
    }
    return text;
}

std::string parse(std::string_view text, AtEnd at_end = AtEnd::is_all) {
    Parser parser(make_ref<Source>("s", text), at_end);
    std::string result;
    for (;;) {
        auto const next = parser.next();
        if (!next) {
            String message;
            StringSink sink(message);
            describe(sink, next.error());
            return result + (next.error().incomplete ? "incomplete " : "") +
                   std::string(message.view());
        }
        if (!*next)
            return result;
        result += show(*next) + "\n";
    }
}

TEST(Parser, SimpleCommandsAndLists) {
    EXPECT_EQ(parse("echo a  b\n"), "echo a b\n");
    EXPECT_EQ(parse("a; b & c && d || ! e | f"), "a; b &; c && d || !e | f\n");
    EXPECT_EQ(parse("a=1 b=$x cmd c=2"), "a:=1 b:=${x} cmd c=2\n");
    EXPECT_EQ(parse("# comment\n\n  a # more\nb"), "a\nb\n");
    EXPECT_EQ(parse("a \\\n b |\n\n c &&\n d"), "a b | c && d\n");
    EXPECT_EQ(parse(""), "");
    EXPECT_EQ(parse("a#b '#c'"), "a#b \"#c\"\n");
}

TEST(Parser, Quotes) {
    EXPECT_EQ(parse(R"(a'b c'"d $e"\f)"), "a\"b cd \"\"${e}\"\"f\"\n");
    EXPECT_EQ(parse(R"('' "" "$@")"), "\"\" \"\" \"${@}\"\n");
    EXPECT_EQ(parse(R"("a\b\"\$\\")"), "\"a\\b\"$\\\"\n");
    EXPECT_EQ(parse("$'a\\tb\\'\\x41\\101'"), "\"a\tb'AA\"\n");
    EXPECT_EQ(parse("\"a\\\nb\""), "\"ab\"\n");
    EXPECT_EQ(parse("a\\\nb"), "ab\n");
}

TEST(Parser, Parameters) {
    EXPECT_EQ(parse("$a $1x $10 ${10} $? $$ ${#} ${#a} $"),
              "${a} ${1}x ${1}0 ${10} ${?} ${$} ${#} ${a 1} $\n");
    EXPECT_EQ(parse("${a:-b c} ${a-'b'} ${a=x} ${a:?} ${a+b}"),
              "${a 2: b c} ${a 2 \"b\"} ${a 3 x} ${a 4: } ${a 5 b}\n");
    EXPECT_EQ(parse("${a#*x} ${a##x} ${a%/*} ${a%%y}"), "${a 6 *x} ${a 7 x} ${a 8 /*} ${a 9 y}\n");
    EXPECT_EQ(parse("${a:1:2} ${a/b/c} ${a//b}"), "${a 10 \"1\" \"2\"} ${a 11 b c} ${a 12 b}\n");
    EXPECT_EQ(parse(R"("${a:-'b' "c"}")"), "\"${a 2: \"'b' c\"}\"\n");
    EXPECT_EQ(parse(R"("${a#'*'}")"), "\"${a 6 \"*\"}\"\n");
}

TEST(Parser, Substitutions) {
    EXPECT_EQ(parse("a $(b | c) \"$(d \"e\")\""), "a $(b | c) \"$(d \"e\")\"\n");
    EXPECT_EQ(parse("a $(b\n c # no )\n) d"), "a $(b; c) d\n");
    EXPECT_EQ(parse("a `b \\`c\\` d` e"), "a $(b $(c) d) e\n");
    EXPECT_EQ(parse("a $((1+(2*$x)))"), "a $((\"1+(2*\"\"${x}\"\")\"))\n");
    EXPECT_EQ(parse("a $(case x in (x) y;; esac)"), "a $(case<x|x)y>)\n");
}

TEST(Parser, CompoundCommands) {
    EXPECT_EQ(parse("if a; then b; elif c; then d; else e; fi"), "if<a|b>if<c|d>else<e>\n");
    EXPECT_EQ(parse("while a\ndo b\ndone >f; until c; do d; done"),
              "while<a|b> [1 1 f]; until<c|d>\n");
    EXPECT_EQ(parse("for x in a $b; do c; done\nfor y; do d; done\nfor z do e; done"),
              "for<x|a ${b}|c>\nfor<y|$@|d>\nfor<z|$@|e>\n");
    EXPECT_EQ(parse("for x in\ndo c; done"), "for<x||c>\n");
    EXPECT_EQ(parse("case $x in a|b*) c;; (d)\n e\n;; *) esac"), "case<${x}|a b*)c|d)e|*)>\n");
    EXPECT_EQ(parse("f() { a; }\ng () (b)"), "f(){a}\ng()(b)\n");
    EXPECT_EQ(parse("(a; b) & { c; }"), "(a; b) &; {c}\n");
    EXPECT_EQ(parse("echo if then }"), "echo if then }\n");
}

TEST(Parser, Redirections) {
    EXPECT_EQ(parse("a <b >c 2>>d 2>&1 &>e <>f >|g"),
              "a [0 0 b] [1 1 c] [2 2 d] [2 5 1] [1 6 e] [0 4 f] [1 3 g]\n");
    EXPECT_EQ(parse("a 2 >b"), "a 2 [1 1 b]\n");
    EXPECT_EQ(parse(">f"), " [1 1 f]\n");
}

TEST(Parser, HereDocuments) {
    EXPECT_EQ(parse("cat <<E; b\nx $y \\$z\nE\nc"), "cat [0 8 \"x \"\"${y}\"\" $z\n\"]; b\nc\n");
    EXPECT_EQ(parse("cat <<'E'\nx $y\nE\n"), "cat [0 8 \"x $y\n\"]\n");
    EXPECT_EQ(parse("cat <<-E\n\t\tx\n\tE\n"), "cat [0 8 \"x\n\"]\n");
    EXPECT_EQ(parse("a <<A <<B\n1\nA\n2\nB\nc"), "a [0 8 \"1\n\"] [0 8 \"2\n\"]\nc\n");
    EXPECT_EQ(parse("a $(cat <<E\nx\nE\n) b"), "a $(cat [0 8 \"x\n\"]) b\n");
    EXPECT_EQ(parse("cat <<E\nno end\n"), "cat [0 8 \"no end\n\"]\n");
}

TEST(Parser, ProblemsPointAtTheirPlace) {
    EXPECT_EQ(parse("echo a\nif; then b; fi\n"),
              "echo a\ns:2:3: unexpected: `;`\n    if; then b; fi\n      ^\n");
    EXPECT_EQ(parse("if then b; fi"),
              "s:1:4: no command to decide by\n    if then b; fi\n       ^\n");
    EXPECT_EQ(parse("a )"), "s:1:3: unexpected: `)`\n    a )\n      ^\n");
    EXPECT_EQ(parse("done"), "s:1:1: unexpected: `done`\n    done\n    ^\n");
    EXPECT_EQ(parse("a && ; b"), "s:1:6: unexpected: `;`\n    a && ; b\n         ^\n");
    EXPECT_EQ(parse("\tx >;"), "s:1:5: unexpected: `;`\n    \tx >;\n    \t   ^\n");
    EXPECT_EQ(parse("echo é ${}"),
              "s:1:10: a variable's name must stand here\n    echo é ${}\n             ^\n");
    EXPECT_EQ(
        parse("for 1 in a; do b; done"),
        "s:1:5: `1` cannot be the name of a variable\n    for 1 in a; do b; done\n        ^\n");
    EXPECT_EQ(
        parse("if a; then b; done"),
        "s:1:15: `fi` is missing before `done`\n    if a; then b; done\n                  ^\n");
    EXPECT_EQ(parse("f() echo"), "s:1:5: the body of a function is `{ ...; }` or another compound "
                                 "command\n    f() echo\n        ^\n");
    EXPECT_EQ(parse("a 10>b"),
              "s:1:3: descriptors in redirections go up to 9\n    a 10>b\n      ^\n");
    EXPECT_EQ(parse("echo `a )`"), "s:1:9: unexpected: `)`\n    echo `a )\n            ^\n");
}

TEST(Parser, KnowsWhatCouldGoOn) {
    for (char const* const text :
         {"if a", "if a; then b\n", "while x; do\n", "echo 'a\n", "echo \"a", "a |\n", "a &&",
          "f() {\n", "(a", "case x in\n", "echo $(a", "echo ${a", "echo $((1", "a \\\n",
          "cat <<E\nx\n", "echo `a"})
        EXPECT_TRUE(parse(text, AtEnd::more_may_come).find("incomplete") != std::string::npos)
            << text;
    for (char const* const text : {"a)", "if a; fi", "echo ${a!b}", "a; ;", "fi"})
        EXPECT_TRUE(parse(text, AtEnd::more_may_come).find("incomplete") == std::string::npos)
            << text;
}

TEST(Parser, StopsAtSillyDepths) {
    std::string deep;
    for (int i = 0; i < 5000; ++i)
        deep += "(";
    EXPECT_NE(parse(deep).find("nested too deeply"), std::string::npos);
    std::string dollars;
    for (int i = 0; i < 5000; ++i)
        dollars += "${a:-";
    EXPECT_NE(parse(dollars).find("nested too deeply"), std::string::npos);
    std::string quotes;
    for (int i = 0; i < 5000; ++i)
        quotes += "\"${a:-";
    EXPECT_NE(parse(quotes).find("nested too deeply"), std::string::npos);
}

} // namespace
