// /proc/PID/stat, status, statm and limits, as proc(5) describes them.
#include "kernel/fs/proc/nodes.hpp"
#include "kernel/terminal/terminal.hpp"

namespace proc {

namespace {

/// One consistent look at a process, taken under the tree lock.
struct Snapshot {
    using Signal = uapi::Signal;

    Pid parent{};
    Pid group{};
    Pid session{};
    u64 terminal = 0; ///< device number, encoded
    int foreground = -1;
    char state = 'Z';
    Pid tracer{};
    usize threads = 0;
    process::Usage usage;
    process::Usage children;
    Signal exit_signal{};
    int status = 0;
    int nice = 0;
    usize cpu = 0;
    u64 pending = 0, shared_pending = 0, blocked = 0, ignored = 0, caught = 0;
};

void read_signals(Subject const& subject, Snapshot& into) {
    auto actions = subject.process->handlers()->lock();
    into.shared_pending = subject.process->pending.set().bits();
    if (subject.thread) {
        into.pending = subject.thread->pending.set().bits();
        into.blocked = subject.thread->blocked.bits();
    }
    for (int number = 1; number <= uapi::signal_count; ++number) {
        auto const signal = static_cast<uapi::Signal>(number);
        u64 const handler = (*actions)[signal].handler;
        u64 const bit = u64{1} << (number - 1);
        if (handler == uapi::sig_ign)
            into.ignored |= bit;
        else if (handler != uapi::sig_dfl)
            into.caught |= bit;
    }
}

Snapshot look(Subject const& subject) {
    Snapshot now;
    Ref<terminal::Terminal> terminal;
    {
        auto tree = process::pid_space().lock();
        process::Process& process = *subject.process;
        if (process.parent != nullptr)
            now.parent = process.parent->id();
        if (process.group) {
            now.group = process.group->id;
            now.session = process.group->session->id;
            // Safe because only terminals are stored there; see Session.
            terminal = Ref<terminal::Terminal>::share(
                static_cast<terminal::Terminal*>(process.group->session->terminal.raw()));
        }
        if (!process.zombie && subject.thread)
            now.state = subject.thread->state_letter();
        if (subject.thread)
            now.tracer = subject.thread->tracer;
        now.threads = process.thread_count;
        now.usage = process.usage(tree);
        now.children = process.reaped_children;
        now.exit_signal = process.exit_signal;
        now.status = process.zombie ? process.status.encoded() : 0;
        read_signals(subject, now);
    }
    if (terminal) {
        now.terminal = terminal->number().encoded();
        now.foreground = static_cast<int>(terminal->foreground());
    }
    if (subject.thread) {
        now.nice = subject.thread->policy().nice;
        now.cpu = subject.thread->cpu();
    }
    return now;
}

mem::MemoryUse memory_of(Subject const& subject) {
    auto const space = subject.process->address_space();
    return space ? space->use() : mem::MemoryUse{};
}

std::string_view state_word(char letter) {
    switch (letter) {
    case 'R':
        return "R (running)";
    case 'D':
        return "D (disk sleep)";
    case 'T':
        return "T (stopped)";
    case 't':
        return "t (tracing stop)";
    case 'Z':
        return "Z (zombie)";
    default:
        return "S (sleeping)";
    }
}

} // namespace

std::string_view name_of(Subject const& subject) {
    return subject.thread ? subject.thread->name() : std::string_view(subject.process->last_name);
}

Result<void> write_stat(Subject const& subject, TextSink& into) {
    Snapshot const now = look(subject);
    auto const memory = memory_of(subject);
    auto const layout = subject.process->layout();
    u64 const rss_limit = subject.process->soft_limit(uapi::Limit::resident);

    format_to(into, "{} ({}) {} {} {} {} {} {} 0 ", static_cast<int>(subject.id()),
              name_of(subject), now.state, static_cast<int>(now.parent),
              static_cast<int>(now.group), static_cast<int>(now.session), now.terminal,
              now.foreground);
    format_to(into, "{} {} {} {} {} {} {} {} ", now.usage.minor_faults, now.children.minor_faults,
              now.usage.major_faults, now.children.major_faults, ticks(now.usage.user),
              ticks(now.usage.system), ticks(now.children.user), ticks(now.children.system));
    format_to(into, "{} {} {} 0 {} {} {} {} ", 20 + now.nice, now.nice, now.threads,
              ticks(subject.process->started()), memory.mapped, memory.resident / page_size,
              rss_limit);
    // startcode endcode startstack kstkesp kstkeip: only the stack is known here
    format_to(into, "0 0 {} 0 0 ", layout.stack_start.value());
    format_to(into, "{} {} {} {} 0 0 0 {} {} 0 0 0 0 0 0 0 0 ", now.pending & 0x7fffffff,
              now.blocked & 0x7fffffff, now.ignored & 0x7fffffff, now.caught & 0x7fffffff,
              static_cast<int>(now.exit_signal), now.cpu);
    format_to(into, "{} {} {} {} {}\n", layout.arguments_start.value(),
              layout.arguments_end.value(), layout.environment_start.value(),
              layout.environment_end.value(), now.status);
    return {};
}

Result<void> write_status(Subject const& subject, TextSink& into) {
    Snapshot const now = look(subject);
    auto const memory = memory_of(subject);
    auto const who = subject.process->credentials();
    auto const context = subject.thread ? subject.thread->shared_fs() : nullptr;
    auto const files = subject.thread ? subject.thread->shared_files() : nullptr;
    auto const number = [](auto id) { return static_cast<u32>(id); };

    format_to(into, "Name:\t{}\n", name_of(subject));
    if (context)
        format_to(into, "Umask:\t{:04o}\n", context->umask());
    format_to(into, "State:\t{}\nTgid:\t{}\nNgid:\t0\nPid:\t{}\nPPid:\t{}\nTracerPid:\t{}\n",
              state_word(now.state), number(subject.process->id()), number(subject.id()),
              number(now.parent), number(now.tracer));
    format_to(into, "Uid:\t{}\t{}\t{}\t{}\n", number(who->uid), number(who->euid),
              number(who->suid), number(who->fsuid));
    format_to(into, "Gid:\t{}\t{}\t{}\t{}\n", number(who->gid), number(who->egid),
              number(who->sgid), number(who->fsgid));
    format_to(into, "FDSize:\t{}\nGroups:\t", files ? std::max<usize>(files->slots(), 64) : 0);
    for (Gid const group : who->groups)
        format_to(into, "{} ", number(group));
    into.write(who->groups.empty() ? " \n" : "\n");
    if (subject.process->address_space())
        format_to(into,
                  "VmPeak:\t{:8} kB\nVmSize:\t{:8} kB\nVmHWM:\t{:8} kB\nVmRSS:\t{:8} kB\n"
                  "VmData:\t{:8} kB\nVmStk:\t{:8} kB\nVmExe:\t{:8} kB\nVmSwap:\t       0 kB\n",
                  memory.mapped / 1024, memory.mapped / 1024, memory.peak_resident / 1024,
                  memory.resident / 1024, memory.data / 1024, memory.stack / 1024,
                  memory.text / 1024);
    format_to(into, "Threads:\t{}\nSigPnd:\t{:016x}\nShdPnd:\t{:016x}\n", now.threads, now.pending,
              now.shared_pending);
    format_to(into, "SigBlk:\t{:016x}\nSigIgn:\t{:016x}\nSigCgt:\t{:016x}\n", now.blocked,
              now.ignored, now.caught);
    format_to(into, "CapInh:\t{:016x}\nCapPrm:\t{:016x}\nCapEff:\t{:016x}\n",
              who->inheritable.bits(), who->permitted.bits(), who->effective.bits());
    format_to(into, "CapBnd:\t{:016x}\nCapAmb:\t{:016x}\n", who->bounding.bits(), 0);
    format_to(into, "NoNewPrivs:\t{}\nSeccomp:\t0\nSeccomp_filters:\t0\n",
              subject.process->no_new_privileges.load() ? 1 : 0);
    format_to(into, "voluntary_ctxt_switches:\t{}\nnonvoluntary_ctxt_switches:\t{}\n",
              now.usage.voluntary_switches, now.usage.involuntary_switches);
    return {};
}

Result<void> write_statm(Subject const& subject, TextSink& into) {
    auto const memory = memory_of(subject);
    format_to(into, "{} {} {} {} 0 {} 0\n", memory.mapped / page_size, memory.resident / page_size,
              memory.shared / page_size, memory.text / page_size,
              (memory.data + memory.stack) / page_size);
    return {};
}

Result<void> write_limits(Subject const& subject, TextSink& into) {
    struct Row {
        std::string_view name, unit;
    };

    static constexpr Row rows[uapi::limit_count] = {
        {"Max cpu time", "seconds"},     {"Max file size", "bytes"},
        {"Max data size", "bytes"},      {"Max stack size", "bytes"},
        {"Max core file size", "bytes"}, {"Max resident set", "bytes"},
        {"Max processes", "processes"},  {"Max open files", "files"},
        {"Max locked memory", "bytes"},  {"Max address space", "bytes"},
        {"Max file locks", "locks"},     {"Max pending signals", "signals"},
        {"Max msgqueue size", "bytes"},  {"Max nice priority", ""},
        {"Max realtime priority", ""},   {"Max realtime timeout", "us"},
    };
    into.write("Limit                     Soft Limit           Hard Limit           Units     \n");
    for (usize i = 0; i < uapi::limit_count; ++i) {
        auto const limit = subject.process->limit(static_cast<uapi::Limit>(i));
        format_to(into, "{:<25} ", rows[i].name);
        for (u64 const value : {limit.soft, limit.hard}) {
            if (value == ~u64{0})
                format_to(into, "{:<20} ", "unlimited");
            else
                format_to(into, "{:<20} ", value);
        }
        format_to(into, "{:<10}\n", rows[i].unit);
    }
    return {};
}

} // namespace proc
