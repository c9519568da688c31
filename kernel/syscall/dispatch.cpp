// From registers to a handler and back: the first of the five places where failures are contained.
#include "kernel/arch/api/cpu.hpp"
#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/log/log.hpp"
#include "kernel/process/signals.hpp"
#include "kernel/sync/poison.hpp"
#include "kernel/syscall/table.hpp"
#include "kernel/task/containment.hpp"

#include <new>

namespace sys {

namespace {

constexpr bool is_restart(Errno code) {
    return code == Errno::erestartsys || code == Errno::erestartnointr ||
           code == Errno::erestartnohand || code == Errno::erestart_restartblock;
}

/// Which (program, call) pairs were reported. Full or torn entries only cost or repeat a line.
constinit Atomic<u64> reported[256];

bool first_report(std::string_view program, u64 number) {
    u64 hash = 14695981039346656037u ^ number; // FNV-1a
    for (char const character : program)
        hash = (hash ^ static_cast<u8>(character)) * 1099511628211u;
    hash |= 1;
    for (usize i = 0; i < std::size(reported); ++i) {
        auto& slot = reported[(hash + i) % std::size(reported)];
        u64 seen = slot.load();
        if (seen == 0 && slot.compare_exchange(seen, hash))
            return true;
        if (seen == hash)
            return false;
    }
    return false;
}

Result<i64> refuse_unknown(Call& call) {
    u64 const number = call.registers.system_call_number();
    if (number < uapi::syscall_limit && first_report(call.thread.name(), number)) {
        auto const* const name = name_of(static_cast<Syscall>(number));
        klog::notice("{task}[{pid}]: system call {number} ({name}) is not implemented",
                     call.thread.name(), call.thread.id(), number,
                     name != nullptr ? name : "unknown");
    }
    return fail(Errno::enosys);
}

char const* name_of(Row const* row) {
    return row != nullptr ? row->name : "without a row";
}

/// Compiled into both its callers: this is the way of every system call.
[[gnu::always_inline]] inline Result<i64> run(Call& call, Row const* row) noexcept {
    u32 const depth = arch::preemption_depth();
    try {
        return row != nullptr ? row->entry.enter(call) : refuse_unknown(call);
    } catch (std::bad_alloc const&) {
        return fail(Errno::enomem);
    } catch (ksync::Poisoned const& poisoned) {
        klog::warn("{task}[{pid}]: system call {name} fails: {lock}", call.thread.name(),
                   call.thread.id(), name_of(row), ksync::PoisonText(poisoned).view());
        return fail(Errno::eio);
    } catch (KernelBug const& bug) {
        // What was held has been released and poisoned on the way here; the report is out.
        task::recover(depth);
        char place[64];
        BufferSink where(place);
        format_to(where, "system call {}", name_of(row));
        process::kill_by_bug(call.thread, where.text(), bug.what);
        return fail(Errno::eio);
    }
}

/// Tracing must not change what a call does: what goes wrong in it costs its line and no more.
template <class Action>
void quietly(Action action) noexcept {
    try {
        action();
    } catch (std::bad_alloc const&) {
    } catch (ksync::Poisoned const&) {
    } catch (KernelBug const&) {
        // Reported when it was thrown.
    }
}

[[gnu::noinline]] Result<i64> run_traced(Call& call, Row const& row) noexcept {
    std::optional<TraceLine> line;
    quietly([&] { line.emplace(call, row); });
    auto const result = run(call, &row);
    if (line)
        quietly([&] { line->finish(result); });
    return result;
}

} // namespace

Result<void> check_descriptor(process::Thread& thread, Fd fd) {
    TRY(thread.files().find_any(fd));
    return {};
}

namespace {

/// Runs one system call; every failure becomes a number here. The first catch place.
[[gnu::always_inline]] inline void dispatch(Call& call) {
    auto const* const row = find_row(call.registers.system_call_number());
    auto const result = tracing() && row != nullptr ? run_traced(call, *row) : run(call, row);
    if (result) [[likely]] {
        call.registers.set_result(*result);
        return;
    }
    call.registers.set_result(-static_cast<i64>(result.error().code()));
    if (is_restart(result.error().code()))
        call.thread.add(process::Work::restart);
}

} // namespace

} // namespace sys

void upcall::system_call(arch::UserRegisters& registers) noexcept {
    try {
        sys::Call call{process::Thread::current(), registers};
        sys::dispatch(call);
    } catch (KernelBug const& bug) { // before the call began, or after it had ended
        doom_task(bug.what);
    }
}
