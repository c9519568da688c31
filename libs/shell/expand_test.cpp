// Expansion: parameters, fields, file names, arithmetic; and patterns.
#include "libs/shell/expand.hpp"
#include "libs/shell/parser.hpp"
#include "libs/shell/pattern.hpp"
#include "libs/shell/text.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>

namespace {

using namespace shell;

class FakeWorld final : public World {
public:
    std::optional<String> variable(std::string_view name) override {
        auto const found = variables.find(std::string(name));
        return found == variables.end() ? std::nullopt : std::optional<String>(found->second);
    }

    bool assign(std::string_view name, std::string_view value) override {
        if (name == "fixed")
            return false;
        variables[std::string(name)] = String(value);
        return true;
    }

    String special(char name) override { return name == '?' ? "3" : name == '0' ? "lsh" : ""; }

    Slice<String const> arguments() override { return positional; }

    std::expected<String, Problem> output_of(Ref<List> const& commands) override {
        auto const& simple =
            static_cast<Simple const&>(*commands->chains[0].links[0].pipeline.commands[0]);
        String output;
        for (auto const& word : simple.words) {
            auto const fields = expand_fields(*this, *word);
            if (!fields)
                return std::unexpected(fields.error());
            for (auto const& field : *fields) {
                output.append(field);
                output.push_back('\n');
            }
        }
        return output;
    }

    std::optional<String> home_of(std::string_view user) override {
        return user.empty()    ? std::optional<String>("/home/me")
               : user == "bob" ? std::optional<String>("/home/bob")
                               : std::nullopt;
    }

    void names_in(std::string_view directory, FunctionRef<void(std::string_view)> name) override {
        std::set<std::string> names;
        for (auto const& file : files)
            if (file.starts_with(directory)) {
                auto const rest = file.substr(directory.size());
                if (!rest.empty())
                    names.insert(rest.substr(0, rest.find('/')));
            }
        for (auto const& each : names)
            name(each);
    }

    bool exists(std::string_view path) override {
        return files.contains(std::string(path)) || is_directory(path);
    }

    bool is_directory(std::string_view path) override {
        std::string start(path);
        if (!start.ends_with('/'))
            start += '/';
        auto const next = files.lower_bound(start);
        return next != files.end() && next->starts_with(start);
    }

    bool unset_is_error() const override { return strict; }

    std::map<std::string, String> variables;
    Vector<String> positional;
    std::set<std::string> files{"a.c", "b.c", ".hidden", "dir/x", "dir/y", "other/x", "[z]"};
    bool strict = false;
};

class Expand : public testing::Test {
protected:
    /// The words of a command, each in brackets, or its problem.
    std::string words(std::string_view text) {
        std::string result;
        auto const list = parse(text);
        for (auto const& word :
             static_cast<Simple const&>(*list->chains[0].links[0].pipeline.commands[0]).words) {
            auto const fields = expand_fields(world, *word);
            if (!fields) {
                String message;
                StringSink sink(message);
                describe(sink, fields.error());
                return std::string(message.view());
            }
            for (auto const& field : *fields)
                result += "[" + std::string(field.view()) + "]";
        }
        return result;
    }

    Ref<List> parse(std::string_view text) {
        Parser parser(make_ref<Source>("s", text));
        auto list = parser.next();
        EXPECT_TRUE(list) << text << ": " << (list ? "" : list.error().message.view());
        return list ? *list : Ref<List>();
    }

