// The jobs of a shell: pipelines that were started, and what became of their processes.
#pragma once

#include "libs/base/string.hpp"
#include "libs/base/vector.hpp"

#include <expected>
#include <optional>
#include <string_view>

namespace shell {

/// What a process does. Codes and signals are Linux's.
struct ProcessState {
    enum class Kind : u8 { running, stopped, exited, killed };
    Kind kind = Kind::running;
    int value = 0; ///< the code, or the signal

    /// $?: the code, or 128 and the signal.
    int status() const { return kind == Kind::exited ? value : 128 + value; }

    bool ended() const { return kind == Kind::exited || kind == Kind::killed; }

    friend bool operator==(ProcessState const&, ProcessState const&) = default;
};

struct Job {
    struct Process {
        i32 pid;
        ProcessState state;
    };

    u32 number = 0;
    i32 group = 0; ///< process group; 0 without job control
    String text;
    Vector<Process> processes;
    bool told = true;       ///< the user knows its state
    bool foreground = true; ///< started so: `jobs` and notices leave it out until it stops

    /// Running while any process runs; else stopped while any is; else as the last one ended.
    ProcessState state() const;
};

/// "Interrupt", "Terminated", ...; "Signal 40" for those without a name.
String signal_text(int signal);
/// A signal's number from "9", "KILL" or "SIGKILL"; 0 is EXIT.
std::optional<int> signal_number(std::string_view name);
/// "KILL"; empty for none.
std::string_view signal_name(int signal);

class Jobs {
public:
    /// A job without processes yet. The reference is good until the next add() or forget().
    Job& add(std::string_view text, bool foreground);

    /// Notes what happened to a process; the job it belongs to, or nullptr.
    Job* note(i32 pid, ProcessState state);

    Job* by_number(u32 number);
    Job* by_pid(i32 pid);

    /// "%1", "%%", "%+", "%-", "%text", "%?text", a pid; empty: the current job.
    std::expected<Job*, String> find(std::string_view which);

    /// The job that fg takes now; the last one that was stopped or put in the background.
    void make_current(u32 number);

    void forget(u32 number);

    /// "[1]+  Stopped                    sleep 100"
    String describe(Job const& job, bool with_pids = false) const;

    Vector<Job> const& all() const { return jobs_; }

    Vector<Job>& all() { return jobs_; }

private:
    Vector<Job> jobs_;    ///< by number
    Vector<u32> current_; ///< numbers; the last is the current job, the one before the previous
};

} // namespace shell
