// Logs a program's stack line by line.
#include "kernel/process/user_backtrace.hpp"

#include "kernel/arch/api/user_backtrace.hpp"
#include "kernel/log/log.hpp"
#include "kernel/process/pending.hpp"

namespace process {

namespace {

constinit bool backtraces_wanted = false; ///< set before there are programs

class LineLog final : public TextSink {
public:
    void write(std::string_view text) override {
        for (char const character : text) {
            if (character == '\n') {
                klog::info("backtrace: {}", std::string_view(line_, size_));
                size_ = 0;
            } else if (size_ < sizeof line_) {
                line_[size_++] = character;
            }
        }
    }

private:
    char line_[160];
    usize size_ = 0;
};

} // namespace

void set_user_backtraces(bool wanted) {
    backtraces_wanted = wanted;
}

void log_user_backtrace(Thread& self, uapi::SigInfo const& info) {
    if (!backtraces_wanted)
        return;
    klog::info("backtrace: {task}[{pid}] ends by {signal}", self.name(), self.id(),
               signal_name(static_cast<Signal>(info.signo)));
    LineLog log;
    arch::write_user_backtrace(self.context().user_registers(), log);
}

} // namespace process
