// Lists, pipelines and compound commands.
#include "libs/shell/pattern.hpp"
#include "user/lsh/redirect.hpp"
#include "user/lsh/shell.hpp"
#include "user/os/file.hpp"

#include <utility>

namespace lsh {

using Kind = Command::Kind;

int Shell::run(List const& list) {
    for (usize i = 0; i < list.chains.size(); ++i) {
        auto const& chain = list.chains[i];
        // Only the very last command of a process may replace it.
        bool const last = std::exchange(last_, false) && i + 1 == list.chains.size();
        if (chain.background) {
            status = start_background(chain);
        } else {
            last_ = last && chain.links.size() == 1;
            status = run_chain(chain);
        }
        run_traps();
        if (flow != Flow::on)
            break;
    }
    return status;
}

int Shell::run_chain(Chain const& chain) {
    using When = Chain::Link::When;
    for (usize i = 0; i < chain.links.size(); ++i) {
        auto const& link = chain.links[i];
        if ((link.when == When::succeeded && status != 0) ||
            (link.when == When::failed && status == 0))
            continue;
        bool const decides = i + 1 != chain.links.size() || link.pipeline.negated;
        tested_ += decides ? 1 : 0;
        status = run_pipeline(link.pipeline, chain.text());
        tested_ -= decides ? 1 : 0;
        if (flow != Flow::on)
            return status;
        if (status != 0 && !decides && options.exit_on_error && tested_ == 0)
            flow = Flow::exit;
    }
    return status;
}

int Shell::run_pipeline(Pipeline const& pipeline, std::string_view text) {
    bool const last = std::exchange(last_, false);
    int result = 0;
    if (pipeline.commands.size() == 1) {
        last_ = last && !pipeline.negated;
        result = run_command(*pipeline.commands[0]);
        last_ = false;
    } else {
        u32 const number = jobs.add(text, true).number;
        os::Handle input;
        for (usize i = 0; i < pipeline.commands.size(); ++i) {
            bool const more = i + 1 != pipeline.commands.size();
            auto pipe = more ? os::make_pipe() : Result<os::Pipe>(os::Pipe());
            auto const child = pipe ? system::fork() : Result<i32>(fail(Errno::emfile));
            if (!child) {
                complain("fork", os::describe(child.error().code()));
                flow = Flow::give_up;
                break;
            }
            auto* const job = jobs.by_number(number);
            if (*child == 0) {
                i32 const group = job->group;
                join_group(group, true);
                become_subshell();
                if (input)
                    (void)system::duplicate(input.fd(), Fd(0));
                if (more)
                    (void)system::duplicate(pipe->write_end.fd(), Fd(1));
                input = {};
                pipe = os::Pipe();
                last_ = true;
                leave(run_command(*pipeline.commands[i]));
            }
            if (options.job_control) {
                if (job->group == 0)
                    job->group = *child;
                (void)os::set_process_group(Pid(*child), Pid(job->group));
            }
            job->processes.push_back({*child, {}});
            input = std::move(pipe->read_end).into_handle();
        }
        input = {};
        result = wait_foreground(number);
    }
    return pipeline.negated && flow == Flow::on ? (result == 0 ? 1 : 0) : result;
}

int Shell::start_background(Chain const& chain) {
    auto const child = system::fork();
    if (!child)
        return complain("fork", os::describe(child.error().code()));
    if (*child == 0) {
        bool const with_jobs = options.job_control;
        join_group(0, false);
        become_subshell();
        if (!with_jobs) {
            system::handle(2, system::Handling::ignored);
            system::handle(3, system::Handling::ignored);
            if (auto const null = os::File::open("/dev/null"))
                (void)system::duplicate(null->fd(), Fd(0));
        }
        last_ = chain.links.size() == 1;
        int const result = run_chain(chain);
        leave(result);
    }
    if (options.job_control)
        (void)os::set_process_group(Pid(*child), Pid(*child));
    auto& job = jobs.add(chain.text(), false);
    job.group = options.job_control ? *child : 0;
    job.processes.push_back({*child, {}});
    last_background = *child;
    if (options.interactive && !subshell)
        os::err.print("[{}] {}\n", job.number, *child);
    return 0;
}

int Shell::run_command(Command const& command) {
    constexpr u32 deepest = 1000;
    if (depth_ == deepest) {
        report({command.source, command.begin, "nested too deeply"});
        flow = Flow::give_up;
        return status = 2;
    }
    (void)note_signals();
    if (flow != Flow::on)
        return status;
    ++depth_;
    auto const* const outer = std::exchange(running, &command);
    int const result = command.kind == Kind::simple
                           ? run_simple(static_cast<Simple const&>(command))
                           : run_compound(command);
    running = outer;
    --depth_;
    return result;
}

int Shell::run_compound(Command const& command) {
    bool const last = std::exchange(last_, false);
    if (command.kind == Kind::subshell && !last)
        return run_subshell(command);
    Redirected redirected(*this);
    if (!redirected.apply(command.redirections))
        return flow == Flow::on ? 1 : status;
    switch (command.kind) {
    case Kind::subshell:
        become_subshell();
        [[fallthrough]];
    case Kind::group:
        return run(*static_cast<shell::Compound const&>(command).body);
    case Kind::condition:
        return run_condition(static_cast<shell::Condition const&>(command));
    case Kind::loop:
        return run_loop(static_cast<shell::Loop const&>(command));
    case Kind::each:
        return run_each(static_cast<shell::Each const&>(command));
    case Kind::choice:
        return run_choice(static_cast<shell::Choice const&>(command));
    default: {
        auto const& function = static_cast<shell::Function const&>(command);
        for (auto& known : functions)
            if (known.name == function.name) {
                known.body = function.body;
                return 0;
            }
        functions.push_back({function.name, function.body});
        return 0;
    }
    }
}

int Shell::run_subshell(Command const& command) {
    auto const child = system::fork();
    if (!child)
        return complain("fork", os::describe(child.error().code()));
    if (*child == 0) {
        join_group(0, true);
        become_subshell();
        last_ = true;
        leave(run_compound(command));
    }
    auto& job = jobs.add(
        command.source->text.view().substr(command.begin, command.end - command.begin), true);
    if (options.job_control) {
        job.group = *child;
        (void)os::set_process_group(Pid(*child), Pid(*child));
    }
    job.processes.push_back({*child, {}});
    return wait_foreground(job.number);
}

int Shell::run_condition(shell::Condition const& command) {
    for (auto const& branch : command.branches) {
        ++tested_;
        int const decided = run(*branch.condition);
        --tested_;
        if (flow != Flow::on)
            return decided;
        if (decided == 0)
            return run(*branch.body);
    }
    return command.otherwise ? run(*command.otherwise) : 0;
}

/// After a body or a condition: whether the loop ends.
bool Shell::leaves_loop() {
    if (flow == Flow::continue_loop || flow == Flow::break_loop) {
        if (--flow_count != 0)
            return true; // an outer loop is meant
        return std::exchange(flow, Flow::on) == Flow::break_loop;
    }
    return flow != Flow::on;
}

int Shell::run_loop(shell::Loop const& command) {
    int result = 0;
    ++loops;
    for (;;) {
        ++tested_;
        int const decided = run(*command.condition);
        --tested_;
        if (flow != Flow::on) {
            if (leaves_loop())
                break;
            continue;
        }
        if ((decided == 0) == command.until)
            break;
        result = run(*command.body);
        if (leaves_loop())
            break;
    }
    --loops;
    return flow == Flow::on ? result : status;
}

int Shell::run_each(shell::Each const& command) {
    Vector<String> values;
    if (command.over_arguments)
        values = positional;
    else if (!expand_words(command.words, values))
        return status;
    int result = 0;
    ++loops;
    for (auto const& value : values) {
        if (!assign(command.name, value)) {
            give_up({command.source, command.begin, format("{}: is read only", command.name)});
            break;
        }
        result = run(*command.body);
        if (leaves_loop())
            break;
    }
    --loops;
    return flow == Flow::on ? result : status;
}

int Shell::run_choice(shell::Choice const& command) {
    auto const subject = shell::expand_text(*this, *command.subject);
    if (!subject)
        return give_up(subject.error());
    for (auto const& item : command.items)
        for (auto const& word : item.patterns) {
            auto const pattern = shell::expand_pattern(*this, *word);
            if (!pattern)
                return give_up(pattern.error());
            if (!shell::matches(*pattern, *subject))
                continue;
            status = 0;
            return run(*item.body);
        }
    return 0;
}

} // namespace lsh
