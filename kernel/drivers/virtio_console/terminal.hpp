// A port as a terminal: /dev/hvc0.
#pragma once

#include "kernel/drivers/virtio_console/port.hpp"
#include "kernel/terminal/terminal.hpp"

namespace virtio_console {

class PortTerminal final : public terminal::Output {
public:
    explicit PortTerminal(Port& port) : port_(port) {}

    /// Makes /dev/hvc<index>. The object must live for ever.
    Result<void> start(u32 index);

    /// In the worker: input goes to the line discipline.
    void input_came();

    void set_window_size(u16 rows, u16 columns);

    /// In the worker: nothing comes from the host or goes to it any more.
    void hang_up() { terminal_->hang_up(); }

    usize write(ConstBytes bytes) override;
    usize room() override;
    usize unsent() override;
    void input_wanted() override;

private:
    static void writable(void* self);

    Port& port_;
    Ref<terminal::Terminal> terminal_;
};

} // namespace virtio_console
