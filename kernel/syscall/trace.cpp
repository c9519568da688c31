// strace from the inside: one log line per system call, made from the table.
#include "kernel/log/log.hpp"
#include "kernel/process/thread.hpp"
#include "kernel/syscall/table.hpp"

namespace sys {

constinit Atomic<bool> detail::tracing_on{false};

void set_tracing(bool on) {
    detail::tracing_on.store(on);
}

TraceLine::TraceLine(Call const& call, Row const& row)
    : row_(row), pid_(static_cast<int>(call.thread.id())) {
    for (usize i = 0; i < 6; ++i)
        words_[i] = call.registers.argument(i);
    text_.append(row.name);
    text_.append("(");
    put_arguments(false, 0);
    if (row.number == Syscall::exit || row.number == Syscall::exit_group)
        klog::info("strace: [{}] {}) = ?", pid_, std::exchange(text_, {})); // there is no after
}

/// Up to the first argument that the call fills; the rest when it has finished.
void TraceLine::put_arguments(bool finished, i64 result) {
    StringSink sink(text_);
    auto const& list = row_.entry.arguments;
    for (; printed_ < list.count; ++printed_) {
        auto const& argument = list.items[printed_];
        if (argument.after && !finished)
            return;
        if (printed_ != 0)
            sink.write(", ");
        argument.describe(sink, {words_ + word_, result});
        word_ = static_cast<u8>(word_ + argument.words);
    }
}

void TraceLine::finish(Result<i64> const& result) {
    put_arguments(true, result ? *result : -1);
    if (!result) {
        auto const& error = result.error();
        klog::info("strace: [{}] {}) = -{} {}:{}", pid_, text_, uapi::errno_name(error.code()),
                   error.where().file_name(), error.where().line());
    } else if (*result >= 0 && *result < 0x10000)
        klog::info("strace: [{}] {}) = {}", pid_, text_, *result);
    else
        klog::info("strace: [{}] {}) = 0x{:x}", pid_, text_, static_cast<u64>(*result));
}

} // namespace sys
