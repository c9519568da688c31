// The interrupt of the port that the log goes to as JSON: the host reads again.
#include "kernel/arch/api/console.hpp"
#include "kernel/device/interrupts.hpp"
#include "kernel/drivers/serial/serial.hpp"
#include "kernel/log/log.hpp"

namespace serial {
namespace {

/// The log itself writes to the port (kernel/log/json.cpp), below any driver.
class LogPort final : public device::Device {
public:
    static Result<Box<device::Device>> start() {
        if (!klog::has_json_port())
            return fail(Errno::enodev);
        auto port = make<LogPort>();
        auto const route = arch::isa_interrupt(arch::log_port_isa_interrupt);
        TRY(port->interrupt_.connect(route.irq, route.trigger, route.polarity));
        return Box<device::Device>(std::move(port));
    }

private:
    static bool interrupted(void*) {
        if (!arch::log_port_interrupted())
            return false;
        klog::send_json();
        return true;
    }

    device::InterruptHandler interrupt_{"log", interrupted, nullptr};
};

} // namespace

constinit device::PlatformDriver const log_port_driver{.name = "serial port for the log",
                                                       .start = LogPort::start};

} // namespace serial
