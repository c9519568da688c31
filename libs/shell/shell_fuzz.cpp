// Fuzzes the shell: any script is parsed, and its words are expanded in a small world.
#include "libs/shell/expand.hpp"
#include "libs/shell/parser.hpp"
#include "libs/shell/pattern.hpp"
#include "libs/shell/text.hpp"

#include <cstdlib>

namespace {

using namespace shell;

class SmallWorld final : public World {
public:
    std::optional<String> variable(std::string_view name) override {
        if (name == "x")
            return x_;
        if (name == "y")
            return String("a b:c *");
        return std::nullopt;
    }

    bool assign(std::string_view name, std::string_view value) override {
        if (name == "x")
            x_ = String(value.substr(0, 100));
        return name != "r";
    }

    String special(char) override { return "1"; }

    Slice<String const> arguments() override { return arguments_; }

    std::expected<String, Problem> output_of(Ref<List> const& commands) override {
        visit(commands);
        return String("out put\n\n");
    }

    std::optional<String> home_of(std::string_view) override { return String("/home"); }

    void names_in(std::string_view, FunctionRef<void(std::string_view)> name) override {
        name("a");
        name(".b");
    }

    bool exists(std::string_view path) override { return path.size() % 2 == 0; }

    bool is_directory(std::string_view path) override { return path.size() < 9; }

    void visit(Ref<List> const& list) {
        if (!list || ++steps_ > 2000)
            return;
        for (auto const& chain : list->chains) {
            if (chain.begin > chain.end || chain.end > chain.source->text.size())
                std::abort();
            for (auto const& link : chain.links)
                for (auto const& command : link.pipeline.commands)
                    visit(*command);
        }
    }

private:
    void visit(Word const& word) {
        if (++steps_ > 2000)
            return;
        check(expand_fields(*this, word));
        check(expand_text(*this, word));
        check(expand_pattern(*this, word));
    }

    template <class T>
    static void check(std::expected<T, Problem> const& result) {
        if (result)
            return;
        String shown;
        StringSink sink(shown);
        describe(sink, result.error());
        if (shown.empty())
            std::abort();
    }

    void visit(Command const& command) {
        for (auto const& redirection : command.redirections)
            visit(*redirection.target);
        switch (command.kind) {
        case Command::Kind::simple:
            for (auto const& assignment : static_cast<Simple const&>(command).assignments)
                visit(*assignment.value);
            for (auto const& word : static_cast<Simple const&>(command).words)
                visit(*word);
            break;
        case Command::Kind::subshell:
        case Command::Kind::group:
            visit(static_cast<Compound const&>(command).body);
            break;
        case Command::Kind::condition:
            for (auto const& branch : static_cast<Condition const&>(command).branches) {
                visit(branch.condition);
                visit(branch.body);
            }
            visit(static_cast<Condition const&>(command).otherwise);
            break;
        case Command::Kind::loop:
            visit(static_cast<Loop const&>(command).condition);
            visit(static_cast<Loop const&>(command).body);
            break;
        case Command::Kind::each:
            for (auto const& word : static_cast<Each const&>(command).words)
                visit(*word);
            visit(static_cast<Each const&>(command).body);
            break;
        case Command::Kind::choice:
            visit(*static_cast<Choice const&>(command).subject);
            for (auto const& item : static_cast<Choice const&>(command).items) {
                for (auto const& pattern : item.patterns)
                    visit(*pattern);
                visit(item.body);
            }
            break;
        case Command::Kind::function:
            visit(*static_cast<Function const&>(command).body);
            break;
        }
    }

    String x_ = "12";
    Vector<String> arguments_{"one", "", "two words"};
    usize steps_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    // Safe because char may alias any byte.
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const source = make_ref<Source>("fuzz", text);
    for (auto const at_end : {AtEnd::is_all, AtEnd::more_may_come}) {
        Parser parser(source, at_end);
        SmallWorld world;
        for (;;) {
            auto const list = parser.next();
            if (!list) {
                String shown;
                StringSink sink(shown);
                describe(sink, list.error());
                if (shown.empty() || list.error().at > list.error().source->text.size())
                    std::abort();
                // Typing more cannot mend what is not called incomplete, and a script is complete.
                break;
            }
            if (!*list)
                break;
            world.visit(*list);
        }
    }
    usize const half = size / 2;
    (void)matches(text.substr(0, half), text.substr(half));
    if (!matches(escape_pattern(text), text) || unescape_pattern(escape_pattern(text)) != text)
        std::abort();
    // What is quoted reads back as itself.
    if (text.find('\0') == std::string_view::npos) {
        String command = "echo ";
        command.append(quoted(text));
        Parser parser(make_ref<Source>("quoted", command));
        auto const list = parser.next();
        SmallWorld world;
        auto const& simple =
            static_cast<Simple const&>(*(*list)->chains[0].links[0].pipeline.commands[0]);
        auto const fields = expand_fields(world, *simple.words[1]);
        if (!fields || fields->size() != 1 || (*fields)[0] != text)
            std::abort();
    }
    return 0;
}
