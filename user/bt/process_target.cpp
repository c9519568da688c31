// A running process: stopped thread by thread with ptrace(2), looked at, and let go.
#include "abi/ptrace.hpp"
#include "user/abi/syscall.hpp"
#include "user/bt/target.hpp"
#include "user/options/options.hpp"
#include "user/os/directory.hpp"
#include "user/os/error.hpp"
#include "user/os/process.hpp"

namespace bt {
namespace {

using core::call;
using core::Syscall;

using Request = uapi::PtraceRequest;

constexpr int wait_for_all_threads = 0x4000'0000; // __WALL

class ProcessTarget final : public Target, dwarf::Memory {
public:
    ProcessTarget(i32 process, os::File memory) : memory_(std::move(memory)) {
        what_.process = process;
    }

    ProcessTarget(ProcessTarget const&) = delete;
    ProcessTarget& operator=(ProcessTarget const&) = delete;

    ~ProcessTarget() override {
        for (auto const& thread : what_.threads)
            (void)call(Syscall::ptrace, Request::detach, thread.id, nullptr, nullptr);
    }

    dwarf::Memory const& memory() const override { return *this; }

    bool read(u64 at, Bytes into) const noexcept override {
        while (!into.empty()) {
            auto const got = memory_.read_at(into, at);
            if (!got || *got == 0)
                return false;
            into = into.subspan(*got);
            at += *got;
        }
        return true;
    }

    /// Stops a thread and notes its registers. One that has ended meanwhile is left out.
    Result<void> stop(i32 id) {
        if (auto const seized =
                os::checked(call(Syscall::ptrace, Request::seize, id, nullptr, nullptr));
            !seized) {
            if (seized.error() == Errno::esrch && id != what_.process)
                return {};
            return fail(seized.error().code());
        }
        (void)call(Syscall::ptrace, Request::interrupt, id, nullptr, nullptr);
        int status = 0;
        TRY(os::checked(call(Syscall::wait4, id, &status, wait_for_all_threads, nullptr)));
        if (!os::Status(status).stopped())
            return {};
        inspect::CoreThread thread;
        thread.id = id;
        u64 registers[27];
        what_.threads.push_back(thread);
        TRY(os::checked(call(Syscall::ptrace, Request::get_registers, id, nullptr, registers)));
        what_.threads.back().registers = inspect::registers_of(registers);
        return {};
    }

    Result<void> note_files() {
        maps_ = TRY(os::read_file(format("/proc/{}/maps", what_.process)));
        what_.mappings = inspect::parse_maps(maps_);
        name_ = TRY(os::read_file(format("/proc/{}/comm", what_.process)));
        what_.program = name_.view().substr(0, name_.view().find('\n'));
        return {};
    }

private:
    os::File memory_;
    String maps_;
    String name_;
};

} // namespace

Result<Box<Target>> open_process(i32 process) {
    auto const directory = format("/proc/{}", process);
    if (!os::exists(directory))
        return fail(Errno::esrch);
    auto memory = TRY(os::File::open(format("{}/mem", directory)));
    auto target = make<ProcessTarget>(process, std::move(memory));
    for (auto const& name : TRY(os::list_directory(format("{}/task", directory)))) {
        if (auto const id = parse_number(name))
            TRY(target->stop(static_cast<i32>(*id)));
    }
    TRY(target->note_files());
    return Box<Target>(std::move(target));
}

} // namespace bt
