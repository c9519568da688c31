// Fuzzes the line editor: whatever is typed, the terminal shows the line as if drawn afresh.
#include "libs/edit/editor.hpp"
#include "libs/edit/fake_terminal.hpp"

#include <cstdlib>

namespace {

using namespace edit;

class SomeCompleter final : public Completer {
public:
    Completions complete(std::string_view line, usize cursor) override {
        Completions result;
        result.begin = line.substr(0, cursor).find_last_of(' ') + 1;
        if (line.size() % 3 != 0)
            result.candidates.push_back({"first", "first", true});
        if (line.size() % 2 != 0)
            result.candidates.push_back({"f\xc3\xa9/", "f\xc3\xa9/", false});
        return result;
    }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    if (size < 1)
        return 0;
    usize const columns = 2 + data[0] % 30;
    History history;
    history.add("an older line");
    history.add("second\nline \xe6\xbc\xa2");
    SomeCompleter completer;
    Editor editor(history, completer);
    FakeTerminal terminal(columns);
    constexpr std::string_view prompt = "\x1b[1m>\x1b[0m ";
    editor.begin(prompt, columns);
    bool searched = false;
    for (usize i = 1; i < size && i < 400; ++i) {
        auto const outcome = editor.take(static_cast<char>(data[i]));
        searched |= data[i] == 0x12;
        terminal.write(editor.take_output().view());
        if (outcome == Outcome::line)
            history.add(editor.line());
        if (outcome != Outcome::more) {
            if (terminal.column() != 0)
                std::abort();
            editor.begin(prompt, columns);
            terminal.write(editor.take_output().view());
            searched = false;
        }
    }
    if (searched)
        return 0; // it has another prompt
    // Clearing draws everything afresh; all the changes before it must have led to the same.
    editor.take('\x1b'); // in case a character or sequence is not whole
    editor.take('q');
    terminal.write(editor.take_output().view());
    std::string const changed = terminal.screen();
    usize const row = terminal.row();
    usize const column = terminal.column();
    editor.take(0x0c);
    FakeTerminal fresh(columns);
    fresh.write(editor.take_output().view());
    if (!changed.ends_with(fresh.screen()) || column != fresh.column() || row < fresh.row())
        std::abort();
    return 0;
}
