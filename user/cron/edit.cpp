// A text in the user's editor.
#include "user/cron/edit.hpp"

#include "user/options/options.hpp"
#include "user/os/process.hpp"

namespace {

/// Of the user's own in a directory of all: must not exist, and nobody else can read it.
String make_file(std::string_view text) {
    auto const directory = os::variable("TMPDIR").value_or("/tmp");
    auto path = format("{}/crontab.{}", directory, os::process_id());
    auto file = os::File::open(
        path, os::Open::write_only | Flags(os::Open::create) | os::Open::exclusive, os::Mode(0600));
    auto const written = file ? file->write(text) : std::unexpected(file.error());
    if (!written)
        os::die(1, "{}: {}", path, written.error());
    return path;
}

/// As others do it: the variable is a command of the shell, and may have options.
String editor() {
    for (auto const name : {"VISUAL", "EDITOR"})
        if (auto const value = os::variable(name); value && !value->empty())
            return *value;
    return "vi";
}

void run_editor(std::string_view path) {
    auto const command = editor();
    auto const status =
        os::Command("/bin/sh", {"-c", format("{} \"$1\"", command), "sh", path}).run();
    if (status && status->succeeded())
        return;
    (void)os::remove(path);
    if (!status)
        os::die(1, "/bin/sh: {}", status.error());
    os::die(1, "{}: exit code {}; the table is as it was", command, status->as_exit_code());
}

bool wants_again() {
    for (String answer;; answer.clear()) {
        os::print("Edit it again (y or n)? ");
        auto const read = os::in.read_line(answer);
        if (!read || !*read || answer == "n" || answer == "N")
            return false;
        if (answer == "y" || answer == "Y")
            return true;
    }
}

} // namespace

std::optional<String> edit(std::string_view text, bool (*is_right)(std::string_view text)) {
    auto const path = make_file(text);
    for (;;) {
        run_editor(path);
        auto changed = os::read_file(path);
        if (!changed)
            os::die(1, "{}: {}", path, changed.error());
        bool const same = *changed == text;
        if (same || is_right(*changed)) {
            (void)os::remove(path);
            return same ? std::nullopt : std::optional(std::move(*changed));
        }
        if (!wants_again())
            os::die(1, "the table is as it was; what you wrote is in {}", path);
    }
}
