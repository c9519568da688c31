// Finds and starts PID 1.
#include "kernel/init/first_program.hpp"

#include "kernel/init/give_up.hpp"
#include "kernel/log/log.hpp"
#include "kernel/process/core_dump.hpp"
#include "kernel/process/exit.hpp"
#include "kernel/process/start_init.hpp"
#include "kernel/process/user_backtrace.hpp"
#include "kernel/syscall/table.hpp"
#include "kernel/vfs/walk.hpp"

namespace init {

namespace {

process::Strings strings_of(Vector<String> const& list) {
    process::Strings strings;
    for (auto const& text : list)
        if (!strings.add(text.view()))
            klog::warn("command line: a word for init is too long");
    return strings;
}

[[noreturn, gnu::always_inline]] inline void refuse(std::string_view option, std::string_view path,
                                                    Error const& error) {
    give_up("Requested init {} failed (error -{}): {}= must name a program in the initramfs.", path,
            uapi::errno_name(error.code()), option);
}

/// rdinit= or /init; empty when the initramfs has no /init. An rdinit= that is not there ends the
/// boot: Linux would go on to mount root=, and panic because it cannot.
std::string_view early_program(vfs::Caller const& caller, cmdline::CommandLine const& options) {
    auto const given = options.text("rdinit");
    auto const path = given.value_or("/init");
    auto const found = vfs::walk(caller, caller.root, path);
    if (found)
        return path;
    if (given)
        refuse("rdinit", path, found.error());
    if (auto const root = options.text("root"))
        give_up("VFS: Unable to mount root fs {}: there are no block devices, and the initramfs "
                "has no /init.",
                *root);
    return "";
}

} // namespace

void start_first_program(Ref<vfs::MountTree> mounts, cmdline::CommandLine const& options) {
    process::initialise();
    if (options.text("linnet.exit") == "report")
        process::set_end_of_init(process::EndOfInit::report);
    if (options.text("linnet.strace") == "1")
        sys::set_tracing(true);

    if (auto const device = options.text("linnet.core"))
        process::set_core_device(*device);
    process::set_user_backtraces(options.text("linnet.backtrace") == "1");

    process::InitRequest request;
    request.mounts = std::move(mounts);
    request.arguments = strings_of(options.init_arguments());
    request.environment = strings_of(options.init_environment());
    request.in_initramfs = early_program(vfs::Caller::kernel(request.mounts), options);
    request.required = options.text("init").value_or("");
    auto const started = process::start_init(request);
    if (started)
        return;
    if (auto const init = options.text("init"))
        refuse("init", *init, started.error());
    if (started.error() == Errno::enoent)
        give_up("No working init found. Try passing init= option to kernel.");
    give_up("Starting init failed (error -{}).", uapi::errno_name(started.error().code()));
}

} // namespace init
