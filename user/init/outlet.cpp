// Messages of init and of its services.
#include "user/init/outlet.hpp"

namespace {

constexpr auto try_again_after = Nanoseconds::seconds(1);

String prefixed(service::Level level, std::string_view name, std::string_view text) {
    String line;
    StringSink sink(line);
    format_to(sink, "<{}>{}: {}\n", static_cast<u32>(level), name, text);
    return line;
}

} // namespace

void Outlet::say(service::Level level, std::string_view text) {
    own_.add(text);
    if (!options_.system) {
        os::print_error("init: {}\n", text);
        forward(level, "init", text);
        return;
    }
    if (!std::exchange(tried_kernel_log_, true))
        if (auto opened = os::File::open("/dev/kmsg", os::Open::write_only))
            kernel_log_ = std::move(*opened);
    if (!kernel_log_ || !kernel_log_.write(prefixed(level, "init", text)))
        os::print_error("init: {}\n", text);
}

bool Outlet::connected() {
    auto const now = os::now();
    if (daemon_ || options_.log.empty() || now < next_try_)
        return static_cast<bool>(daemon_);
    next_try_ = now + try_again_after;
    auto opened = os::File::open(options_.log, os::Open::write_only | Flags(os::Open::nonblocking));
    if (!opened)
        return false;
    auto const status = opened->status();
    if (!status || status->type != os::FileType::fifo)
        return false;
    daemon_ = std::move(*opened);
    return true;
}

void Outlet::forward_line(std::string_view name, std::string_view line) {
    bool const says =
        line.size() >= 3 && line[0] == '<' && line[1] >= '0' && line[1] <= '7' && line[2] == '>';
    if (says)
        forward(static_cast<service::Level>(line[1] - '0'), name, line.substr(3));
    else
        forward(service::Level::information, name, line);
}

void Outlet::forward(service::Level level, std::string_view name, std::string_view line) {
    if (!connected())
        return;
    auto const text = prefixed(level, name, line);
    // One write: it is shorter than PIPE_BUF, so it is there as a whole or not at all.
    auto const wrote = daemon_.write(text.view());
    if (wrote)
        return;
    ++dropped_;
    if (!(wrote.error() == Errno::eagain))
        daemon_ = {}; // it has gone
}
