// The terminal of the person in front of the machine: tty1, on the screen and the keyboard.
#pragma once

#include "kernel/device/device.hpp"
#include "kernel/device/input.hpp"
#include "kernel/drivers/framebuffer/picture.hpp"
#include "kernel/log/log.hpp"
#include "kernel/sync/locked.hpp"
#include "kernel/task/scheduler.hpp"
#include "kernel/terminal/terminal.hpp"

namespace framebuffer {

/// Programs' output changes the Screen at once; a worker draws what differs from the picture, so
/// that fast output costs no more than what can be seen.
class Console final : public device::Device, public terminal::Output, public device::KeyListener {
public:
    /// ENODEV when the loader left no framebuffer.
    static Result<Box<device::Device>> start();

    explicit Console(Picture const& picture);

    usize write(ConstBytes bytes) override;

    usize room() override { return 4096; }

    void input_wanted() override { work_.schedule(); }

    void show_log() override;

    void key(keyboard::Press const& press) override;

private:
    /// Presses that the worker has not seen yet; those beyond are lost, as on any keyboard.
    struct Presses {
        keyboard::Press waiting[64];
        usize count = 0;
    };

    Result<void> begin();
    static void work(void* self);
    static void record_added(ksync::WaitEntry& entry);
    static void panic_line(std::string_view line) noexcept;
    void take_keys();
    void take_answers();
    void give_input();
    void add_log();
    void draw();

    Picture picture_;
    ksync::SpinLocked<screen::Screen, ksync::Rank::device> screen_;
    ksync::IrqLocked<Presses, ksync::Rank::device> presses_;
    Ref<terminal::Terminal> terminal_;

    // The worker's own.
    Vector<screen::Cell> shown_; ///< what the picture holds
    Vector<screen::Cell> row_;
    Vector<std::byte> input_; ///< not yet accepted by the line discipline
    klog::Cursor log_cursor_;

    Atomic<bool> log_wanted_{false};
    u32 panic_row_ = 0;
    task::DeferredWork work_{work, this};
    ksync::WaitEntry log_entry_{record_added, this};
};

} // namespace framebuffer
