// Core dumps: stops the other threads, describes the process, and writes it where it is wanted.
#include "kernel/process/core_dump.hpp"

#include "abi/elf.hpp"
#include "kernel/log/log.hpp"
#include "kernel/process/core_name.hpp"
#include "kernel/process/signals.hpp"
#include "kernel/process/trace.hpp"
#include "kernel/vfs/anonymous.hpp"
#include "kernel/vfs/devices.hpp"
#include "kernel/vfs/operations.hpp"
#include "libs/elf/core.hpp"
#include "libs/elf/elf.hpp"

#include <algorithm>

namespace process {

namespace {

using vfs::operator|;

constinit char core_device[32]; ///< below /dev; empty: files. Set before there are programs

struct Turn {};

/// The device can be opened once.
constinit ksync::SleepLocked<Turn, ksync::Rank::core_device> device_turn;

// What the dump says.

/// What a description points to.
struct Gathered {
    Vector<elf::CoreThread> threads;
    Vector<std::byte> auxiliary;
    Vector<String> names;
    Vector<elf::CoreFile> files;
    Vector<elf::CoreRange> ranges;
    uapi::ElfProcessInfo process{};
};

struct Family {
    i32 parent = 0, group = 0, session = 0;
};

Family family_of(TreeGuard&, Process& process) {
    Family family;
    family.parent = static_cast<i32>(process.parent_id.load());
    if (process.group) {
        family.group = static_cast<i32>(process.group->id);
        family.session = static_cast<i32>(process.group->session->id);
    }
    return family;
}

void put_time(i64* to, Nanoseconds time) {
    to[0] = time.count() / 1'000'000'000;
    to[1] = time.count() % 1'000'000'000 / 1000;
}

elf::CoreThread describe(Thread& thread, Family const& family, Signal signal) {
    elf::CoreThread core;
    auto& status = core.status;
    status.signal = std::to_underlying(signal);
    status.current_signal = static_cast<i16>(signal);
    status.pending = thread.pending.set().bits();
    status.blocked = thread.blocked.bits();
    status.pid = static_cast<i32>(thread.id());
    status.parent = family.parent;
    status.group = family.group;
    status.session = family.session;
    auto const usage = thread.usage();
    put_time(&status.times[0], usage.user);
    put_time(&status.times[2], usage.system);
    read_registers(thread, status.registers);
    core.float_state = thread.context().float_state();
    status.has_float_registers = core.float_state.empty() ? 0 : 1;
    return core;
}

/// The other threads wait, so that their registers stay.
void gather_threads(Thread& self, Signal signal, Gathered& into) {
    auto& process = self.process();
    usize count = 0;
    for (;;) {
        into.threads.reserve(count); // not under the lock
        auto tree = pid_space().lock();
        count = process.thread_count;
        if (count > into.threads.capacity())
            continue;
        auto const family = family_of(tree, process);
        into.process.parent = family.parent;
        into.process.group = family.group;
        into.process.session = family.session;
        into.threads.push_back(describe(self, family, signal));
        for (auto* thread = process.first_thread; thread != nullptr;
             thread = thread->next_in_process)
            if (thread != &self)
                into.threads.push_back(describe(*thread, family, signal));
        return;
    }
}

void gather_process(Thread& self, mem::AddressSpace& space, Gathered& into) {
    auto& process = self.process();
    auto const layout = process.layout();
    auto& info = into.process;
    info.letter = 'R';
    info.nice = static_cast<i8>(self.policy().nice);
    auto const who = self.credentials();
    info.uid = static_cast<u32>(who->uid);
    info.gid = static_cast<u32>(who->gid);
    info.pid = static_cast<i32>(process.id());
    copy_bytes(writable_object_bytes(info.name).first(self.name().size()), bytes_of(self.name()));
    usize const shown =
        std::min<usize>(layout.arguments_end - layout.arguments_start, sizeof info.arguments - 1);
    usize const read =
        space.copy_in(writable_object_bytes(info.arguments).first(shown), layout.arguments_start);
    for (usize i = 0; i < read; ++i)
        if (info.arguments[i] == '\0')
            info.arguments[i] = ' ';
    into.auxiliary.resize(layout.auxiliary_end - layout.auxiliary_start);
    into.auxiliary.resize(
        space.copy_in({into.auxiliary.data(), into.auxiliary.size()}, layout.auxiliary_start));
}

u32 segment_flags(arch::AccessFlags access) {
    return (access.has(arch::Access::read) ? u32{uapi::pf_r} : 0) |
           (access.has(arch::Access::write) ? u32{uapi::pf_w} : 0) |
           (access.has(arch::Access::execute) ? u32{uapi::pf_x} : 0);
}

/// As Linux's default coredump_filter: what no file has, and the first page of ELF files, by which
/// debuggers know them. Not compiled into its caller, which owns all of this.
[[gnu::noinline]] u64 dumped_bytes(mem::AddressSpace& space, mem::DumpRange const& range) {
    if (range.own)
        return range.end - range.start;
    if (range.file_start && range.access.has(arch::Access::read))
        if (mem::Frame const first = space.dump_page(range.start);
            first && elf::is_elf(first.bytes()))
            return page_size;
    return 0;
}

void gather_memory(mem::AddressSpace& space, Gathered& into) {
    for (auto const& range : space.dump_ranges())
        if (into.ranges.size() < elf::most_core_ranges)
            into.ranges.push_back({.start = range.start.value(),
                                   .size = range.end - range.start,
                                   .bytes = dumped_bytes(space, range),
                                   .access = segment_flags(range.access)});
    space.for_each_area([&](mem::AreaDescription const& area) {
        if (!area.name.view().starts_with('/'))
            return;
        into.names.push_back(area.name);
        into.files.push_back({.start = area.start.value(),
                              .end = area.end.value(),
                              .page = area.offset >> page_shift,
                              .name = {}});
    });
    for (usize i = 0; i < into.files.size(); ++i)
        into.files[i].name = into.names[i].view(); // they no longer move
}

// Where it goes.

/// Everything must come through: a file as far as its limit, a device from end to end.
class CoreFile {
public:
    CoreFile(Ref<vfs::File> file, u64 limit) : file_(std::move(file)), limit_(limit) {}

