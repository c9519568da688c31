// Finds and starts PID 1.
#include "kernel/init/first_program.hpp"

#include "kernel/arch/api/upcalls.hpp"
#include "kernel/log/log.hpp"
#include "kernel/process/exit.hpp"
#include "kernel/process/start_init.hpp"
#include "kernel/syscall/table.hpp"
#include "kernel/vfs/walk.hpp"
#include "libs/base/format.hpp"

namespace init {

namespace {

process::Strings strings_of(Vector<String> const& list) {
    process::Strings strings;
    for (auto const& text : list)
        if (!strings.add(text.view()))
            klog::warn("command line: a word for init is too long");
    return strings;
}

} // namespace

void start_first_program(Ref<vfs::MountTree> mounts, cmdline::CommandLine const& options) {
    process::initialise();
    if (options.text("linnet.exit") == "report")
        process::set_end_of_init(process::EndOfInit::report);
    if (options.text("linnet.strace") == "1")
        sys::set_tracing(true);

    process::InitRequest request;
    request.mounts = mounts;
    request.arguments = strings_of(options.init_arguments());
    request.environment = strings_of(options.init_environment());
    // rdinit= (or /init) comes from the initramfs and wins while it is there; else init= counts.
    auto const early = options.text("rdinit").value_or("/init");
    auto const caller = vfs::Caller::kernel(mounts);
    request.ram_root = vfs::walk(caller, caller.root, early).has_value();
    if (request.ram_root)
        request.path = early;
    else if (auto const given = options.text("init")) {
        request.path = *given;
        request.must_exist = true;
    }
    bool const requested = request.must_exist;
    auto const started = process::start_init(std::move(request));
    if (started)
        return;
    if (!requested && started.error() == Errno::enoent)
        upcall::fatal("No working init found. Try passing init= option to kernel.", nullptr);
    char text[128];
    BufferSink sink({text, sizeof text - 1});
    format_to(sink, "Requested init {} failed (error -{}).", options.text("init").value_or(early),
              uapi::errno_name(started.error().code()));
    text[sink.text().size()] = '\0';
    upcall::fatal(text, nullptr);
}

} // namespace init
