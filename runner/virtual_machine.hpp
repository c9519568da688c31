// One QEMU process and the sockets that lead into it.
#pragma once

#include "runner/initramfs.hpp"
#include "runner/machine.hpp"
#include "runner/os.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace runner {

/// Everything that decides how a machine is started.
struct Setup {
    Machine const* machine = &machines[0];
    std::string_view accelerator = "tcg";
    unsigned cpus = 1;
    std::string memory = "512M";
    std::string kernel;
    std::string initrd; ///< path; empty for none
    std::string append;
    Streams streams = Streams::terminal;
    bool bare = false;             ///< no virtio devices at all; with Streams::console only
    std::string display = "none";  ///< value of -display
    std::string gdb_socket;        ///< where gdb connects, in QEMU's notation; empty for no stub
    int json_log = -1;             ///< descriptor that the kernel's log as JSON goes to
    bool cores = false;            ///< take core dumps
    bool monitor = false;          ///< open the monitor (QMP) for us
    bool ends_with_kernel = true;  ///< QEMU ends when the kernel says so, with a status
    bool paused = false;           ///< wait for gdb before the first instruction
    std::vector<std::string> more; ///< further words for QEMU
};

/// A unix socket that QEMU shall listen on, in its notation.
std::string qemu_server(std::string const& path);

/// A started machine. The sockets are non-blocking; those that the setup does not need are closed.
struct VirtualMachine {
    Child qemu;
    Descriptor log;     ///< COM1: the kernel log
    Descriptor report;  ///< debug port: records of the kernel, one per line
    Descriptor control; ///< lines to the kernel: "winsize ROWS COLUMNS", "signal NUMBER"
    Descriptor console; ///< Streams::terminal: both directions of /dev/hvc0
    Descriptor input;   ///< Streams::separate: towards /dev/vport0p1
    Descriptor output;  ///< from /dev/vport0p2
    Descriptor error;   ///< from /dev/vport0p3
    Descriptor cores;   ///< from /dev/vport0p5: core dumps, each behind "NAME SIZE\n"
    Descriptor qemu_error;
    Descriptor monitor; ///< QMP, when asked for
    Descriptor media;   ///< the ISO it boots from, if it does

    static VirtualMachine start(Setup const& setup);
};

} // namespace runner
