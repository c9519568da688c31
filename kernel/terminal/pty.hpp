// Pseudo-terminals: a terminal whose device is another program, at the master end.
#pragma once

#include "kernel/terminal/terminal.hpp"

namespace terminal {

/// Both ends of one pair. The slave is the Terminal; the master reads what it shows and types into
/// it.
class Pty final : public Terminal, private Output {
public:
    explicit Pty(u32 index);

    /// Before anybody opens the slave; not with the list of pairs locked.
    void prepare();

    u32 index() const { return number().minor; }

    // The master's side.
    Result<usize> master_read(mem::Sink& into, bool nonblocking);
    Result<usize> master_write(mem::Source& from, bool nonblocking);
    Result<i64> master_control(u32 command, UserAddr argument);
    vfs::PollEvents master_poll(vfs::PollWaiter* waiter);
    void master_closed();

    bool locked() const { return locked_.load(); }

private:
    static constexpr usize capacity = 8192;

    usize write(ConstBytes bytes) override;
    usize room() override;

    usize unsent() override { return 0; }

    void input_wanted() override {
        may_type_.store(true);
        typing_queue_.wake_all();
    }

    void users_changed(u32 users) override;

    struct Shown {
        std::byte data[capacity];
        u64 head = 0;
        u64 tail = 0;
        bool slave_closed = false; ///< opened once and by nobody now

        usize used() const { return head - tail; }

        /// Sound between any two instructions: at worst a byte is shown that nobody wrote.
        bool recover() const { return true; }
    };

    ksync::SpinLocked<Shown, ksync::Rank::device> shown_;
    ksync::WaitQueue shown_queue_;  ///< the master waits for output
    ksync::WaitQueue typing_queue_; ///< the master waits for room for input
    Atomic<bool> may_type_{false};  ///< readers made room since the master last typed
    Atomic<bool> locked_{true};
};

/// devpts: hears of each pty, to show a node while its master is open.
class PtyListener {
public:
    virtual void added(Ref<Pty> pty, FileOwner owner) = 0;
    virtual void removed(u32 index) = 0;

protected:
    ~PtyListener() = default;
};

void listen_to_ptys(PtyListener& listener);

/// /dev/ptmx (5:2) and the slaves' major number 136.
Result<void> register_ptys();
/// A fresh pair; the result is the master's file.
Result<Ref<vfs::File>> open_master(vfs::DeviceNumber number, vfs::Place const& place,
                                   vfs::OpenFlags flags);

inline constexpr u32 pty_slave_major = 136;

} // namespace terminal
