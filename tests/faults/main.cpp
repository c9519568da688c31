// The fault campaign, `linnet test faults`: puts faults into running kernels and counts what comes
// of them.
#include "runner/archive.hpp"
#include "runner/failure.hpp"
#include "runner/os.hpp"
#include "tests/faults/campaign.hpp"
#include "tests/faults/code.hpp"
#include "tests/faults/qemu_target.hpp"

#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace {

using namespace faults;

struct Options {
    std::string kernel;
    std::string initramfs;
    bool full = false;
    u64 seed = 1;
    std::vector<std::string> kinds;
    unsigned count = 0;
    bool no_control = false;
    std::vector<double> goals = {99, 85};
    std::string json;
    std::optional<u64> replay;
};

/// One kernel, and what it does when nobody harms it.
struct Subject {
    std::unique_ptr<Target> target;
    Ending clean;

    explicit Subject(std::unique_ptr<Target> machine) : target(std::move(machine)) {
        target->restart();
        clean = target->finish(std::nullopt);
        if (clean.kind != Ending::Kind::finished)
            throw runner::Failure(
                fmt::format("the load does not come to its end:\n{}{}", clean.log, clean.check));
        target->restart();
        auto const again = judge(target->finish(std::nullopt), clean);
        if (again.verdict != Verdict::nothing)
            throw runner::Failure(fmt::format("two clean runs differ: {}", again.why));
    }
};

std::unique_ptr<Target> qemu_target(Options const& options, bool contains) {
    runner::ArchiveWriter overlay;
    auto const add = [&](std::string const& path, std::string_view name) {
        overlay.file(
            path, 0755,
            runner::read_file(fmt::format("{}/tests/faults/guest/{}", LINNET_SOURCE, name)));
    };
    for (auto const* const name : {"load", "prepare", "steps"})
        add(name, name);
    add("etc/inittab", "inittab");
    overlay.symlink("init", "/bin/busybox");
    MachineSetup setup;
    setup.kernel = options.kernel;
    setup.initramfs = runner::read_file(options.initramfs) + overlay.finish();
    setup.words = contains ? "console=ttyS0" : "console=ttyS0 oops=panic";
    return std::make_unique<QemuTarget>(setup);
}

std::string last_report(std::string const& log) {
    auto const at = log.rfind("BUG:");
    return at == std::string::npos ? "no report" : log.substr(at, log.find('\r', at) - at);
}

/// The lock that later users met first.
std::string first_poison(std::string const& log) {
    constexpr std::string_view words = "that a bug left behind: ";
    auto const at = log.find(words);
    return at == std::string::npos
               ? ""
               : " | poisoned: " +
                     log.substr(at + words.size(), log.find('\r', at) - at - words.size());
}

/// Injects once and says what came of it, on stderr.
std::optional<Verdict> run_one(Subject& subject, KindRow const& row, u64 seed, bool show_log) {
    auto& target = *subject.target;
    auto const injection = inject(target, row.kind, seed);
    if (!injection) {
        fmt::print(stderr, "{} {}: no site\n", row.name, seed);
        return std::nullopt;
    }
    auto const ending = target.finish(injection->repair);
    auto const judgement = judge(ending, subject.clean);
    fmt::print(stderr, "{} {}: {} | {} #{} {} | {}{}{}{}\n", row.name, seed,
               verdict_names[static_cast<std::size_t>(judgement.verdict)],
               target.code().name(injection->site), injection->hit, injection->what,
               last_report(ending.log), judgement.why.empty() ? "" : " | ", judgement.why,
               first_poison(ending.log));
    if (show_log)
        fmt::print("--- kernel log\n{}--- printed by the load\n{}--- printed afterwards\n{}",
                   ending.log, ending.load, ending.check);
    return judgement.verdict;
}

struct Row {
    KindRow const* kind;
    Tally tally;
    Tally control;
};

void print_tally(std::string_view name, Tally const& tally) {
    unsigned const contained = tally.of(Verdict::contained);
    auto const range = confidence(contained, tally.manifested());
    auto const share = tally.manifested() == 0 ? 0.0 : 100.0 * contained / tally.manifested();
    fmt::print(
        "{:<22} {:>8} {:>10} {:>9} {:>6} {:>7} {:>4} {:>7} {:>6}  {:>5.1f} % [{:.1f}, {:.1f}]\n",
        name, tally.injected(), tally.manifested(), contained, tally.of(Verdict::halted),
        tally.of(Verdict::crashed), tally.of(Verdict::hung), tally.of(Verdict::damaged),
        tally.of(Verdict::silent), share, 100 * range.low, 100 * range.high);
}

/// What one kind needs by default: enough for a narrow interval in the full form.
unsigned default_count(KindRow const& kind, bool full) {
    if (!full)
        return 4;
    return kind.random ? 150 : 400;
}

