// Works through injections, on several machines at once.
#include "tests/faults/crew.hpp"

#include "runner/failure.hpp"
#include "tests/faults/code.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include <fmt/format.h>

namespace faults {
namespace {

std::string last_report(std::string const& log) {
    auto const at = log.rfind("BUG:");
    return at == std::string::npos ? "no report"
                                   : log.substr(at, log.find_first_of("\r\n", at) - at);
}

/// The lock that later users met first.
std::string first_poison(std::string const& log) {
    constexpr std::string_view words = "that a bug left behind: ";
    auto const at = log.find(words);
    if (at == std::string::npos)
        return "";
    auto const from = at + words.size();
    return " | poisoned: " + log.substr(from, log.find_first_of("\r\n", from) - from);
}

/// The host's kernel logs a stack as addresses: "#3 0x40a2c1".
std::string explained(std::string_view log, Code const& code, Lines const& lines) {
    std::string text;
    while (!log.empty()) {
        auto const end = std::min(log.find('\n'), log.size() - 1) + 1;
        auto const line = log.substr(0, end);
        auto const at = line.find(" 0x");
        text += line.substr(0, line.find_last_not_of("\r\n") + 1);
        if (line.contains('#') && at != line.npos && !line.contains('+')) {
            u64 const address = std::stoull(std::string(line.substr(at + 1)), nullptr, 16);
            text += fmt::format(" {}  {}", code.name(address), lines.at(address - 1));
        }
        text += '\n';
        log.remove_prefix(end);
    }
    return text;
}

} // namespace

Subject::Subject(std::unique_ptr<Target> target) : target_(std::move(target)) {
    target_->restart();
    clean_ = target_->finish(std::nullopt);
    if (clean_.kind != Ending::Kind::finished)
        throw runner::Failure(
            fmt::format("the load does not come to its end:\n{}{}", clean_.log, clean_.check));
    target_->restart();
    auto const again = judge(target_->finish(std::nullopt), clean_);
    if (again.verdict != Verdict::nothing)
        throw runner::Failure(fmt::format("two clean runs differ: {}", again.why));
}

std::optional<Outcome> Subject::run(Job const& job, Lines const& lines, bool control,
                                    bool show_log) {
    auto const injection = job.site ? inject_at(*target_, job.kind->kind, job.seed, *job.site)
                                    : inject(*target_, job.kind->kind, job.seed, job.candidates);
    if (!injection) {
        if (!job.site)
            fmt::print(stderr, "{} {} {}: no site\n", target_->name(), job.kind->name, job.seed);
        return std::nullopt;
    }
    auto const ending = target_->finish(injection->repair);
    auto const judgement = judge(ending, clean_);
    Outcome outcome{target_->name(),
                    job.kind,
                    control,
                    judgement.verdict,
                    std::string(target_->code().function(injection->site)),
                    lines.at(injection->site),
                    judgement.why};
    fmt::print(stderr, "{} {} {}: {} | {} | {} #{} {} | {}{}{}{}\n", outcome.machine,
               job.kind->name, job.seed, verdict_names[static_cast<std::size_t>(outcome.verdict)],
               outcome.place, target_->code().name(injection->site), injection->hit,
               injection->what, last_report(ending.log), judgement.why.empty() ? "" : " | ",
               judgement.why, first_poison(ending.log));
    if (show_log)
        fmt::print("--- kernel log\n{}--- printed by the load\n{}--- printed afterwards\n{}",
                   explained(ending.log, target_->code(), lines), ending.load, ending.check);
    return outcome;
}

std::vector<Outcome> work_through(std::vector<Job> const& jobs, Subject& first,
                                  MakeTarget const& make, unsigned machines, bool control,
                                  Lines const& lines) {
    std::vector<Outcome> outcomes;
    std::mutex lock; // of the outcomes and of what follows
    std::exception_ptr failure;
    std::atomic<std::size_t> next = 0;
    auto const keep = [&](std::optional<Outcome> outcome) {
        std::scoped_lock const guard(lock);
        if (outcome)
            outcomes.push_back(std::move(*outcome));
    };
    auto const work = [&](Subject* subject) {
        try {
            std::optional<Subject> own;
            if (subject == nullptr)
                subject = &own.emplace(make(true));
            std::optional<Subject> other;
            if (control)
                other.emplace(make(false));
            for (std::size_t i = 0; (i = next++) < jobs.size();) {
                keep(subject->run(jobs[i], lines, false, false));
                if (other)
                    keep(other->run(jobs[i], lines, true, false));
            }
        } catch (...) {
            std::scoped_lock const guard(lock);
            failure = std::current_exception();
            next = jobs.size();
        }
    };
    {
        std::vector<std::jthread> others;
        for (unsigned i = 1; i < machines && i < jobs.size(); ++i)
            others.emplace_back(work, nullptr);
        work(&first);
    }
    if (failure)
        std::rethrow_exception(failure);
    return outcomes;
}

} // namespace faults
