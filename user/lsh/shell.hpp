// The shell's state, and running the tree of a script.
#pragma once

#include "abi/termios.hpp"
#include "libs/base/function_ref.hpp"
#include "libs/shell/expand.hpp"
#include "libs/shell/jobs.hpp"
#include "libs/shell/tree.hpp"
#include "libs/shell/variables.hpp"
#include "user/lsh/system.hpp"

#include <optional>

namespace lsh {

using shell::Chain;
using shell::Command;
using shell::List;
using shell::Pipeline;
using shell::Problem;
using shell::Redirection;
using shell::Simple;
using shell::Source;
using shell::Word;

/// What the options of `set` say, by their letters.
struct Options {
    bool all_exported = false;   ///< -a
    bool no_clobber = false;     ///< -C
    bool exit_on_error = false;  ///< -e
    bool no_file_names = false;  ///< -f
    bool interactive = false;    ///< -i; not to be set
    bool job_control = false;    ///< -m
    bool no_execution = false;   ///< -n
    bool unset_is_error = false; ///< -u
    bool verbose = false;        ///< -v
    bool trace = false;          ///< -x
};

/// What is left of the commands that run.
enum class Flow : u8 {
    on,
    break_loop,
    continue_loop,
    return_function,
    give_up, ///< the line, for a problem or ^C; ends a script
    exit,
};

class Shell final : public shell::World {
public:
    Shell();

    /// Commands, in this process; the status of the last.
    int run(List const& list);
    /// A text: parsed and run, command by command.
    int run_text(Ref<Source> const& source);
    /// The same, when the process ends with it: its last command may take the process over.
    int run_last(Ref<Source> const& source);
    /// A file; a problem if it cannot be read.
    Result<int> run_file(std::string_view path, std::string_view name);
    /// Runs the EXIT trap and ends the process.
    [[noreturn]] void leave(int status);

    /// Reports a problem at its place.
    void report(Problem const& problem);
    /// The same; ends a script, or the line that was typed.
    int give_up(Problem const& problem);
    /// Says `lsh: name: text` for builtins, with the place of the command that runs; returns 1.
    int complain(std::string_view name, std::string_view text, int status = 1);

    // shell::World
    std::optional<String> variable(std::string_view name) override;
    bool assign(std::string_view name, std::string_view value) override;
    String special(char name) override;

    Slice<String const> arguments() override { return positional; }

    std::expected<String, Problem> output_of(Ref<List> const& commands) override;
    std::optional<String> home_of(std::string_view user) override;
    void names_in(std::string_view directory, FunctionRef<void(std::string_view)> name) override;
    bool exists(std::string_view path) override;
    bool is_directory(std::string_view path) override;

    bool unset_is_error() const override { return options.unset_is_error; }

    bool without_file_names() const override { return options.no_file_names; }

    /// Where a program is; empty when it is nowhere. A name with a slash is itself.
    String find_program(std::string_view name);
    /// Runs a command that has its words already, as builtins `command` and `exec` do.
    int run_words(Vector<String> const& words, bool functions);
    /// Replaces this process, or says why not and returns the status.
    int replace(Vector<String> const& words, Vector<String> const& environment);
    String option_letters() const;

    // Jobs (job_control.cpp).
    /// Waits for a job in the foreground; its status.
    int wait_foreground(u32 number);
    /// `resume`: it was stopped.
    int to_foreground(u32 number);
    void to_background(u32 number);
    /// Waits for one in the background; 128 + signal if a trapped signal comes first.
    int wait_for(u32 number);
    /// Notes what has happened to children meanwhile.
    void poll_jobs();
    /// Tells what the user does not know yet, and forgets what ended.
    void tell_jobs();
    bool start_job_control();
    /// For programs: what this shell ignores or notes, but not what a trap ignores.
    void usual_signals();

    // Traps (traps.cpp).
    /// Takes the signals that came: ^C gives up the line, others wait for their traps.
    u64 note_signals();
    void run_traps();
    void set_trap(int signal, std::optional<String> action);

    shell::Variables variables;
    Options options;
    Vector<String> positional;
    String name = "lsh"; ///< $0
    int status = 0;      ///< $?
    Flow flow = Flow::on;
    u32 flow_count = 0; ///< loops that `break` and `continue` still leave
    u32 loops = 0;      ///< that run in the function
    u32 functions_running = 0;
    i32 process = 0; ///< $$: also in subshells that of the shell
    i32 last_background = 0;
    bool subshell = false;
    bool warned_of_jobs = false; ///< by the `exit` just before
    usize option_at = 1;         ///< getopts: in the word that OPTIND names
    shell::Jobs jobs;
    Fd terminal{-1};
    i32 own_group = 0;
    std::optional<uapi::Termios>
        orderly_mode; ///< of the terminal, as the last job that exited left it

    struct Function {
        String name;
        Ref<Command> body;
    };

    Vector<Function> functions;
    Function const* find_function(std::string_view name) const;

    struct Trap {
        int signal;
        String action; ///< empty: ignored
    };

    Vector<Trap> traps;

    /// The command that runs, for messages.
    Command const* running = nullptr;

private:
    friend class Redirected;

    int run_chain(Chain const& chain);
    int run_pipeline(Pipeline const& pipeline, std::string_view text);
    int start_background(Chain const& chain);
    int run_command(Command const& command);
    int run_compound(Command const& command);
    int run_simple(Simple const& command);
    int run_found(Simple const& command, Vector<String> const& words);
    int run_subshell(Command const& command);
    int run_condition(shell::Condition const& command);
    int run_loop(shell::Loop const& command);
    int run_each(shell::Each const& command);
    int run_choice(shell::Choice const& command);
    int call_function(Function const& function, Vector<String> const& words);
    int run_program(Vector<String> const& words, Simple const* command);
    /// Whether the loop ends here, after its body or condition left early.
    bool leaves_loop();
    bool expand_words(Vector<Ref<Word>> const& words, Vector<String>& into);
    bool assign_all(Simple const& command);
    /// In the child of a fork: what a subshell has not.
    void become_subshell();
    void join_group(i32 group, bool foreground);
    void note_terminal_mode();
    void trace(Vector<String> const& words);

    u32 tested_ = 0; ///< conditions that run: set -e does not count in them
    int substitution_status_ = 0;
    u64 pending_traps_ = 0;
    u32 depth_ = 0;
    bool last_ = false; ///< the process ends with the command: no fork before exec
};

} // namespace lsh
