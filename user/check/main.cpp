// user-check FILE.cases...: runs test cases, the same on Linux and on Linnet; 1 when one fails.
//
// Each case runs in a fresh directory by `busybox sh`, with the directory of this program (also in
// BIN) and /linnet/bin first in PATH, no other variables but HOME and LANG, and ends when its shell
// does. A case that takes longer than a minute has failed.
#include "abi/signal.hpp"
#include "user/check/cases.hpp"
#include "user/os/directory.hpp"
#include "user/os/process.hpp"
#include "user/os/time.hpp"

#include <algorithm>

namespace {

constexpr auto patience = Nanoseconds::seconds(60);

void remove_tree(std::string_view path) {
    auto const found = os::status(path, os::Links::not_follow);
    if (!found)
        return;
    if (found->type != os::FileType::directory) {
        (void)os::remove(path);
        return;
    }
    if (auto const names = os::list_directory(path))
        for (auto const& name : *names)
            remove_tree(format("{}/{}", path, name));
    (void)os::remove_directory(path);
}

Result<int> wait_patiently(os::Child& child) {
    auto const end = os::now() + patience;
    for (auto pause = Nanoseconds(200'000);;
         pause = std::min(pause + pause, Nanoseconds(20'000'000))) {
        if (auto const status = TRY(child.poll()))
            return status->as_exit_code();
        if (os::now() > end)
            break;
        os::sleep(pause);
    }
    // Its whole group: what it started, too.
    TRY(os::send_signal(Pid(-static_cast<int>(child.pid())), static_cast<int>(uapi::Signal::kill)));
    TRY(child.wait());
    return fail(Errno::etimedout);
}

void show(std::string_view what, Vector<Line> const& expected, std::string_view got) {
    os::print("  {}, expected:\n", what);
    for (auto const& line : expected)
        os::print("    {}{}\n", line.pattern ? "~ " : "", line.text);
    os::print("  but it is:\n");
    while (!got.empty()) {
        auto const end = got.find('\n');
        os::print("    {}{}\n", got.substr(0, end),
                  end == got.npos ? "  (without an end of line)" : "");
        got.remove_prefix(end == got.npos ? got.size() : end + 1);
    }
}

/// Shell functions that lead past what the shell has built in.
String functions(std::string_view names) {
    String text;
    while (!names.empty()) {
        names.remove_prefix(1);
        auto const end = std::min(names.find(' '), names.size());
        auto const name = names.substr(0, end);
        text.append(format("{}() {{ \"$BIN/{}\" \"$@\"; }}\n", name, name));
        names.remove_prefix(end);
    }
    return text;
}

Result<bool> run(Case const& one, std::string_view place, std::string_view programs) {
    remove_tree(place);
    String const directory = format("{}/directory", place);
    TRY(os::make_directories(directory));
    String const input = format("{}/input", place);
    String const output = format("{}/output", place);
    String const errors = format("{}/errors", place);
    TRY(os::write_file(input, one.input));
    String const script = format("{}{}", functions(one.programs), one.script);
    os::Command shell("/bin/busybox", {"sh", "-c", script});
    shell.directory(directory)
        .empty_environment()
        .variable(format("PATH={}:/linnet/bin:/bin:/sbin:/usr/bin:/usr/sbin", programs))
        .variable(format("BIN={}", programs))
        .variable("HOME=/")
        .variable("LANG=C")
        .input(os::from_file(input))
        .output(os::to_file(output))
        .error(os::to_file(errors))
        .default_signals()
        .new_session();
    auto child = TRY(shell.start());
    auto const status = wait_patiently(child);
    if (!status) {
        os::print("  {}\n", status.error());
        return false;
    }
    String const wrote = TRY(os::read_file(output));
    String const complained = TRY(os::read_file(errors));
    bool const right =
        *status == one.status && matches(one.output, wrote) && matches(one.errors, complained);
    if (*status != one.status)
        os::print("  exit code {}, expected {}\n", *status, one.status);
    if (!matches(one.output, wrote))
        show("standard output", one.output, wrote);
    if (!matches(one.errors, complained) || (*status != one.status && !complained.empty()))
        show("standard error", one.errors, complained);
    return right;
}

} // namespace

int main() {
    auto const executable = os::read_link("/proc/self/exe");
    if (!executable)
        os::die(2, "/proc/self/exe: {}", executable.error());
    auto const directory = executable->view().substr(0, executable->view().rfind('/'));
    String const place = format("/tmp/user-check.{}", os::process_id());
    unsigned passed = 0;
    unsigned failed = 0;
    for (auto const file : os::arguments().from(1)) {
        auto const text = os::read_file(file);
        if (!text)
            os::die(2, "{}: {}", file, text.error());
        auto const cases = parse_cases(*text);
        if (cases.bad_line != 0)
            os::die(2, "{}:{}: neither a case nor a part of one", file, cases.bad_line);
        for (auto const& one : cases.cases) {
            auto const right = run(one, place, directory);
            if (!right)
                os::print("  {}\n", right.error());
            if (right && *right) {
                ++passed;
                continue;
            }
            ++failed;
            os::print("FAILED: {} ({}:{})\n", one.name, file, one.line);
        }
    }
    remove_tree(place);
    os::print("{} passed, {} failed\n", passed, failed);
    return failed == 0 && passed != 0 ? 0 : 1;
}
