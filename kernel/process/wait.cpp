// Finds the child whose change a parent waits for.
#include "kernel/process/wait.hpp"

#include "kernel/process/exit.hpp"
#include "kernel/process/trace.hpp"

namespace process {

namespace {

using uapi::WaitOption;

bool matches(Process const& child, WaitFor const& wanted) {
    switch (wanted.which) {
    case WaitFor::Which::any:
        break;
    case WaitFor::Which::process:
        if (child.id() != wanted.id)
            return false;
        break;
    case WaitFor::Which::group:
        if (!child.group || child.group->id != wanted.id)
            return false;
        break;
    }
    // "Clone children" signal their end in another way than by SIGCHLD.
    bool const is_clone = child.exit_signal != Signal::chld;
    return wanted.options.has(WaitOption::all) || is_clone == wanted.options.has(WaitOption::clone);
}

struct Search {
    bool any = false; ///< a child that could change matches
    std::optional<ChildReport> report;
};

ChildReport report_of(Process& child, Status status, i32 code) {
    // Nothing may be owned while a trivially copyable result is written: decision 028.
    Uid const uid = child.credentials()->uid;
    return {child.id(), uid, status, code, {}};
}

/// Takes what there is to report of `child`, unless it is only looked at.
bool take(TreeGuard& tree, Process& child, WaitFor const& wanted, Search& search, Gone& gone) {
    bool const keep = wanted.options.has(WaitOption::no_wait);
    if (child.zombie) {
        if (!wanted.options.has(WaitOption::exited))
            return false;
        search.report = report_of(child, child.status, child.status.child_code());
        search.report->usage = child.dead_threads;
        search.report->usage.add(child.reaped_children);
        if (!keep)
            reap(tree, child, gone);
        return true;
    }
    if (child.event == Process::Event::stopped && wanted.options.has(WaitOption::stopped))
        search.report = report_of(child, Status::stopped(child.event_signal), uapi::cld_stopped);
    else if (child.event == Process::Event::continued && wanted.options.has(WaitOption::continued))
        search.report = report_of(child, Status::continued(), uapi::cld_continued);
    else
        return false;
    search.report->usage = child.usage(tree);
    if (!keep)
        child.event = Process::Event::none;
    return true;
}

Search look(TreeGuard& tree, Process& parent, WaitFor const& wanted, Gone& gone) {
    Search search;
    for (auto* child = parent.children.first(); child != nullptr;) {
        auto* const next = parent.children.next(*child);
        if (matches(*child, wanted)) {
            // A zombie that is not asked for cannot change any more.
            search.any |= !child->zombie || wanted.options.has(WaitOption::exited);
            if (take(tree, *child, wanted, search, gone))
                return search;
        }
        child = next;
    }
    search.report = take_trace_stop(tree, parent, wanted, search.any);
    return search;
}

} // namespace

Result<std::optional<ChildReport>> wait_for_child(Thread& self, WaitFor const& wanted) {
    auto& parent = self.process();
    Search search;
    Gone gone;
    auto tree = pid_space().lock();
    auto const waited = parent.child_changed.wait(tree, [&] {
        search = look(tree, parent, wanted, gone);
        return search.report || !search.any || wanted.options.has(WaitOption::no_hang);
    });
    if (search.report)
        return search.report;
    if (!waited)
        return std::unexpected<Error>(waited.error());
    if (!search.any)
        return fail(Errno::echild);
    return std::optional<ChildReport>();
}

} // namespace process
