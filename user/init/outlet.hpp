// Outlet: where init says what it does, and where lines of services go besides its memory.
#pragma once

#include "libs/service/log_ring.hpp"
#include "libs/service/supervisor.hpp"
#include "user/init/options.hpp"
#include "user/os/file.hpp"
#include "user/os/time.hpp"

class Outlet {
public:
    explicit Outlet(Options const& options) : options_(options) {}

    /// To the kernel's log if this is a system, else to standard error; and to init's own memory.
    void say(service::Level level, std::string_view text);

    template <class... Arguments>
    void print(service::Level level, Format<Arguments...> text, Arguments const&... arguments) {
        String made;
        StringSink sink(made);
        format_to(sink, text, arguments...);
        say(level, made);
    }

    /// What a service wrote, to the log daemon, if there is one and its FIFO has room: never waits.
    /// "<3>text" says how important it is, as syslog(3) counts.
    void forward_line(std::string_view name, std::string_view line);

    service::LogRing const& own() const { return own_; }

    /// Lines that the log daemon did not get.
    u64 dropped() const { return dropped_; }

private:
    void forward(service::Level level, std::string_view name, std::string_view line);
    bool connected();

    Options const& options_;
    service::LogRing own_;
    os::File kernel_log_;
    os::File daemon_;
    Nanoseconds next_try_;
    u64 dropped_ = 0;
    bool tried_kernel_log_ = false;
};
