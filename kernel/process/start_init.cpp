// The first program: found in Linux's order, started as PID 1.
#include "kernel/process/start_init.hpp"

#include "kernel/log/log.hpp"
#include "kernel/process/exec.hpp"
#include "kernel/process/file_size.hpp"
#include "kernel/process/job_control.hpp"
#include "kernel/process/oom.hpp"
#include "kernel/vfs/operations.hpp"

namespace process {

namespace {

/// Descriptors 0, 1 and 2.
void open_console(vfs::Caller const& caller, Descriptors& files) {
    auto opened = vfs::open(caller, caller.root, "/dev/console", uapi::Open::read_write);
    if (!opened) {
        klog::warn("Warning: unable to open an initial console: {}",
                   uapi::errno_name(opened.error().code()));
        return;
    }
    for (int i = 0; i < 3; ++i)
        if (auto slot = files.reserve(Descriptors::most))
            std::move(*slot).install(*opened);
}

/// PID 1 as it is before its program: no parent, group and session 0.
struct Shell {
    Ref<Process> process;
    Ref<Descriptors> files;
    Ref<vfs::FsContext> context;
    Ref<Group> group;
};

Result<Shell> make_shell(Pid pid, Ref<vfs::MountTree> mounts) {
    Shell shell;
    auto handlers = TRY(try_make_ref<SignalHandlers>());
    shell.process = TRY(try_make_ref<Process>(pid, std::move(handlers)));
    shell.process->set_credentials(make_ref<vfs::Credentials>());
    shell.files = TRY(try_make_ref<Descriptors>());
    auto const root = mounts->root();
    shell.context = TRY(try_make_ref<vfs::FsContext>(std::move(mounts), root, root, 0022u));
    auto session = TRY(try_make_ref<Session>(Pid{}));
    shell.group = TRY(try_make_ref<Group>(Pid{}, std::move(session)));
    return shell;
}

Result<LoadedProgram> try_path(vfs::Caller const& caller, Process& process, std::string_view path,
                               InitRequest const& request) {
    ExecRequest exec;
    exec.start = caller.cwd;
    exec.path = path;
    exec.shown_path = String(path);
    exec.arguments = request.arguments;
    exec.arguments.insert_front(path);
    exec.environment = request.environment;
    auto loaded = load_program(caller, process, std::move(exec));
    if (loaded)
        klog::info("Run {path} as init process", path);
    return loaded;
}

Result<LoadedProgram> find_program(vfs::Caller const& caller, Process& process,
                                   InitRequest const& request) {
    if (!request.in_initramfs.empty()) {
        auto loaded = try_path(caller, process, request.in_initramfs, request);
        if (loaded)
            return loaded;
        klog::error("Failed to execute {} (error -{})", request.in_initramfs,
                    uapi::errno_name(loaded.error().code()));
    }
    if (!request.required.empty())
        return try_path(caller, process, request.required, request);
    static constexpr std::string_view usual[] = {"/sbin/init", "/etc/init", "/bin/init", "/bin/sh"};
    for (auto const path : usual) {
        auto loaded = try_path(caller, process, path, request);
        if (loaded)
            return loaded;
        if (loaded.error().code() != Errno::enoent)
            klog::error("Starting init: {} exists but couldn't execute it (error -{})", path,
                        uapi::errno_name(loaded.error().code()));
    }
    return fail(Errno::enoent);
}

} // namespace

void initialise() {
    initialise_job_control();
    initialise_oom();
    initialise_file_size_limit();
}

Result<void> start_init(InitRequest const& request) {
    auto pid = TRY(ReservedPid::take());
    ensure(pid.pid() == Pid{1}, "PID 1 must be the first");
    auto shell = TRY(make_shell(pid.pid(), request.mounts));
    vfs::Caller const caller(shell.process->credentials(), *shell.context);
    open_console(caller, *shell.files);
    auto program = TRY(find_program(caller, *shell.process, request));

    auto stack = TRY(mem::KernelStack::allocate("init"));
    VirtAddr const stack_top = stack.top();
    auto thread = TRY(try_make_ref<Thread>(program.name, std::move(stack), program.space, pid.pid(),
                                           shell.process, shell.files, shell.context));
    TRY(thread->context().start_user(stack_top, program.registers));
    auto& process = *shell.process;
    process.set_address_space(program.space);
    process.set_executable(std::move(program.executable));
    process.set_credentials(std::move(program.credentials));
    process.set_layout(program.layout);
    process.has_execed = true;
    {
        auto tree = pid_space().lock();
        pid.keep(tree);
        tree->init = &process;
        process.enter(tree, shell.process);
        join_group(tree, process, shell.group);
        process.link_thread(tree, *thread);
    }
    thread->start();
    return {};
}

} // namespace process
