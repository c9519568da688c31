// The terminal line discipline as pure logic: input characters to lines, echo and signals.
#pragma once

#include "abi/termios.hpp"
#include "libs/base/memory.hpp"
#include "libs/base/types.hpp"

#include <bitset>

namespace tty {

enum class Signal { interrupt, quit, suspend };

/// What processing input may cause.
class Effects {
public:
    /// Bytes for the screen, after output processing.
    virtual void echo(ConstBytes bytes) = 0;
    virtual void signal(Signal signal) = 0;
    /// Output was stopped (^S) or may go on (^Q).
    virtual void flow(bool stopped) = 0;

protected:
    ~Effects() = default;
};

/// One terminal's state between its device and its readers. Behaves as Linux's N_TTY. Not locked.
class LineDiscipline {
public:
    /// A terminal that is being made owns its name: what a bug stops here must unwind it.
    LineDiscipline() noexcept(false) = default;

    uapi::Termios const& settings() const { return settings_; }

    /// Takes effect for input still unread, too: turning canonical mode off makes a partial line
    /// readable.
    void set_settings(uapi::Termios const& settings);

    /// Input from the device. What does not fit is dropped, with a bell if IMAXBEL asks for one.
    void receive(ConstBytes input, Effects& effects);

    /// Whether a read would return now. Outside canonical mode VMIN counts only when VTIME is 0 and
    /// `minimum` says so.
    bool readable(bool minimum = true) const;
    /// Bytes that FIONREAD reports.
    usize available() const;

    /// Whether receive() has a place for more: full only while readers have something to take.
    bool has_room() const {
        return used() < capacity - 1 || (local_flag(uapi::termios::icanon) && line_start_ == tail_);
    }

    /// Takes what is there: at most one line in canonical mode, where `ended` says that its end was
    /// among it. No byte at all means end of file when readable() held.
    struct Taken {
        usize count;
        bool ended;
    };

    Taken take(Bytes into);

    usize read(Bytes into) { return take(into).count; }

    void flush_input();

    /// Output processing (OPOST): takes bytes of `from` while their translation fits into `into`.
    struct Processed {
        usize taken;
        usize produced;
    };

    Processed process_output(ConstBytes from, Bytes into);

    bool stopped() const { return stopped_; }

    void set_stopped(bool stopped) { stopped_ = stopped; }

private:
    static constexpr usize capacity = 4096;

    bool input_flag(u32 flag) const { return (settings_.input & flag) != 0; }

    bool output_flag(u32 flag) const { return (settings_.output & flag) != 0; }

    bool local_flag(u32 flag) const { return (settings_.local & flag) != 0; }

    bool is(u8 character, unsigned index) const {
        return settings_.characters[index] != 0 && character == settings_.characters[index];
    }

    usize used() const { return head_ - tail_; }

    u8& at(u64 position) { return data_[position % capacity]; }

    u8 at(u64 position) const { return data_[position % capacity]; }

    void receive_one(u8 character, Effects& effects);
    bool receive_signal(u8 character, Effects& effects);
    bool receive_canonical(u8 character, Effects& effects);
    void push(u8 character, Effects& effects);
    void end_line(u8 character, Effects& effects);
    void erase(u8 kind, Effects& effects);
    void erase_echo(u8 character, Effects& effects);
    void reprint(Effects& effects);
    void put(u8 character, Effects& effects);
    void put_raw(std::string_view text, Effects& effects);
    void echo(u8 character, Effects& effects);
    usize translate(u8 character, u8 (&out)[8]);
    u32 column_of(u64 position) const;

    uapi::Termios settings_ = uapi::termios::standard;
    u8 data_[capacity] = {};
    std::bitset<capacity> line_end_; ///< per byte: it ends a line (a NUL so marked is end of file)
    u64 head_ = 0;                   ///< next free
    u64 line_start_ = 0;             ///< canonical: everything before is complete lines
    u64 tail_ = 0;                   ///< next to read
    u32 column_ = 0;                 ///< of the cursor
    u32 start_column_ = 0;           ///< of the cursor when the current line began
    bool literal_next_ = false;
    bool stopped_ = false;
};

} // namespace tty
