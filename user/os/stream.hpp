// Streams: in, out, err, and compile-time checked print().
#pragma once

#include "libs/base/format.hpp"
#include "libs/base/id.hpp"
#include "libs/base/memory.hpp"
#include "user/os/error.hpp"

namespace os {

/// Where text goes: a borrowed descriptor. One print() is one write(2) when its text has at most 1
/// KiB, so that lines of several threads or processes do not mix; nothing stays behind in a buffer.
/// For much output in small pieces put a BufferedOut before it.
class Out {
public:
    constexpr explicit Out(Fd fd) noexcept : fd_(fd) {}

    constexpr Fd fd() const noexcept { return fd_; }

    /// Writes all of it, in several pieces if need be. EPIPE, ENOSPC, EBADF, ...
    Result<void> write(std::string_view text) const;

    /// Format strings are libs/base's: `{}`, `{:>8}`..., checked when the program is compiled. An
    /// error is not an answer, but failed() of this process remembers it.
    template <class... Arguments>
    void print(Format<Arguments...> text, Arguments const&... arguments) const;

private:
    Fd fd_;
};

inline constexpr Out out{Fd(1)};
inline constexpr Out err{Fd(2)};

/// Whether some print() or flush of this process could not write all of its text.
bool output_failed() noexcept;

/// Collects text on the stack and writes it when it is full and at its end.
class PrintSink final : public TextSink {
public:
    explicit PrintSink(Out to) noexcept : to_(to) {}

    PrintSink(PrintSink const&) = delete;
    PrintSink& operator=(PrintSink const&) = delete;

    void write(std::string_view text) override;
    void flush() noexcept;

private:
    Out to_;
    usize used_ = 0;
    char buffer_[1024];
};

template <class... Arguments>
void Out::print(Format<Arguments...> text, Arguments const&... arguments) const {
    PrintSink sink(*this);
    format_to(sink, text, arguments...);
    sink.flush();
}

/// To standard output.
template <class... Arguments>
void print(Format<Arguments...> text, Arguments const&... arguments) {
    out.print(text, arguments...);
}

/// To standard error.
template <class... Arguments>
void print_error(Format<Arguments...> text, Arguments const&... arguments) {
    err.print(text, arguments...);
}

/// Text in large pieces: for programs that print much. Flushes when it is full and when it dies.
class BufferedOut final : public TextSink {
public:
    explicit BufferedOut(Out to) noexcept : to_(to) {}

    BufferedOut(BufferedOut const&) = delete;
    BufferedOut& operator=(BufferedOut const&) = delete;

    ~BufferedOut() { flush(); }

    template <class... Arguments>
    void print(Format<Arguments...> text, Arguments const&... arguments) {
        format_to(*this, text, arguments...);
    }

    void write(std::string_view text) override;
    /// False when not all could be written; then output_failed() is true, too.
    bool flush() noexcept;

private:
    Out to_;
    usize used_ = 0;
    char buffer_[16384];
};

/// Text comes from a borrowed descriptor, through a buffer of 4 KiB. Not for several threads at
/// once.
class In {
public:
    constexpr explicit In(Fd fd) noexcept : fd_(fd) {}

    constexpr Fd fd() const noexcept { return fd_; }

    /// Appends the next line to `line`, without its end; false at the end of the input. The last
    /// line may lack its end. Errors of read(2), but not EINTR.
    Result<bool> read_line(String& line);
    /// Up to into.size() bytes, at least one but at the end of the input, where it is 0.
    Result<usize> read(Bytes into);
    /// Appends everything that is left.
    Result<void> read_all(String& into);

private:
    /// Whether there is more.
    Result<bool> fill();

    Fd fd_;
    u32 next_ = 0;
    u32 end_ = 0;
    char buffer_[4096] = {};
};

/// Standard input.
extern In in;

} // namespace os
