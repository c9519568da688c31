// kill: sends signals to processes.
#include "user/options/options.hpp"
#include "user/os/process.hpp"
#include "user/os/signal.hpp"

namespace {

constexpr Option options[] = {{'s', "signal", "which one, by name or number; else TERM", "SIGNAL"},
                              {'l', "list", "list the signals"}};

void list() {
    for (int number = 1; number <= 31; ++number)
        os::print("{:2} {}\n", number, os::signal_name(number));
}

/// Whether the word is `-KILL` or `-9`: before any other option, as people write it.
std::optional<int> short_form(std::string_view word) {
    return word.size() > 1 && word[0] == '-' ? os::signal_number(word.substr(1)) : std::nullopt;
}

std::optional<i64> process_number(std::string_view text) {
    bool const group = text.starts_with('-');
    auto const number = parse_number(group ? text.substr(1) : text);
    if (!number || *number > 0x3fff'ffff)
        return std::nullopt;
    return group ? -static_cast<i64>(*number) : static_cast<i64>(*number);
}

} // namespace

int main() {
    auto words = os::arguments().from(1);
    auto signal = short_form(words[0]);
    if (signal)
        words = words.from(1);
    CommandLine const line("PROCESS...",
                           "Sends a signal to processes, or (behind `--`) to the group -PROCESS. "
                           "Also `-KILL` or `-9`.",
                           options, words);
    if (line.has('l')) {
        list();
        return exit_status();
    }
    if (auto const name = line.value('s')) {
        signal = os::signal_number(*name);
        if (!signal)
            os::die(2, "'{}' is no signal; `{} -l` lists them", *name, os::program_name());
    }
    line.need_operands(1);
    for (auto const text : line.operands()) {
        auto const process = process_number(text);
        if (!process) {
            complain(text, "is no process number");
            continue;
        }
        if (auto const sent = os::send_signal(Pid(static_cast<int>(*process)),
                                              signal.value_or(static_cast<int>(os::Signal::term)));
            !sent)
            complain(text, sent.error());
    }
    return exit_status();
}