    /// EFBIG beyond the limit.
    Result<void> write(ConstBytes bytes) {
        TRY(advance(bytes.size()));
        auto source = mem::Source::kernel(bytes);
        while (source.left() != 0)
            if (TRY(file_->write(source)) == 0)
                return fail(Errno::eio);
        return {};
    }

    /// A page of zeros: a hole where files have them.
    Result<void> skip_page() {
        static constexpr std::byte zeros[256] = {};
        if (file_->is_stream()) {
            for (usize done = 0; done < page_size; done += sizeof zeros)
                TRY(write(zeros));
            return {};
        }
        TRY(advance(page_size));
        TRY(file_->seek(page_size, vfs::SeekFrom::current));
        return {};
    }

    Result<void> finish() {
        return file_->is_stream() ? file_->flush() : file_->truncate(written_); // a hole at the end
    }

private:
    Result<void> advance(u64 bytes) {
        if (bytes > limit_ - written_)
            return fail(Errno::efbig);
        written_ += bytes;
        return {};
    }

    Ref<vfs::File> file_;
    u64 const limit_;
    u64 written_ = 0;
};

/// As Linux: always a new file, in place of what had the name; a directory stays.
Result<Ref<vfs::File>> open_core(Thread& self, Signal signal) {
    using uapi::Open;
    auto const caller = self.caller();
    auto const path = core_path(self, signal);
    static_cast<void>(vfs::unlink(caller, caller.cwd, path.view()));
    return vfs::open(
        caller, caller.cwd, path.view(),
        vfs::OpenFlags(Open::read_write) | Open::create | Open::exclusive | Open::no_follow, 0600);
}

Result<Ref<vfs::File>> open_core_device() {
    std::optional<vfs::DeviceNumber> number;
    vfs::for_each_device([&](vfs::DeviceEntry const& device) {
        if (device.name.view() == std::string_view(core_device))
            number = device.number;
    });
    if (!number)
        return fail(Errno::enxio);
    auto const place =
        TRY(vfs::create_anonymous(vfs::Kind::character_device, 0600, "core", vfs::Naming::plain));
    return vfs::open_device(vfs::Kind::character_device, *number, place, uapi::Open::write_only);
}

Result<void> write_core(CoreFile& to, mem::AddressSpace& space, ConstBytes front,
                        Vector<elf::CoreRange> const& ranges) {
    TRY(to.write(front));
    for (auto const& range : ranges)
        for (UserAddr at(range.start); at < UserAddr(range.start) + range.bytes; at += page_size) {
            mem::Frame const page = space.dump_page(at);
            if (page)
                TRY(to.write(page.bytes()));
            else
                TRY(to.skip_page());
        }
    return to.finish();
}

Result<void> dump(Thread& self, uapi::SigInfo const& info) {
    auto const signal = static_cast<Signal>(info.signo);
    auto const space = self.process().address_space();
    Gathered gathered;
    gather_threads(self, signal, gathered);
    gather_process(self, *space, gathered);
    gather_memory(*space, gathered);
    elf::CoreDescription core;
    core.threads = gathered.threads;
    core.process = gathered.process;
    core.signal = object_bytes(info);
    core.auxiliary = {gathered.auxiliary.data(), gathered.auxiliary.size()};
    core.files = gathered.files;
    core.ranges = gathered.ranges;
    auto const front = elf::core_front(core);
    ConstBytes const front_bytes(front.data(), front.size());
    if (core_device[0] == '\0') {
        CoreFile file(TRY(open_core(self, signal)), self.process().soft_limit(uapi::Limit::core));
        return write_core(file, *space, front_bytes, gathered.ranges);
    }
    auto const turn = device_turn.lock();
    CoreFile device(TRY(open_core_device()), ~u64{0});
    String line = core_name(self);
    StringSink sink(line);
    format_to(sink, " {}\n", elf::core_size(front_bytes, core.ranges));
    TRY(device.write(bytes_of(line.view())));
    return write_core(device, *space, front_bytes, gathered.ranges);
}

// Who waits for whom.

/// While it lives the other threads of the process wait with their end.
class OthersWait {
public:
    explicit OthersWait(Thread& self) : self_(self) {}

