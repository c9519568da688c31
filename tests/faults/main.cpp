// The fault campaign, `linnet test faults`: puts faults into running kernels and counts what comes
// of them.
#include "runner/failure.hpp"
#include "runner/os.hpp"
#include "tests/faults/code.hpp"
#include "tests/faults/crew.hpp"
#include "tests/faults/host_target.hpp"
#include "tests/faults/load.hpp"
#include "tests/faults/qemu_target.hpp"
#include "tests/faults/summary.hpp"

#include <algorithm>
#include <iterator>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace {

using namespace faults;

struct Options {
    std::string target = "both";
    std::string kernel;
    std::string host_kernel;
    std::string initramfs;
    bool full = false;
    u64 seed = 1;
    std::vector<std::string> kinds;
    std::vector<std::string> where;
    bool every = false;
    unsigned count = 0;
    unsigned jobs = 1;
    bool no_control = false;
    std::vector<double> goals = {99, 85};
    std::string json;
    std::optional<u64> replay;
};

std::unique_ptr<Target> qemu_target(Options const& options, bool contains) {
    return std::make_unique<QemuTarget>(
        machine_with_load(options.kernel, options.initramfs, contains ? "" : "oops=panic"));
}

/// What one kind needs by default: in the full form 10,000 checks and null dereferences, a tenth of
/// them in QEMU, and 500 of random corruption.
unsigned default_count(std::string_view machine, KindRow const& kind, bool full) {
    bool const fast = machine == "host";
    if (!full)
        return fast ? 40 : 4;
    if (kind.random)
        return fast ? 100 : 20;
    return fast ? 4500 : 500;
}

/// The instructions that the load runs, in what is asked for.
std::vector<u64> sites_of(Target& target, Lines const& lines, Options const& options) {
    if (options.where.empty())
        return target.executed();
    std::vector<u64> sites;
    for (u64 const site : target.executed()) {
        auto const name = fmt::format("{}\n{}", target.code().function(site), lines.at(site));
        if (std::ranges::any_of(options.where,
                                [&](std::string const& text) { return name.contains(text); }))
            sites.push_back(site);
    }
    return sites;
}

bool is_asked(Options const& options, KindRow const& kind) {
    return options.kinds.empty() ||
           std::ranges::find(options.kinds, kind.name) != options.kinds.end();
}

/// The injections of one kind, by their seeds; with --every each seed has its site.
void add_jobs(std::vector<Job>& jobs, Options const& options, std::string_view machine,
              KindRow const& kind, std::span<u64 const> candidates) {
    u64 count = options.count != 0 ? options.count : default_count(machine, kind, options.full);
    if (options.every)
        count = std::min<u64>(options.count != 0 ? options.count : ~u64{0}, candidates.size());
    u64 const first = options.replay.value_or(options.seed);
    u64 const end = options.replay ? first + 1 : first + count;
    for (u64 seed = first; seed != end; ++seed) {
        auto& job = jobs.emplace_back(&kind, candidates, seed, std::nullopt);
        if (options.every && seed - options.seed < candidates.size())
            job.site = candidates[seed - options.seed];
    }
}

/// On one kind of machine; no outcomes when one injection is done again.
std::vector<Outcome> campaign_on(std::string_view machine, Options const& options) {
    auto const& image = machine == "host" ? options.host_kernel : options.kernel;
    Lines const lines(image);
    auto const make = [&](bool contains) -> std::unique_ptr<Target> {
        if (machine == "qemu")
            return qemu_target(options, contains);
        std::vector<std::string> words;
        if (!contains)
            words.emplace_back("oops=panic");
        return std::make_unique<HostTarget>(image, words, lines);
    };
    Subject subject(make(true));
    auto const& code = subject.target().code();
    auto const sites = sites_of(subject.target(), lines, options);
    fmt::print(
        stderr, "faults: on {} the load runs {} instructions of the kernel, {} checks among {}\n",
        machine, sites.size(), candidates(code, Kind::ensure, sites).size(), code.checks().size());
    std::vector<Job> jobs;
    std::vector<std::vector<u64>> suited; // keeps what the jobs point to
    for (auto const& kind : kinds)
        if (is_asked(options, kind)) {
            suited.push_back(candidates(code, kind.kind, sites));
            add_jobs(jobs, options, machine, kind, suited.back());
        }
    if (options.replay) {
        for (auto const& job : jobs)
            subject.run(job, lines, false, true);
        return {};
    }
    return work_through(jobs, subject, make, options.jobs, !options.no_control, lines);
}

int campaign(Options const& options) {
    std::vector<Outcome> outcomes;
    for (std::string_view const machine : {"host", "qemu"})
        if (options.target == "both" || options.target == machine)
            std::ranges::move(campaign_on(machine, options), std::back_inserter(outcomes));
    if (options.replay)
        return 0;
    auto const rows = rows_of(outcomes);
    if (!options.json.empty())
        runner::write_file(options.json, json_of(options.seed, rows));
    print_groups(outcomes);
    print_table(options.seed, rows);
    return print_verdict(rows, {options.goals[0], options.goals[1], options.full}) ? 0 : 1;
}

} // namespace

int main(int count, char** words) {
    Options options;
    CLI::App app("Puts faults into running kernels and counts what comes of them.",
                 "linnet test faults");
    std::string names = "which kinds; all when none is named:";
    for (auto const& kind : kinds)
        names += fmt::format("\n{}: {}", kind.name, kind.about);
    app.add_option("--target", options.target,
                   "host: the kernel above arch as a host process; qemu: the whole; or both")
        ->check(CLI::IsMember({"host", "qemu", "both"}))
        ->capture_default_str();
    app.add_option("--kernel", options.kernel, "for qemu");
    app.add_option("--initramfs", options.initramfs, "for qemu");
    app.add_option("--host-kernel", options.host_kernel, "for host");
    app.add_flag("--long", options.full, "the full campaign; goals are of what was counted");
    app.add_option("--seed", options.seed, "the first injection's seed")->capture_default_str();
    app.add_option("--kind", options.kinds, names);
    app.add_option("--where", options.where,
                   "only in functions whose demangled name, or in lines whose file:line, contains "
                   "one of these texts");
    app.add_flag("--every", options.every,
                 "each site once, at its first execution, instead of random ones");
    app.add_option("--count", options.count, "injections of each kind; with --every at most");
    app.add_option("--jobs", options.jobs, "machines at once")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_flag("--no-control", options.no_control,
                 "do not run the same seeds without containment");
    app.add_option("--goals", options.goals,
                   "contained at least, in percent: of checks and null, of random corruption")
        ->expected(2)
        ->capture_default_str();
    app.add_option("--json", options.json, "write the counts to a file, too");
    app.add_option("--replay", options.replay,
                   "do the injection of this seed again, and show the log");
    CLI11_PARSE(app, count, words);
    try {
        return campaign(options);
    } catch (runner::Failure const& failure) {
        fmt::print(stderr, "linnet: {}\n", failure.what());
    }
    return runner::exit_failure;
}
