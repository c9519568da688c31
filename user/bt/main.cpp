// bt: the stacks of a running process, or of a core dump.
#include "user/bt/report.hpp"
#include "user/options/options.hpp"

namespace {

constexpr Option options[] = {{'n', "frames", "at most so many for each thread (64)", "COUNT"},
                              {'s', "symbols", "names of functions only, no lines"},
                              {'j', "json", "as one JSON object"}};

} // namespace

int main() {
    CommandLine const line(
        "PROCESS | CORE",
        "Prints the stacks of a process, which waits meanwhile, or of a core dump: functions, "
        "files and lines.",
        options);
    line.need_operands(1, 1);
    auto const subject = line.operands()[0];
    bt::Style style{.lines = !line.has('s')};
    if (auto const count = line.value('n')) {
        auto const number = parse_number(*count);
        if (!number || *number == 0 || *number > 100'000)
            os::die(2, "-n: {}: a number from 1 to 100000 is needed", *count);
        style.most_frames = *number;
    }
    auto const process = parse_number(subject);
    if (process && *process > 0x7fff'ffff)
        os::die(2, "{}: no process has such a number", subject);
    auto const target =
        process ? bt::open_process(static_cast<i32>(*process)) : bt::open_core(subject);
    if (!target) {
        if (target.error() == Errno::enoexec)
            complain(subject, "this is no core dump of a 64-bit x86 program");
        else if (target.error() == Errno::einval)
            complain(subject, "the core dump is damaged: it describes no thread");
        else
            complain(subject, target.error());
        return exit_status();
    }
    bt::Files const files;
    if (line.has('j'))
        bt::print_json(**target, files, style);
    else
        bt::print_text(**target, files, style);
    return exit_status();
}
