// What daemons share: leaving the terminal, being the only one, saying what they do.
#pragma once

#include "user/os/file.hpp"
#include "user/os/stream.hpp"

namespace daemons {

/// Goes on in a process of its own session, without a terminal, that is a child of process 1. The
/// program that was started ends: with 0 when detached() is called there, with 1 when it never is.
void detach();
/// The daemon is ready: its standard descriptors lead to /dev/null and its working directory is /
/// from now on. Nothing without detach().
void detached();

/// Makes the file and locks it, for as long as the process lives: false when another process has
/// it. Its number is what is in the file.
Result<bool> be_the_only_one(std::string_view path);

/// As syslog(3) numbers them.
enum class Priority : u8 { error = 3, warning = 4, notice = 5, info = 6 };

/// Where a daemon says what it does: in the foreground its standard error, which its
/// starter keeps under its name; otherwise the log daemon, and a file while there is none.
class Journal {
public:
    enum class To { standard_error, log };

    /// `file` is for when there is no log daemon.
    Journal(To to, std::string_view name, std::string_view file)
        : to_(to), name_(name), file_(file) {}

    template <class... Arguments>
    void say(Priority priority, Format<Arguments...> text, Arguments const&... arguments) const {
        line(priority, format(text, arguments...));
    }

    /// Cut at 4000 bytes.
    void line(Priority priority, std::string_view text) const;

private:
    To to_;
    String name_;
    String file_;
};

/// The log daemon's FIFO, where lines are "<PRIORITY>NAME: TEXT".
inline constexpr std::string_view log_input = "/run/log/input";

} // namespace daemons
