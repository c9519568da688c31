// Runs the same command lines on Debian's Linux and on Linnet and compares what comes out.
#include "runner/failure.hpp"
#include "runner/os.hpp"
#include "tests/differential/verdict.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace {

using namespace differential;

constexpr char const* common_words = "console=ttyS0 quiet panic=-1";

runner::Setup setup_for(std::string const& kernel, unsigned cpus) {
    runner::Setup setup;
    setup.machine = &runner::find_machine("q35-qboot");
    setup.accelerator = runner::best_accelerator();
    setup.cpus = cpus;
    setup.memory = "512M";
    setup.kernel = kernel;
    setup.append = std::string(common_words) + " linnet.exit=report";
    return setup;
}

/// Linux's results are the same for the same kernel, root file system and cases: keep them.
std::string cache_path(std::string const& directory, std::string const& linux_kernel,
                       std::string const& root) {
    auto const hash = std::hash<std::string>{}(root + runner::read_file(linux_kernel));
    return fmt::format("{}/linux-{:016x}.txt", directory, hash);
}

void store(std::string const& path, Outcomes const& outcomes) {
    std::string text;
    for (auto const& [number, outcome] : outcomes)
        text += fmt::format("{} {} {} {}\n{}{}\n", number, outcome.status, outcome.output.size(),
                            outcome.error.size(), outcome.output, outcome.error);
    runner::write_file(path, text);
}

Outcomes load(std::string const& path) {
    std::istringstream text(runner::read_file(path));
    Outcomes outcomes;
    std::size_t number = 0;
    Outcome one;
    std::size_t output = 0;
    std::size_t error = 0;
    while (text >> number >> one.status >> output >> error) {
        text.get();
        one.output.resize(output);
        text.read(one.output.data(), static_cast<std::streamsize>(output));
        one.error.resize(error);
        text.read(one.error.data(), static_cast<std::streamsize>(error));
        outcomes[number] = one;
    }
    return outcomes;
}

std::string indented(std::string_view text) {
    std::string out;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);)
        out += fmt::format("    | {}\n", line);
    return out;
}

std::string describe(Outcome const& outcome) {
    if (!outcome.failure.empty())
        return indented(outcome.failure);
    auto text = fmt::format("    status {}\n{}", outcome.status, indented(outcome.output));
    if (!outcome.error.empty())
        text += "    stderr:\n" + indented(outcome.error);
    if (!outcome.log.empty())
        text += "    kernel log:\n" + indented(outcome.log);
    return text;
}

/// How many different words of busybox the cases use, by name.
std::size_t count_applets(std::vector<Case> const& cases) {
    std::istringstream list(runner::output_of({"/bin/busybox", "--list"}));
    std::set<std::string> applets;
    for (std::string name; list >> name;)
        applets.insert(name);
    std::set<std::string> used;
    for (auto const& one : cases) {
        std::string word;
        for (char const c : one.script + "\n") {
            if (std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '[') {
                word += c;
                continue;
            }
            if (applets.contains(word))
                used.insert(word);
            word.clear();
        }
    }
    return used.size();
}

/// The cases that took longest, five seconds or more, longest first.
std::vector<std::pair<double, std::string>> slowest(std::vector<Case> const& cases,
                                                    Outcomes const& outcomes) {
    std::vector<std::pair<double, std::string>> slow;
    for (auto const& [number, outcome] : outcomes)
        if (outcome.seconds >= 5)
            slow.emplace_back(outcome.seconds, cases[number].name);
    std::ranges::sort(slow, std::greater());
    return slow;
}

using Answers = std::map<std::size_t, std::vector<Outcome>>;

int report(std::vector<Case> const& cases, Answers const& answers, Outcomes const& actual) {
    std::map<Verdict, std::size_t> counts;
    std::string notes;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        auto const& one = cases[i];
        auto const verdict = judge(one, answers.at(i), actual.at(i));
        ++counts[verdict];
        switch (verdict) {
        case Verdict::same:
            if (!one.excuse.empty())
                notes += fmt::format("no longer needs its excuse: {}\n", one.name);
            break;
        case Verdict::excused:
            notes += fmt::format("excused {}: {}\n", one.name, one.excuse);
            break;
        case Verdict::unsettled:
            notes += fmt::format("Linux is not of one mind about {}, make it deterministic:\n{}",
                                 one.name, indented(one.script));
            break;
        case Verdict::different:
            fmt::print("DIFFERENT {}\n{}  Linux:\n{}  Linnet:\n{}\n", one.name,
                       indented(one.script), describe(answers.at(i).front()),
                       describe(actual.at(i)));
            break;
        }
    }
    for (auto const& [seconds, name] : slowest(cases, actual))
        notes += fmt::format("slow {}: {:.1f} s on Linnet\n", name, seconds);
    fmt::print("{}differential: {} command lines over {} applets: {} same, {} excused, "
               "{} where Linux is not of one mind, {} different\n",
               notes, cases.size(), count_applets(cases), counts[Verdict::same],
               counts[Verdict::excused], counts[Verdict::unsettled], counts[Verdict::different]);
    return counts[Verdict::different] == 0 ? 0 : 1;
}

} // namespace

int main(int count, char** words) {
    CLI::App app("Compares Linnet with Linux, command line by command line.");
    std::string kernel;
    std::string linux_kernel;
    std::string root;
    std::string directory;
    std::string cache;
    std::string filter;
    unsigned cpus = 1;
    bool fresh = false;
    app.add_option("--kernel", kernel)->required();
    app.add_option("--linux", linux_kernel)->required();
    app.add_option("--initramfs", root)->required();
    app.add_option("--cases", directory)->required();
    app.add_option("--cache", cache)->required();
    app.add_option("--filter", filter, "only cases whose name begins so");
    app.add_option("--cpus", cpus);
    app.add_flag("--fresh", fresh, "ask Linux again");
    CLI11_PARSE(app, count, words);
    try {
        auto cases = read_cases(directory);
        std::erase_if(cases, [&](Case const& one) { return !one.name.starts_with(filter); });
        auto const base = runner::read_file(root);
        std::filesystem::create_directories(cache);
        auto const stored = cache_path(cache, linux_kernel, base + case_archive(cases, 0));
        auto const ask_linux = [&](std::vector<Case> const& questions) {
            return run_cases(setup_for(linux_kernel, cpus), base, questions, "Linux");
        };
        Outcomes expected;
        if (!fresh && std::filesystem::exists(stored)) {
            expected = load(stored);
        } else {
            expected = ask_linux(cases);
            if (std::ranges::all_of(expected,
                                    [](auto const& one) { return one.second.failure.empty(); }))
                store(stored, expected);
        }
        auto const actual = run_cases(setup_for(kernel, cpus), base, cases, "Linnet");
        auto const doubts = doubtful(cases, expected, actual);
        auto const answers = gather(expected, doubts, ask_linux(questions(cases, doubts)));
        return report(cases, answers, actual);
    } catch (runner::Failure const& failure) {
        fmt::print(stderr, "differential: {}\n", failure.what());
        return 2;
    }
}