std::string json_of(std::string_view name, Tally const& tally) {
    std::string text = fmt::format("\"{}\":{{\"injected\":{},\"manifested\":{}", name,
                                   tally.injected(), tally.manifested());
    for (std::size_t i = 0; i < verdict_count; ++i)
        text += fmt::format(",\"{}\":{}", verdict_names[i], tally.counts[i]);
    return text + "}";
}

void write_json(std::string const& path, Options const& options, std::vector<Row> const& rows) {
    std::string text = fmt::format("{{\"seed\":{},\"kinds\":{{", options.seed);
    for (auto const& row : rows)
        text += fmt::format("{}\"{}\":{{{},{}}}", &row == rows.data() ? "" : ",", row.kind->name,
                            json_of("containment", row.tally), json_of("control", row.control));
    runner::write_file(path, text + "}}\n");
}

/// Prints the table; returns whether the goals are met. A short run cannot prove a share of 99 %,
/// so it must only not disprove it.
bool summarise(Options const& options, std::vector<Row> const& rows) {
    fmt::print("{:<22} {:>8} {:>10} {:>9} {:>6} {:>7} {:>4} {:>7} {:>6}  contained of manifested\n",
               fmt::format("seed {}", options.seed), "injected", "manifested", "contained",
               "halted", "crashed", "hung", "damaged", "silent");
    Tally all;
    Tally bugs;
    Tally corruption;
    Tally control;
    for (auto const& row : rows) {
        print_tally(row.kind->name, row.tally);
        if (row.control.injected() != 0)
            print_tally(fmt::format("  not contained"), row.control);
        (row.kind->random ? corruption : bugs).add(row.tally);
        all.add(row.tally);
        control.add(row.control);
    }
    print_tally("checks and null", bugs);
    print_tally("random corruption", corruption);
    print_tally("all", all);
    if (control.injected() != 0)
        print_tally("  not contained", control);
    bool met = true;
    auto const require = [&](Tally const& tally, double goal, std::string_view name) {
        unsigned const contained = tally.of(Verdict::contained);
        if (tally.manifested() == 0)
            return;
        double const share = options.full ? static_cast<double>(contained) / tally.manifested()
                                          : confidence(contained, tally.manifested()).high;
        if (100 * share >= goal)
            return;
        fmt::print("{}: below the goal of {:.0f} %\n", name, goal);
        met = false;
    };
    require(bugs, options.goals[0], "checks and null");
    require(corruption, options.goals[1], "random corruption");
    if (control.of(Verdict::contained) != 0) {
        fmt::print("without containment something was contained\n");
        met = false;
    }
    if (all.manifested() == 0) {
        fmt::print("nothing manifested\n");
        met = false;
    }
    unsigned const contained = all.of(Verdict::contained);
    fmt::print("contained {} of {} manifested ({:.1f} %)\n", contained, all.manifested(),
               all.manifested() == 0 ? 0.0 : 100.0 * contained / all.manifested());
    return met;
}

int campaign(Options const& options) {
    Subject subject(qemu_target(options, true));
    fmt::print(stderr, "faults: the load runs {} instructions of the kernel, {} checks among {}\n",
               subject.target->executed().size(),
               std::ranges::count_if(
                   subject.target->executed(),
                   [&](u64 address) { return subject.target->code().checks().contains(address); }),
               subject.target->code().checks().size());
    std::optional<Subject> control;
    if (!options.no_control && !options.replay)
        control.emplace(qemu_target(options, false));
    std::vector<Row> rows;
    for (auto const& kind : kinds) {
        if (!options.kinds.empty() &&
            std::ranges::find(options.kinds, kind.name) == options.kinds.end())
            continue;
        if (options.replay) {
            run_one(subject, kind, *options.replay, true);
            continue;
        }
        auto& row = rows.emplace_back(&kind);
        unsigned const count =
            options.count != 0 ? options.count : default_count(kind, options.full);
        for (unsigned i = 0; i < count; ++i) {
            if (auto const verdict = run_one(subject, kind, options.seed + i, false))
                row.tally.add(*verdict);
            if (control)
                if (auto const verdict = run_one(*control, kind, options.seed + i, false))
                    row.control.add(*verdict);
        }
    }
    if (options.replay)
        return 0;
    if (!options.json.empty())
        write_json(options.json, options, rows);
    return summarise(options, rows) ? 0 : 1;
}

} // namespace

int main(int count, char** words) {
    Options options;
    CLI::App app("Puts faults into running kernels and counts what comes of them.",
                 "linnet test faults");
    std::string names = "which kinds; all when none is named:";
    for (auto const& kind : kinds)
        names += fmt::format("\n{}: {}", kind.name, kind.about);
    app.add_option("--kernel", options.kernel)->required()->check(CLI::ExistingFile);
    app.add_option("--initramfs", options.initramfs)->required()->check(CLI::ExistingFile);
    app.add_flag("--long", options.full, "the full campaign; goals are of what was counted");
    app.add_option("--seed", options.seed, "the first injection's seed")->capture_default_str();
    app.add_option("--kind", options.kinds, names);
    app.add_option("--count", options.count, "injections of each kind");
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
