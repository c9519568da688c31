// execve: find out what the file is, load it into a new address space, switch over.
#include "kernel/process/exec.hpp"

#include "abi/process.hpp"
#include "kernel/process/elf_image.hpp"
#include "kernel/process/exit.hpp"
#include "kernel/process/script.hpp"
#include "kernel/process/signals.hpp"
#include "kernel/process/start_stack.hpp"
#include "kernel/process/timers.hpp"
#include "kernel/random/random.hpp"
#include "kernel/task/scheduler.hpp"
#include "kernel/vfs/operations.hpp"

namespace process {

namespace {

constexpr int most_interpreters = 5;
constexpr u64 first_stack = 132_KiB; ///< mapped at once below the arguments, as on Linux
constexpr u32 set_uid_bit = 04000, set_gid_bit = 02000, group_execute_bit = 010;

/// Not compiled into its caller, which owns a program: what searches a string is noexcept.
[[gnu::noinline]] String base_name(std::string_view path) {
    auto const slash = path.rfind('/');
    return String(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

/// An opened program file and its first bytes.
struct Opened {
    Ref<Executable> executable;
    std::byte start[program_start_size];
    usize start_size = 0;

    ConstBytes bytes() const { return ConstBytes(start).first(start_size); }
};

Result<Opened> open_program(vfs::Caller const& caller, vfs::Place const& start,
                            std::string_view path, vfs::WalkFlags walk) {
    Opened opened;
    opened.executable = make_ref<Executable>();
    opened.executable->file = TRY(vfs::open_for_execution(caller, start, path, walk));
    opened.start_size = TRY(read_fully(*opened.executable->file, opened.start, 0));
    return opened;
}

/// Follows `#!` lines until a program that is none.
Result<Opened> resolve_scripts(vfs::Caller const& caller, ExecRequest& request) {
    auto opened = TRY(open_program(caller, request.start, request.path, request.walk));
    String path;
    String script = request.shown_path;
    for (int depth = 0; is_script(opened.bytes()); ++depth) {
        if (depth == most_interpreters)
            return fail(Errno::eloop);
        auto const line = TRY(parse_script(opened.bytes()));
        request.arguments.remove_front();
        request.arguments.insert_front(script);
        if (!line.argument.empty())
            request.arguments.insert_front(line.argument);
        request.arguments.insert_front(line.interpreter);
        path = String(line.interpreter);
        opened = TRY(open_program(caller, caller.cwd, path, vfs::Walk::follow_last));
        script = path;
    }
    return opened;
}

/// Capabilities follow the new ids: all for root, none for others.
void recompute_capabilities(vfs::Credentials& who) {
    bool const any_root = who.uid == Uid{} || who.euid == Uid{};
    who.permitted = any_root ? who.bounding : vfs::CapabilitySet();
    who.effective = who.euid == Uid{} ? who.permitted : vfs::CapabilitySet();
}

Result<Ref<vfs::Credentials const>> credentials_for(Process& process, vfs::File& file,
                                                    bool& privileged) {
    auto const old = process.credentials();
    auto fresh = TRY(try_make_ref<vfs::Credentials>(*old));
    auto const attributes = file.attributes();
    bool const allowed = !process.no_new_privileges.load() &&
                         !file.place().mount->flags().has(vfs::MountFlag::no_setuid);
    if (allowed && (attributes.permissions & set_uid_bit) != 0)
        fresh->euid = attributes.uid;
    constexpr u32 both = set_gid_bit | group_execute_bit;
    if (allowed && (attributes.permissions & both) == both)
        fresh->egid = attributes.gid;
    privileged = fresh->euid != old->euid || fresh->egid != old->egid;
    fresh->suid = fresh->fsuid = fresh->euid;
    fresh->sgid = fresh->fsgid = fresh->egid;
    recompute_capabilities(*fresh);
    return Ref<vfs::Credentials const>(std::move(fresh));
}

struct Entry {
    UserAddr start;   ///< of execution
    UserAddr program; ///< the program's own entry
    UserAddr headers; ///< 0: not mapped
    u16 header_count = 0;
    u64 interpreter_base = 0;
};

Result<Entry> map_program(vfs::Caller const& caller, mem::AddressSpace& space, Opened& opened) {
    auto& file = *opened.executable->file;
    auto const program = TRY(read_program(file, opened.bytes()));
    u64 bias = 0;
    if (program.kind == elf::Kind::relocatable)
        bias = align_up(space.layout().program_base.value(), program.alignment) - program.lowest;
    TRY(map_segments(space, file, program, bias));
    space.set_break_start(UserAddr(program.highest + bias).page_up() + space.layout().break_offset);

    Entry entry;
    entry.start = entry.program = UserAddr(program.entry + bias);
    entry.header_count = program.program_header_count;
    if (program.program_headers != 0)
        entry.headers = UserAddr(program.program_headers + bias);
    if (!program.interpreter)
        return entry;
    auto const path = TRY(read_interpreter_path(file, *program.interpreter));
    auto const linker = TRY(open_program(caller, caller.cwd, path, vfs::Walk::follow_last));
    auto& linker_file = *linker.executable->file;
    auto const image = TRY(read_program(linker_file, linker.bytes()));
    u64 linker_bias = 0;
    if (image.kind == elf::Kind::relocatable)
        linker_bias = TRY(reserve_anywhere(space, image));
    TRY(map_segments(space, linker_file, image, linker_bias));
    entry.start = UserAddr(image.entry + linker_bias);
    entry.interpreter_base = image.lowest + linker_bias;
    return entry;
}

Vector<AuxiliaryEntry> auxiliary_vector(Entry const& entry, vfs::Credentials const& who,
                                        bool privileged) {
    constexpr u64 header_entry_size = 56;
    auto const id = [](auto value) { return static_cast<u64>(value); };
    auto const features = arch::program_features();
    return {{uapi::at_hwcap, features.first},
            {uapi::at_pagesz, page_size},
            {uapi::at_clktck, uapi::ticks_per_second},
            {uapi::at_phdr, entry.headers.value()},
            {uapi::at_phent, header_entry_size},
            {uapi::at_phnum, entry.header_count},
            {uapi::at_base, entry.interpreter_base},
            {uapi::at_flags, 0},
            {uapi::at_entry, entry.program.value()},
            {uapi::at_uid, id(who.uid)},
            {uapi::at_euid, id(who.euid)},
            {uapi::at_gid, id(who.gid)},
            {uapi::at_egid, id(who.egid)},
            {uapi::at_secure, privileged ? u64{1} : u64{0}},
            {uapi::at_hwcap2, features.second}};
}

Result<StackImage> map_stack(mem::AddressSpace& space, Entry const& entry,
                             ExecRequest const& request, vfs::Credentials const& who,
                             bool privileged) {
    StackContents contents;
    contents.arguments = request.arguments.bytes();
    contents.argument_count = request.arguments.count();
    contents.environment = request.environment.bytes();
    contents.environment_count = request.environment.count();
    contents.file_name = request.shown_path;
    rng::fill(contents.random);
    UserAddr const top = space.layout().stack_top;
    auto image = build_stack(top, contents, auxiliary_vector(entry, who, privileged));

    mem::MapRequest stack;
    stack.at = (image.stack - first_stack).page_down();
    stack.size = top - stack.at;
    stack.access = arch::Access::read | arch::Access::write;
    stack.place = mem::MapRequest::Place::exact_fresh;
    stack.grows_down = true;
    stack.label = "[stack]";
    TRY(space.map(std::move(stack)));
    if (space.copy_out(image.stack, ConstBytes(image.bytes.data(), image.bytes.size())) !=
        image.bytes.size())
        return fail(Errno::enomem);
    return image;
}

/// Ends the other threads of the process. EINTR when the process itself is to end.
Result<void> become_only_thread(Thread& self) {
    auto& process = self.process();
    auto tree = pid_space().lock();
    if (process.exiting || process.replacing_others != nullptr || self.has(Work::die))
        return fail(Errno::erestartnointr); // never seen: the thread dies on its way out
    process.replacing_others = &self;
    for (auto* thread = process.first_thread; thread != nullptr; thread = thread->next_in_process)
        if (thread != &self) {
            thread->add(Work::die);
            task::kick(*thread);
        }
    auto const alone = process.threads_changed.wait(
        tree, [&] { return process.thread_count == 1; }, ksync::Wait::killable);
    process.replacing_others = nullptr;
    if (!alone)
        return std::unexpected<Error>(alone.error());
    if (self.id() != process.id())
        self.become_first(tree); // the program goes on under the process's number
    process.has_execed = true;
    process.exit_signal = Signal::chld;
    return {};
}

/// What other processes shared with this one by clone is its own from now on.
Result<void> unshare(Thread& self) {
    auto handlers = TRY(self.process().handlers()->clone());
    {
        auto actions = handlers->lock();
        actions->reset_handlers();
    }
    auto files = TRY(self.files().clone());
    {
        auto tree = pid_space().lock();
        self.process().replace_handlers(tree, handlers);
    }
    if (self.files().reference_count() > 1)
        self.set_files(std::move(files));
    return {};
}

} // namespace

Result<LoadedProgram> load_program(vfs::Caller const& caller, Process& process,
                                   ExecRequest request) {
    if (request.arguments.count() == 0)
        TRY(request.arguments.add("")); // as Linux since 5.18: argv[0] always exists
    auto opened = TRY(resolve_scripts(caller, request));
    LoadedProgram loaded;
    loaded.credentials = TRY(credentials_for(process, *opened.executable->file, loaded.privileged));
    loaded.space = TRY(mem::AddressSpace::create(rng::number()));
    loaded.space->set_limits(process.soft_limit(uapi::Limit::address_space),
                             process.soft_limit(uapi::Limit::stack),
                             process.soft_limit(uapi::Limit::data));
    auto const entry = TRY(map_program(caller, *loaded.space, opened));
    auto const stack =
        TRY(map_stack(*loaded.space, entry, request, *loaded.credentials, loaded.privileged));
    loaded.executable = std::move(opened.executable);
    loaded.registers = arch::program_start(entry.start, stack.stack);
    loaded.layout = {stack.arguments_start,
                     stack.arguments_end,
                     stack.environment_start,
                     stack.environment_end,
                     stack.auxiliary_start,
                     stack.auxiliary_end,
                     stack.stack};
    loaded.name = base_name(request.shown_path);
    return loaded;
}

Result<void> execute(Thread& self, arch::UserRegisters& registers, LoadedProgram program) {
    auto& process = self.process();
    TRY(become_only_thread(self));
    TRY(self.context().reset_fpu());
    TRY(unshare(self));
    // Nothing below fails.
    release_memory_duties(self);
    if (auto* const timers = process.timers_if_any())
        timers->remove_created();
    self.files().close_on_exec();
    process.set_address_space(program.space);
    self.set_address_space(std::move(program.space));
    wake_vfork_parent(process);
    process.set_executable(std::move(program.executable));
    process.set_credentials(std::move(program.credentials));
    process.set_layout(program.layout);
    process.keep_capabilities.store(false);
    process.dumpable.store(!program.privileged);
    if (program.privileged)
        process.parent_death_signal = Signal{};
    self.set_name(program.name);
    self.alternate_stack = {0, uapi::ss_disable, 0, 0};
    self.context().set_tls_base(0);
    self.context().set_second_tls_base(0);
    registers = program.registers;
    return {};
}

} // namespace process