    OthersWait(OthersWait const&) = delete;

    ~OthersWait() {
        auto& process = self_.process();
        auto const tree = pid_space().lock_even_poisoned();
        if (process.dumping != &self_)
            return;
        process.dumping = nullptr;
        process.dump_ended.wake_all();
        self_.add(Work::die);
    }

    /// The exit of all threads begins, this one's last. False: another thread was first to end the
    /// process, or is about to by execve.
    bool begin(Status status) {
        auto& process = self_.process();
        auto tree = pid_space().lock();
        if (process.exiting || process.replacing_others != nullptr || self_.has(Work::die))
            return false;
        begin_exit(tree, process, status);
        for (auto const work : {Work::die, Work::stop, Work::signal}) // or no wait would last
            self_.clear(work);
        process.dumping = &self_;
        // Whoever does not come to wait_for_core() ends, which wakes us too.
        (void)process.threads_changed.wait(
            tree, [&] { return process.waiting_for_dump + 1 == process.thread_count; },
            ksync::Wait::uninterruptible);
        return true;
    }

private:
    Thread& self_;
};

bool wants_core(Process& process) {
    return process.dumpable.load() &&
           (core_device[0] != '\0' || process.soft_limit(uapi::Limit::core) >= page_size);
}

/// For the parent.
void note_dump(Process& process) {
    auto const signals = process.handlers()->lock();
    process.exit_status = process.exit_status.with_dump();
}

} // namespace

void set_core_device(std::string_view name) {
    copy_bytes(writable_object_bytes(core_device),
               bytes_of(name.substr(0, sizeof core_device - 1)));
}

void end_with_core(Thread& self, uapi::SigInfo const& info) {
    auto& process = self.process();
    auto const status = Status::killed(static_cast<Signal>(info.signo));
    if (!wants_core(process)) {
        auto tree = pid_space().lock();
        return begin_exit(tree, process, status);
    }
    OthersWait others(self);
    if (!others.begin(status))
        return;
    self.context().save_float_state();
    auto const dumped = dump(self, info);
    if (dumped)
        note_dump(process);
    else
        klog::info("{task}[{pid}]: no core dump: {error}", self.name(), self.id(),
                   uapi::errno_name(dumped.error().code()));
}

void wait_for_core(Thread& self) {
    auto& process = self.process();
    auto tree = pid_space().lock();
    if (process.dumping == nullptr || process.dumping == &self)
        return;
    self.context().save_float_state();
    ++process.waiting_for_dump;
    process.threads_changed.wake_all();
    (void)process.dump_ended.wait(
        tree, [&] { return process.dumping == nullptr; }, ksync::Wait::uninterruptible);
    --process.waiting_for_dump;
}

} // namespace process
