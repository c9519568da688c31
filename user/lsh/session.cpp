// Prompts, lines, and running what they say.
#include "user/lsh/session.hpp"

#include "abi/signal.hpp"
#include "libs/shell/parser.hpp"
#include "user/lsh/builtins.hpp"
#include "user/os/file.hpp"

namespace lsh {
namespace {

constexpr Fd input{0};

/// Every byte as it comes, nothing echoed, no signals from keys. Output is processed.
uapi::Termios raw(uapi::Termios mode) {
    using namespace uapi::termios;
    mode.input &= ~(icrnl | inlcr | igncr | ixon | istrip);
    mode.local &= ~(isig | icanon | echo | iexten);
    mode.output |= opost | onlcr;
    mode.characters[vmin] = 1;
    mode.characters[vtime] = 0;
    return mode;
}

} // namespace

int Session::run() {
    edits_ = shell_.options.interactive && static_cast<int>(shell_.terminal) >= 0 &&
             shell_.variables.value("TERM") != String("dumb");
    if (shell_.options.interactive)
        load_history();
    u32 line_number = 1;
    for (;;) {
        if (shell_.options.interactive) {
            shell_.flow = Flow::on;
            shell_.poll_jobs();
            shell_.tell_jobs();
            shell_.run_traps();
        }
        String text;
        u32 lines = 0;
        auto got = Got::line;
        bool done = false;
        while (!done) {
            got = next_line(text, lines != 0);
            if (got == Got::interrupted)
                break;
            ++lines;
            done = got == Got::nothing || run_lines(text, line_number, false);
        }
        line_number += shell_.options.interactive ? 0 : lines;
        if (got == Got::interrupted) {
            shell_.status = 128 + static_cast<int>(uapi::Signal::interrupt);
            continue;
        }
        if (got == Got::nothing) {
            if (!text.empty())
                (void)run_lines(text, line_number, true);
            else if (shell_.options.interactive && shell_.flow == Flow::on && !may_leave())
                continue;
            return shell_.status;
        }
        if (shell_.flow == Flow::exit || (shell_.flow != Flow::on && !shell_.options.interactive))
            return shell_.status;
    }
}

/// Asks once when there are stopped jobs, as `exit` does.
bool Session::may_leave() {
    os::err.print("exit\n");
    Vector<String> const words{"exit"};
    (void)find_builtin("exit")->run(shell_, words);
    return shell_.flow == Flow::exit;
}

bool Session::run_lines(String const& text, u32 first_line, bool is_all) {
    shell::Parser parser(make_ref<Source>(shell_.name, text, first_line),
                         is_all ? shell::AtEnd::is_all : shell::AtEnd::more_may_come);
    Vector<Ref<List>> lists;
    for (;;) {
        auto const list = parser.next();
        if (!list && list.error().incomplete && !is_all)
            return false;
        if (shell_.options.interactive && lists.empty())
            remember(text.view().substr(0, text.size() - 1));
        if (!list) {
            (void)shell_.give_up(list.error());
            return true;
        }
        if (!*list)
            break;
        lists.push_back(*list);
    }
    bool const leaves = shell_.warned_of_jobs;
    for (auto const& list : lists)
        if (shell_.flow == Flow::on && !shell_.options.no_execution)
            (void)shell_.run(*list);
    if (leaves && shell_.flow != Flow::exit)
        shell_.warned_of_jobs = false;
    return true;
}

Session::Got Session::next_line(String& into, bool goes_on) {
    return edits_ ? edit_line(into, goes_on) : plain_line(into, goes_on);
}

Session::Got Session::plain_line(String& into, bool goes_on) {
    if (shell_.options.interactive)
        (void)os::err.write(prompt(goes_on));
    bool any = false;
    for (;;) {
        char byte = 0;
        auto const got = system::read_byte(input, byte);
        if (!got && got.error() == Errno::eintr) {
            shell_.run_traps();
            if (shell_.options.interactive && shell_.flow != Flow::on)
                return Got::interrupted;
            if (shell_.flow != Flow::on)
                return Got::nothing;
            continue;
        }
        if (!got || !*got)
            return any ? Got::line : Got::nothing;
        any = true;
        into.push_back(byte);
        if (byte == '\n')
            return Got::line;
    }
}

/// The terminal makes \r\n of each \n, as for every program: jobs may write meanwhile.
void Session::flush() {
    String const output = editor_.take_output();
    String text;
    for (usize at = 0; at < output.size(); ++at)
        if (!output.view().substr(at).starts_with("\r\n"))
            text.push_back(output[at]);
    (void)os::err.write(text);
}

Session::Got Session::edit_line(String& into, bool goes_on) {
    auto const mode = os::terminal_settings(shell_.terminal);
    if (!mode)
        return Got::nothing;
    (void)os::set_terminal_settings(shell_.terminal, raw(*mode));
    editor_.begin(prompt(goes_on), system::terminal_columns(shell_.terminal));
    flush();
    auto outcome = edit::Outcome::more;
    while (outcome == edit::Outcome::more) {
        char byte = 0;
        auto const got = system::read_byte(input, byte);
        if (!got && got.error() == Errno::eintr) {
            u64 const came = shell_.note_signals();
            if ((came >> static_cast<int>(uapi::Signal::winch) & 1) != 0)
                editor_.resize(system::terminal_columns(shell_.terminal));
            if (shell_.flow != Flow::on)
                outcome = edit::Outcome::interrupted;
        } else if (!got || !*got) {
            outcome = edit::Outcome::end_of_input;
        } else {
            outcome = editor_.take(byte);
        }
        // What is typed ahead is shown at once, not byte by byte.
        if (outcome != edit::Outcome::more || system::readable_bytes(input) == 0)
            flush();
    }
    (void)os::set_terminal_settings(shell_.terminal, *mode);
    if (outcome == edit::Outcome::interrupted)
        return Got::interrupted;
    if (outcome == edit::Outcome::end_of_input)
        return Got::nothing;
    into.append(editor_.line());
    into.push_back('\n');
    return Got::line;
}

String Session::short_directory() {
    String place = shell_.variables.value("PWD").value_or(String("?"));
    String const home = shell_.variables.value("HOME").value_or(String());
    if (home.size() < 2 || !place.view().starts_with(home.view()))
        return place;
    auto const rest = place.view().substr(home.size());
    return rest.empty() || rest.starts_with('/') ? format("~{}", rest) : place;
}

/// $x and the like, then busybox's escapes: \w \W \u \h \$ \n \e \[ \].
String Session::expand_prompt(std::string_view text) {
    String result;
    for (usize at = 0; at < text.size(); ++at) {
        if (text[at] != '\\' || at + 1 == text.size()) {
            result.push_back(text[at]);
            continue;
        }
        char const letter = text[++at];
        String const place = short_directory();
        switch (letter) {
        case 'w':
            result.append(place);
            break;
        case 'W':
            result.append(place.size() > 1 ? place.view().substr(place.view().rfind('/') + 1)
                                           : place.view());
            break;
        case 'u':
            result.append(shell_.variables.value("USER").value_or(String()));
            break;
        case 'h': {
            auto const host = os::read_file("/proc/sys/kernel/hostname");
            result.append(host ? host->view().substr(0, host->view().find_first_of(".\n")) : "");
            break;
        }
        case '$':
            result.push_back(system::effective_user() == 0 ? '#' : '$');
            break;
        case 'n':
            result.push_back('\n');
            break;
        case 'e':
            result.push_back('\x1b');
            break;
        case '[':
        case ']':
            break;
        default:
            result.push_back(letter);
            break;
        }
    }
    return result;
}

String Session::prompt(bool goes_on) {
    auto const format = shell_.variables.value(goes_on ? "PS2" : "PS1");
    if (format)
        return expand_prompt(*format);
    if (goes_on)
        return "> ";
    if (!edits_)
        return expand_prompt("\\w \\$ ");
    return expand_prompt(
        shell_.status == 0 ? "\\e[1;34m\\w\\e[0m \\$ "
                           : ::format("\\e[1;31m{}\\e[0m \\e[1;34m\\w\\e[0m \\$ ", shell_.status));
}

void Session::load_history() {
    auto const file = shell_.variables.value("HISTFILE");
    auto const home = shell_.variables.value("HOME");
    if (file)
        history_file_ = *file;
    else if (home)
        history_file_ = format("{}/.lsh_history", *home);
    if (auto const text = os::read_file(history_file_))
        history_.load(*text);
}

void Session::remember(std::string_view lines) {
    if (!history_.add(lines) || history_file_.empty())
        return;
    using os::Open;
    auto const file = os::File::open(
        history_file_, Open::write_only | Flags(Open::create) | Open::append, os::Mode(0600));
    if (file)
        (void)file->write(edit::History::encode(lines));
}

} // namespace lsh
