// Walks the kernel's table of threads and its run queues.
#include "runner/guest_tasks.hpp"

#include "runner/failure.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace runner {
namespace {

using unwind::Register;

constexpr std::uint64_t kernel_half = 0xffff'8000'0000'0000;

class Reader {
public:
    Reader(KernelImage const& kernel, Types const& types, StoppedMachine& machine,
           GuestMemory const& memory)
        : kernel_(kernel), types_(types), machine_(machine), memory_(memory) {}

    GuestTasks read() {
        attempt([&] { find_running(); });
        attempt([&] { add_programs(); });
        attempt([&] { add_kernel_threads(); });
        std::ranges::sort(found_.tasks, {}, [](GuestTask const& task) {
            return std::pair(task.process == 0, task.thread);
        });
        return std::move(found_);
    }

private:
    /// What one part cannot tell does not keep the others from telling.
    void attempt(auto const& part) {
        try {
            part();
        } catch (Failure const& failure) {
            found_.problems.emplace_back(failure.what());
        }
    }

    KernelObject object(std::uint64_t address, std::string const& type) const {
        return KernelObject::at(types_, memory_, address, type);
    }

    KernelObject variable(std::string_view symbol, std::string const& type) const {
        auto const address = kernel_.symbol(symbol);
        if (!address)
            throw Failure(fmt::format("the kernel's file has no symbol {}", symbol));
        return object(*address, type);
    }

    /// The thread that each CPU runs: its GS base leads to its data in the kernel, or would after a
    /// SWAPGS.
    void find_running() {
        for (std::size_t cpu = 0; cpu < machine_.cpus().size(); ++cpu) {
            auto const& registers = machine_.cpus()[cpu];
            for (auto const base : {registers.gs_base, registers.other_gs_base}) {
                if (base < kernel_half || dwarf::read_word(memory_, base) != base)
                    continue; // CpuData::self
                auto const data = object(base, "arch::CpuData");
                if (data["thread"].number() != 0)
                    running_.emplace_back(cpu, data["context"].number() - context_at());
            }
        }
    }

    /// Where in a task::Thread its context is.
    std::uint64_t context_at() const { return object(0, "task::Thread")["context_"].address(); }

    void add_programs() {
        auto const blocks = variable("_ZN7process12_GLOBAL__N_15spaceE",
                                     "process::PidSpace")["tree_"]["value_"]["blocks_"];
        auto const entry = object(0, "process::PidEntry");
        auto const thread_at = entry["thread"].address();
        for (std::uint64_t i = 0; i < blocks.count(); ++i) {
            if (blocks.element(i).number() == 0)
                continue;
            auto const entries = blocks.element(i).follow()["entries"];
            auto const step = entries.element(1).address() - entries.element(0).address();
            for (std::uint64_t j = 0; j < entries.count(); ++j) {
                auto const thread =
                    dwarf::read_word(memory_, entries.address() + j * step + thread_at);
                if (thread.value_or(0) != 0)
                    attempt([&] { add_program_thread(*thread); });
            }
        }
    }

    void add_program_thread(std::uint64_t address) {
        auto const thread = object(address, "process::Thread");
        auto task = read_thread(thread);
        auto const process = thread["process_"]["object_"].follow().as("process::Process");
        task.process = static_cast<int>(process["pid_"].number());
        task.thread = static_cast<int>(thread["id_"].number());
        attempt([&] { task.program = program_of(process); });
        found_.tasks.push_back(std::move(task));
    }

    /// The last part of its path.
    std::string program_of(KernelObject const& process) const {
        auto const executable = process["own_"]["value_"]["executable"]["object_"];
        if (executable.number() == 0)
            return {};
        auto const file = executable.follow().as("process::Executable")["file"]["object_"];
        if (file.number() == 0)
            return {};
        auto const dentry = file.follow().as("vfs::File")["place_"]["dentry"]["object_"];
        auto const name = dentry.follow().as("vfs::Dentry")["name_"]["characters_"];
        return name["data_"].text(name["size_"].number());
    }

    /// Those that can be found: nothing in the kernel lists them.
    void add_kernel_threads() {
        std::vector<std::uint64_t> found;
        auto const queue = object(0, "task::RunQueue");
        auto const queues = kernel_.symbol("_ZN4task10run_queuesE");
        if (!queues)
            throw Failure("the kernel's file has no symbol of its run queues");
        auto const size = types_.size(*types_.find("task::RunQueue"));
        for (std::size_t cpu = 0; cpu < machine_.cpus().size(); ++cpu)
            found.push_back(
                dwarf::read_word(memory_, *queues + cpu * size + queue["idle"].address())
                    .value_or(0));
        if (auto const worker = kernel_.symbol("_ZN4task12_GLOBAL__N_16workerE"))
            found.push_back(dwarf::read_word(memory_, *worker).value_or(0));
        for (auto const& [cpu, thread] : running_)
            found.push_back(thread);
        for (auto const address : found)
            if (address != 0 &&
                std::ranges::find(found_.tasks, address, &GuestTask::address) == found_.tasks.end())
                attempt(
                    [&] { found_.tasks.push_back(read_thread(object(address, "task::Thread"))); });
    }

    GuestTask read_thread(KernelObject const& thread) const {
        GuestTask task;
        task.address = thread.address();
        task.name = thread["name_"].text(thread["name_size_"].number());
        task.state = thread["scheduling_"]["state"]["value_"].enumerator();
        auto const space = thread["address_space_"]["object_"];
        if (space.number() != 0)
            task.page_table = space.follow()
                                  .as("mem::AddressSpace")["state_"]
                                  .follow()
                                  .as("mem::AddressSpace::State")["table"]["root_"]
                                  .number();
        auto const running = std::ranges::find(running_, task.address,
                                               &std::pair<std::size_t, std::uint64_t>::second);
        if (running != running_.end()) {
            task.cpu = running->first;
            task.frame = {.registers = machine_.cpus()[running->first].registers,
                          .interrupted = true};
        } else {
            task.frame.registers = switched_away(thread["context_"]["stack_pointer"].number());
        }
        return task;
    }

    /// What switch_stack() pushed, innermost first (kernel/arch/x86_64/trap_entry.S).
    unwind::Registers switched_away(std::uint64_t stack) const {
        unwind::Registers registers;
        for (auto const number : {Register::r15, Register::r14, Register::r13, Register::r12,
                                  Register::rbx, Register::rbp, Register::rip}) {
            registers[number] = dwarf::read_word(memory_, stack).value_or(0);
            stack += 8;
        }
        registers[Register::rsp] = stack;
        return registers;
    }

    KernelImage const& kernel_;
    Types const& types_;
    StoppedMachine& machine_;
    GuestMemory const& memory_;
    std::vector<std::pair<std::size_t, std::uint64_t>> running_; ///< CPU, thread
    GuestTasks found_;
};

} // namespace

GuestTasks read_tasks(KernelImage const& kernel, Types const& types, StoppedMachine& machine,
                      GuestMemory const& kernel_memory) {
    return Reader(kernel, types, machine, kernel_memory).read();
}

} // namespace runner
