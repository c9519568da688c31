// Every word that the kernel's command line may hold. This table is what parses, and what help and
// the manual are made from.
#pragma once

namespace uapi {

struct BootOption {
    enum class Kind {
        flag,    ///< name
        number,  ///< name=-12, name=0x10
        count,   ///< name=12, not negative
        size,    ///< name=64M
        text,    ///< name=text; the last one counts
        choice,  ///< name=text, and the text is one of `choices`
        list,    ///< name=text; each one counts
        device,  ///< name=SIZE@ADDRESS:IRQ; each one counts
        ignored, ///< an option of Linux that has nothing to change here; accepted in any form
    };
    char const* name; ///< '-' and '_' are the same
    Kind kind;
    char const* help;
    char const* choices = nullptr; ///< "a or b"
};

// clang-format off
inline constexpr BootOption boot_options[] = {
    {"console", BootOption::Kind::list, "device of /dev/console: tty0 (the screen), ttyS0 or hvc0; the last one counts"},
    {"init", BootOption::Kind::text, "first program from the root file system"},
    {"rdinit", BootOption::Kind::text, "first program from the initramfs instead of /init"},
    {"root", BootOption::Kind::text, "device with the root file system, when the initramfs has no init"},
    {"rootfstype", BootOption::Kind::text, "file system type of root="},
    {"rootflags", BootOption::Kind::text, "mount options of root="},
    {"ro", BootOption::Kind::flag, "mount root= read-only"},
    {"rw", BootOption::Kind::flag, "mount root= writable"},
    {"quiet", BootOption::Kind::flag, "print only messages at least as grave as errors to the console"},
    {"debug", BootOption::Kind::flag, "print all messages to the console"},
    {"loglevel", BootOption::Kind::number, "print messages below this level (1 to 8) to the console"},
    {"ignore_loglevel", BootOption::Kind::flag, "print all messages to the console, whatever the level"},
    {"panic", BootOption::Kind::number, "after a panic: wait seconds, then reboot; 0 waits for ever, negative reboots at once"},
    {"oops", BootOption::Kind::choice, "panic: contain no kernel bug; each is a panic", "panic"},
    {"watchdog_thresh", BootOption::Kind::count, "report kernel code that keeps a CPU to itself for twice so many seconds (10; at most 60; 0: never)"},
    {"nowatchdog", BootOption::Kind::flag, "do not look for such code"},
    {"nosoftlockup", BootOption::Kind::flag, "do not look for such code"},
    {"maxcpus", BootOption::Kind::count, "start at most this many CPUs"},
    {"nr_cpus", BootOption::Kind::count, "start at most this many CPUs"},
    {"nosmp", BootOption::Kind::flag, "start only the first CPU"},
    {"mem", BootOption::Kind::size, "use no memory above this address"},
    {"norandmaps", BootOption::Kind::flag, "place programs at the same addresses each time"},
    {"virtio_mmio.device", BootOption::Kind::device, "a virtio device in memory: SIZE@ADDRESS:IRQ"},
    {"linnet.exit", BootOption::Kind::choice, "what the end of the first program means: a panic, or a report to the runner and the machine's end", "panic or report"},
    {"linnet.strace", BootOption::Kind::choice, "1: log every system call of every program", "0 or 1"},
    {"linnet.log_json", BootOption::Kind::choice, "1: send the log as JSON to the fourth serial port (0x2e8)", "0 or 1"},
    {"linnet.provoke", BootOption::Kind::choice, "1: make /dev/provoke, by which root can cause kernel bugs", "0 or 1"},
    {"linnet.backtrace", BootOption::Kind::choice, "1: log the stack of each program that a signal like SIGSEGV ends", "0 or 1"},
    {"linnet.core", BootOption::Kind::text, "send core dumps to this device below /dev, each behind a line with its name and size, instead of writing files"},
    {"linnet.ktest", BootOption::Kind::text, "run the in-kernel tests whose names contain this (all: every one) and end"},

    {"8250_core.nr_uarts", BootOption::Kind::ignored, "Linux's serial driver"},
    {"acpi", BootOption::Kind::ignored, "Linux's use of ACPI"},
    {"apic", BootOption::Kind::ignored, "Linux's APIC code"},
    {"apparmor", BootOption::Kind::ignored, "a security module of Linux"},
    {"audit", BootOption::Kind::ignored, "Linux's auditing"},
    {"cgroup_disable", BootOption::Kind::ignored, "Linux's control groups"},
    {"clocksource", BootOption::Kind::ignored, "Linux's choice of clock"},
    {"earlycon", BootOption::Kind::ignored, "the log is always early here"},
    {"earlyprintk", BootOption::Kind::ignored, "the log is always early here"},
    {"hpet", BootOption::Kind::ignored, "Linux's choice of timer"},
    {"idle", BootOption::Kind::ignored, "Linux's idle loop"},
    {"initcall_debug", BootOption::Kind::ignored, "Linux's boot order"},
    {"intel_iommu", BootOption::Kind::ignored, "IOMMUs are not used"},
    {"iommu", BootOption::Kind::ignored, "IOMMUs are not used"},
    {"kaslr", BootOption::Kind::ignored, "the kernel's own address"},
    {"lpj", BootOption::Kind::ignored, "Linux's delay loop"},
    {"mitigations", BootOption::Kind::ignored, "Linux's workarounds for CPU flaws"},
    {"nmi_watchdog", BootOption::Kind::ignored, "Linux's watchdog"},
    {"no_timer_check", BootOption::Kind::ignored, "Linux's timer test"},
    {"noapic", BootOption::Kind::ignored, "Linux's APIC code"},
    {"nohz", BootOption::Kind::ignored, "there are no needless ticks here"},
    {"noinitrd", BootOption::Kind::ignored, "Linux's old initrd"},
    {"nokaslr", BootOption::Kind::ignored, "the kernel's own address"},
    {"nolapic", BootOption::Kind::ignored, "Linux's APIC code"},
    {"nopti", BootOption::Kind::ignored, "page table isolation is not implemented"},
    {"nopcid", BootOption::Kind::ignored, "Linux's use of a CPU feature"},
    {"noresume", BootOption::Kind::ignored, "there is no hibernation"},
    {"nosmap", BootOption::Kind::ignored, "Linux's use of a CPU feature"},
    {"nosmep", BootOption::Kind::ignored, "Linux's use of a CPU feature"},
    {"nospectre_v2", BootOption::Kind::ignored, "Linux's workarounds for CPU flaws"},
    {"nox2apic", BootOption::Kind::ignored, "Linux's APIC code"},
    {"pci", BootOption::Kind::ignored, "Linux's PCI code"},
    {"pti", BootOption::Kind::ignored, "page table isolation is not implemented"},
    {"random.trust_cpu", BootOption::Kind::ignored, "the CPU's generator is one source among others"},
    {"reboot", BootOption::Kind::ignored, "Linux's ways to reboot"},
    {"resume", BootOption::Kind::ignored, "there is no hibernation"},
    {"rootdelay", BootOption::Kind::ignored, "devices are found before root= is mounted"},
    {"rootwait", BootOption::Kind::ignored, "devices are found before root= is mounted"},
    {"selinux", BootOption::Kind::ignored, "a security module of Linux"},
    {"spectre_v2", BootOption::Kind::ignored, "Linux's workarounds for CPU flaws"},
    {"tsc", BootOption::Kind::ignored, "Linux's choice of clock"},
    {"vga", BootOption::Kind::ignored, "the loader chooses the screen's mode"},
    {"video", BootOption::Kind::ignored, "the loader chooses the screen's mode"},
};
// clang-format on

} // namespace uapi
