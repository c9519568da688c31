// The kernel above arch as a host process (tests/faults/host), copied for each injection.
#include "tests/faults/host_target.hpp"

#include "runner/failure.hpp"
#include "tests/faults/holdings.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

namespace faults {
namespace {

constexpr std::byte breakpoint{0xcc};

/// The machine, what plays programs, the tests, and what unwinds are not the kernel under test; nor
/// are functions of the standard library, which those share with it.
bool is_kernel_source(std::string_view file) {
    if (!file.starts_with("kernel/") && !file.starts_with("libs/"))
        return false;
    for (std::string_view const other : {"kernel/arch/", "kernel/host_system/", "kernel/runtime/",
                                         "libs/unwind/", "libs/dwarf/", "libs/hosttest/"})
        if (file.starts_with(other))
            return false;
    return true;
}

} // namespace

HostTarget::HostTarget(std::string const& program, std::vector<std::string> const& words,
                       Lines const& lines)
    : lines_(lines),
      code_(program),
      in_kernel_(code_.symbol("host_system::(anonymous namespace)::in_kernel")),
      directory_(code_.symbol("mem::sections::directory")),
      memory_(runner::memory_file("")) {
    if (ftruncate(memory_.number(), sizeof(host::Shared)) != 0)
        throw runner::Failure("no memory to share with the host's kernel");
    void* const memory =
        mmap(nullptr, sizeof(host::Shared), PROT_READ, MAP_SHARED, memory_.number(), 0);
    if (memory == MAP_FAILED)
        throw runner::Failure("no memory to share with the host's kernel");
    shared_ = static_cast<host::Shared*>(memory);
    auto sockets = runner::SocketPair::open();
    std::vector<std::string> line{program, fmt::format("{}", sockets.theirs.number()),
                                  fmt::format("{}", memory_.number())};
    line.insert(line.end(), words.begin(), words.end());
    server_ = runner::Child::start(line, {}, runner::Child::Group::own);
    sockets.theirs.close();
    socket_ = std::move(sockets.ours);
    char ready = 0;
    pollfd waited{socket_.number(), POLLIN, 0};
    if (poll(&waited, 1, 60'000) != 1 || ::read(socket_.number(), &ready, 1) != 1)
        throw runner::Failure("the host's kernel does not come to its load");
    arena_ = shared_->arena;
    arena_size_ = shared_->arena_size;
}

HostTarget::~HostTarget() {
    copy_.reset();
    munmap(shared_, sizeof *shared_);
}

void HostTarget::restart() {
    copy_.reset();
    char command = 0;
    int id = 0;
    pollfd waited{socket_.number(), POLLIN, 0};
    if (::write(socket_.number(), &command, 1) != 1 || poll(&waited, 1, 10'000) != 1 ||
        ::read(socket_.number(), &id, sizeof id) != sizeof id || id <= 0)
        throw runner::Failure("the host's kernel does not copy itself");
    copy_ = std::make_unique<Tracee>(id);
    // It is ready for the next command as soon as it has answered.
    if (poll(&waited, 1, 10'000) != 1 || ::read(socket_.number(), &command, 1) != 1)
        throw runner::Failure("the host's kernel does not go on");
}

std::byte HostTarget::byte_at(u64 address) const {
    return code_.bytes(address, 1)[0];
}

void HostTarget::put_byte(u64 address, std::byte byte) {
    copy_->write(address, std::span(&byte, 1));
}

bool HostTarget::in_kernel() {
    std::byte flag{};
    return copy_->read(in_kernel_, std::span(&flag, 1)) && flag != std::byte{0};
}

/// The registers then point at the instruction again.
bool HostTarget::at_breakpoint(Tracee::Event const& event, u64* address) {
    if (event.kind != Tracee::Event::Kind::stopped || event.number != SIGTRAP)
        return false;
    auto registers = copy_->registers();
    *address = --registers.values[Registers::rip];
    copy_->set_registers(registers);
    copy_->swallow();
    return true;
}

std::vector<u64> HostTarget::possible_sites() const {
    std::vector<u64> sites;
    for (auto const& [start, end] : code_.functions())
        if (is_kernel_source(lines_.function_file(start)))
            for (u64 at = start; at < end;) {
                sites.push_back(at);
                auto const size = code_.at(at).size;
                at += size != 0 ? size : end;
            }
    return sites;
}

/// A breakpoint at each instruction, until it was hit in the kernel; then also those go that follow
/// it without a jump.
void HostTarget::find_executed() {
    constexpr unsigned most_elsewhere = 20; ///< hits by what is not the kernel's doing
    restart();
    auto const sites = possible_sites();
    std::unordered_set<u64> waiting(sites.begin(), sites.end());
    for (u64 const site : sites)
        put_byte(site, breakpoint);
    std::unordered_map<u64, unsigned> elsewhere;
    u64 at = 0;
    auto event = copy_->run();
    for (; at_breakpoint(event, &at); event = copy_->run()) {
        if (in_kernel()) {
            for (bool straight = true; straight && waiting.erase(at) != 0;) {
                put_byte(at, byte_at(at));
                executed_.push_back(at);
                auto const instruction = code_.at(at);
                straight = !instruction.transfers;
                at += instruction.size;
            }
            continue;
        }
        put_byte(at, byte_at(at));
        if (++elsewhere[at] < most_elsewhere) {
            copy_->step();
            copy_->swallow();
            put_byte(at, breakpoint);
        } else {
            waiting.erase(at);
        }
    }
    if (event.kind != Tracee::Event::Kind::stopped || event.number != SIGSTOP)
        throw runner::Failure(
            fmt::format("the host's kernel does not end its load:\n{}", shared_->log.view()));
    std::ranges::sort(executed_);
}

unsigned HostTarget::reach(u64 address, unsigned hits) {
    unsigned seen = 0;
    u64 at = 0;
    put_byte(address, breakpoint);
    while (at_breakpoint(copy_->run(), &at)) {
        put_byte(address, byte_at(address));
        if (in_kernel() && ++seen == hits)
            return seen;
        copy_->step();
        copy_->swallow();
        put_byte(address, breakpoint);
    }
    return seen;
}

Registers HostTarget::registers() {
    return copy_->registers();
}

void HostTarget::set_register(unsigned number, u64 value) {
    auto registers = copy_->registers();
    registers.values[number] = value;
    copy_->set_registers(registers);
}

/// A fault's signal is delivered when the process goes on.
void HostTarget::step() {
    if (copy_->step().number == SIGTRAP)
        copy_->swallow();
}

bool HostTarget::read(u64 address, std::span<std::byte> into) {
    return copy_->read(address, into);
}

void HostTarget::write(u64 address, std::span<std::byte const> bytes) {
    copy_->write(address, bytes);
}

bool HostTarget::is_heap(u64 address) {
    auto const word = [this](u64 at) { return read_word(at).value_or(0); };
    return in_slab({word, arena_, arena_size_}, word(directory_), address);
}

bool HostTarget::is_pointer(u64 word) {
    std::byte byte{};
    return copy_->read(word, std::span(&byte, 1));
}

/// To its end, or to where it stops itself. A CPU fault's signal is the kernel's own affair.
Tracee::Event HostTarget::run_to_stop() {
    for (;;) {
        auto const event = copy_->run();
        if (event.kind != Tracee::Event::Kind::stopped)
            return event;
        if (event.number == SIGSTOP) {
            copy_->swallow();
            return event;
        }
        if (event.number == SIGPROF)
            return event;
    }
}

Ending HostTarget::finish(std::optional<Repair> const& repair) {
    Ending ending;
    auto event = run_to_stop();
    if (event.kind == Tracee::Event::Kind::stopped && event.number == SIGSTOP) {
        if (repair)
            copy_->write(repair->address, repair->bytes);
        event = run_to_stop();
    }
    using enum Ending::Kind;
    if (event.kind == Tracee::Event::Kind::stopped) {
        ending.kind = hung;
        ending.detail = code_.name(registers().values[Registers::rip]);
        run_to_stop(); // hands over its log
    } else if (event.kind == Tracee::Event::Kind::killed) {
        ending.kind = crashed;
        ending.detail = strsignal(event.number);
    } else {
        ending.kind = event.number == host::exit_finished ? finished
                      : event.number == host::exit_halted ? halted
                                                          : crashed;
    }
    ending.log = shared_->log.view();
    ending.load = shared_->load.view();
    ending.check = shared_->check.view();
    for (unsigned i = 0; i < std::min(shared_->held_count, host::Shared::most_held); ++i)
        ending.held[shared_->held[i].name] = shared_->held[i].count;
    copy_.reset();
    if (auto const at = ending.log.rfind("kernel panic: "); at != std::string::npos)
        ending.detail = ending.log.substr(at, ending.log.find('\n', at) - at);
    return ending;
}

} // namespace faults