    FakeWorld world;
};

TEST_F(Expand, ParametersAndFields) {
    world.variables = {{"x", "a b"}, {"e", ""}, {"s", "  p   q "}, {"c", ":a::b:"}};
    EXPECT_EQ(words("$x \"$x\" $e \"$e\" $none $?"), "[a][b][a b][][3]");
    EXPECT_EQ(words("-$x- $s. \"$s\" ''$s''"), "[-a][b-][p][q][.][  p   q ][][p][q][]");
    world.variables["IFS"] = ":";
    EXPECT_EQ(words("$c $x"), "[][a][][b][a b]");
    world.variables["IFS"] = " :";
    world.variables["c"] = " a : b  c";
    EXPECT_EQ(words("$c"), "[a][b][c]");
    world.variables["IFS"] = "";
    EXPECT_EQ(words("$x"), "[a b]");
}

TEST_F(Expand, Arguments) {
    EXPECT_EQ(words("$@ \"$@\" $# \"$*\" x\"$@\"y"), "[0][][xy]");
    world.positional = {"a b", "", "c"};
    EXPECT_EQ(words("$@"), "[a][b][c]");
    EXPECT_EQ(words("\"$@\""), "[a b][][c]");
    EXPECT_EQ(words("x\"$@\"y"), "[xa b][][cy]");
    EXPECT_EQ(words("\"$*\" $#"), "[a b  c][3]");
    world.variables["IFS"] = "-";
    EXPECT_EQ(words("\"$*\" $1 ${3} ${4-none} ${#@}"), "[a b--c][a b][c][none][3]");
    EXPECT_EQ(words("\"${@:2}\" \"${@:1:1}\""), "[][c][a b]");
}

TEST_F(Expand, Operations) {
    world.variables = {{"x", "path/to/file.txt"}, {"e", ""}, {"u", "héllo"}};
    EXPECT_EQ(words("${e-d} ${e:-d} ${n-d} ${n:-a b} \"${n:-a b}\""), "[d][d][a][b][a b]");
    EXPECT_EQ(words("${e+s} ${e:+s} ${n+s} ${x:+s} \"${n+s}\""), "[s][s][]");
    EXPECT_EQ(words("${n:=new} $n"), "[new][new]");
    EXPECT_EQ(words("${x#*/} ${x##*/} ${x%/*} ${x%%/*} ${x%.txt}"),
              "[to/file.txt][file.txt][path/to][path][path/to/file]");
    EXPECT_EQ(words("${#x} ${#u} ${u:1:2} ${u: -2} ${u:9} ${u:0:-1} ${e:1}"),
              "[16][5][él][lo][héll]");
    EXPECT_EQ(words("${x/t/T} ${x//t/T} ${x//[aeiou]} ${x/#path/P} ${x/%txt/T}"),
              "[paTh/to/file.txt][paTh/To/file.TxT][pth/t/fl.txt][P/to/file.txt][path/to/file.T]");
    EXPECT_EQ(words("${n2:-'a b'} ${n2:-\"$x\"}"), "[a b][path/to/file.txt]");
    world.variables["star"] = "*";
    EXPECT_EQ(words("${e:-\"*\"} \"$star\" ${star#\"*\"}end \"${star#'\\*'}\""), "[*][*][end][*]");
}

TEST_F(Expand, ProblemsPointAtTheirPlace) {
    EXPECT_EQ(words("a ${n?gone}"), "s:1:3: n: gone\n    a ${n?gone}\n      ^\n");
    EXPECT_EQ(words("a ${n:?}"), "s:1:3: n: parameter not set or null\n    a ${n:?}\n      ^\n");
    EXPECT_EQ(words("a $((1 + )) b"),
              "s:1:10: a number is missing at the end\n    a $((1 + )) b\n             ^\n");
    EXPECT_EQ(words("a $((1/0))"), "s:1:9: division by zero\n    a $((1/0))\n            ^\n");
    EXPECT_EQ(words("${fixed:=1}"), "s:1:1: fixed: is read only\n    ${fixed:=1}\n    ^\n");
    world.strict = true;
    EXPECT_EQ(words("$none"), "s:1:1: none: parameter not set\n    $none\n    ^\n");
    EXPECT_EQ(words("${none-} \"$@\""), "");
}

TEST_F(Expand, Substitutions) {
    world.variables = {{"x", "a b"}};
    EXPECT_EQ(words("$(echo '1 2') \"$(echo \"$x\")\" `echo y`"),
              "[echo][1][2][echo\na b][echo][y]");
}

TEST_F(Expand, FileNames) {
    EXPECT_EQ(words("*.c \"*.c\" \\*.c *.none"), "[a.c][b.c][*.c][*.c][*.none]");
    EXPECT_EQ(words("*"), "[[z]][a.c][b.c][dir][other]");
    EXPECT_EQ(words(".h* */x dir/* d?r/[!x]"), "[.hidden][dir/x][other/x][dir/x][dir/y][dir/y]");
    world.variables["p"] = "*.c";
    EXPECT_EQ(words("$p \"$p\" [[]z]"), "[a.c][b.c][*.c][[z]]");
}

TEST_F(Expand, Tilde) {
    EXPECT_EQ(words("~ ~/x ~bob/y ~none \"~\" a~ \\~"),
              "[/home/me][/home/me/x][/home/bob/y][~none][~][a~][~]");
    auto const list = parse("v=~/a:~bob:b~");
    auto const& simple = static_cast<Simple const&>(*list->chains[0].links[0].pipeline.commands[0]);
    EXPECT_EQ(*expand_text(world, *simple.assignments[0].value), "/home/me/a:/home/bob:b~");
}

TEST_F(Expand, Arithmetic) {
    world.variables = {{"x", "5"}, {"y", "x+1"}, {"loop", "loop"}};
    EXPECT_EQ(words("$((1+2*3)) $(( (1+2)*3 )) $((x*2)) $((y)) $(($x-7))"), "[7][9][10][6][-2]");
    EXPECT_EQ(words("$((0x1f)) $((010)) $((7/2)) $((-7%3)) $((1<<4)) $((~0)) $((!3))"),
              "[31][8][3][-1][16][-1][0]");
    EXPECT_EQ(words("$((1<2)) $((2<=1)) $((3==3)) $((3!=3)) $((1&&0)) $((1||0)) $((6&3)) $((6|1)) "
                    "$((6^2))"),
              "[1][0][1][0][0][1][2][7][4]");
    EXPECT_EQ(
        words("$((x=7)) $x $((x+=2)) $((x++)) $x $((--x)) $((1?2:3)) $((0?2:0?4:5)) $((1,2))"),
        "[7][7][9][9][10][9][2][5][2]");
    EXPECT_EQ(words("$((0 && (x=1))) $((1 || (x=1))) $x $((2**10)) $((2**3**2))"),
              "[0][1][9][1024][512]");
    EXPECT_EQ(words("$((9223372036854775807+1)) $((-9223372036854775807-1)) $(( "
                    "(-9223372036854775807-1)/-1 ))"),
              "[-9223372036854775808][-9223372036854775808][-9223372036854775808]");
    EXPECT_NE(words("$((loop))").find("`loop` leads to itself"), std::string::npos);
    EXPECT_NE(words("$((1 2))").find("does not belong here"), std::string::npos);
    EXPECT_NE(words("$((08))").find("`08` is no number"), std::string::npos);
    EXPECT_EQ(words("$((none)) $(( ))"), "[0][0]");
    EXPECT_EQ(words("$((10-3-2)) $((100/10/5)) $((- -1)) $((1 - -1))"), "[5][2][1][2]");
}

TEST(Pattern, Matches) {
    EXPECT_TRUE(matches("*", ""));
    EXPECT_TRUE(matches("a*b*c", "aXbbYc"));
    EXPECT_FALSE(matches("a*b*c", "aXbbY"));
    EXPECT_TRUE(matches("?", "é"));
    EXPECT_FALSE(matches("?", ""));
    EXPECT_TRUE(matches("[a-c]x", "bx"));
    EXPECT_FALSE(matches("[!a-c]x", "bx"));
    EXPECT_TRUE(matches("[]a]", "]"));
    EXPECT_TRUE(matches("[a", "[a"));
    EXPECT_TRUE(matches("[[:digit:]_]", "7"));
    EXPECT_FALSE(matches("[[:digit:]]", "x"));
    EXPECT_TRUE(matches("\\*", "*"));
    EXPECT_FALSE(matches("\\*", "x"));
    EXPECT_TRUE(matches("[\\]]", "]"));
    EXPECT_TRUE(matches("[à-ü]", "é"));
    EXPECT_FALSE(matches("a", "ab"));
    EXPECT_TRUE(matches("\xff*", "\xff\xfe"));
    EXPECT_TRUE(has_wildcards("a[b]"));
    EXPECT_FALSE(has_wildcards("a[b"));
    EXPECT_FALSE(has_wildcards("a\\*"));
    std::string const many(5000, 'a');
    EXPECT_FALSE(matches("*a*a*a*a*a*a*a*a*b", many)) << "in reasonable time";
}

TEST(Text, Quotes) {
    EXPECT_EQ(quoted("plain/x.y"), "plain/x.y");
    EXPECT_EQ(quoted("a b"), "'a b'");
    EXPECT_EQ(quoted("it's"), "'it'\\''s'");
    EXPECT_EQ(quoted(""), "''");
    String text;
    EXPECT_TRUE(unescape("a\\n\\0101\\x42\\\\\\q", Escapes::of_echo, text));
    EXPECT_EQ(text, "a\nAB\\\\q");
    text.clear();
    EXPECT_FALSE(unescape("a\\cb", Escapes::of_echo, text));
    EXPECT_EQ(text, "a");
    text.clear();
    EXPECT_TRUE(unescape("\\101\\e", Escapes::of_format, text));
    EXPECT_EQ(text, "A\x1b");
}

} // namespace
