// Threads of the host machine: each is a host thread that waits until it is handed a CPU.
#include "kernel/arch/api/context.hpp"

#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/host/cpu_state.hpp"
#include "kernel/arch/host/machine.hpp"
#include "libs/base/bug.hpp"

#include <csetjmp>
#include <cstdlib>
#include <thread>

namespace host {
namespace {

struct Body {
    std::mutex lock;
    std::condition_variable changed;
    Cpu* token = nullptr; ///< handed over, not yet taken
    bool ended = false;   ///< its context was destroyed
    std::jmp_buf base;
    void (*entry)(void*) = nullptr;
    void* argument = nullptr;
    std::thread thread; ///< none for the context in which a CPU started
    arch::UserRegisters registers{};

    void give(Cpu& cpu) {
        std::scoped_lock const guard(lock);
        token = &cpu;
        changed.notify_all();
    }

    /// False when the thread must end instead.
    bool wait() {
        std::unique_lock guard(lock);
        changed.wait(guard, [&] { return token != nullptr || ended; });
        if (ended)
            return false;
        set_this_cpu(*token);
        token = nullptr;
        return true;
    }

    void run() {
        // A context destroyed in the middle of its work leaves here: nothing on its stack matters.
        if (setjmp(base) == 0 && wait()) {
            upcall::thread_started();
            entry(argument);
            std::abort(); // a context's function must not return
        }
    }
};

Body& body_of(arch::Context& context) {
    MachineWork const work;
    if (context.host == nullptr)
        context.host = new Body; // the host thread that calls
    return *static_cast<Body*>(context.host);
}

std::atomic<Program> the_program{nullptr};

/// The way out to user mode.
void play_program(void* body) {
    auto& registers = static_cast<Body*>(body)->registers;
    upcall::before_user(registers);
    the_program.load()(registers);
    std::abort(); // a program ends by a system call
}

} // namespace

void set_program(Program program) {
    the_program = program;
}

void system_call(arch::UserRegisters& registers) {
    take_interrupts();
    upcall::system_call(registers);
    if (upcall::work_before_user())
        upcall::before_user(registers);
}

} // namespace host

namespace arch {

Context::~Context() {
    auto* const body = static_cast<host::Body*>(host);
    if (body == nullptr)
        return;
    if (body->thread.joinable()) {
        {
            std::scoped_lock const guard(body->lock);
            body->ended = true;
            body->changed.notify_all();
        }
        body->thread.join();
    }
    delete body;
}

Result<void> Context::start_at(VirtAddr top, void (*entry)(void*), void* argument) {
    host::MachineWork const work;
    stack_top = top.value();
    auto* const body = new host::Body;
    host = body;
    body->entry = entry;
    body->argument = argument;
    body->thread = std::thread([body] { body->run(); });
    return {};
}

Result<void> Context::start_user(VirtAddr top, UserRegisters const& registers, Context const*) {
    if (host::the_program == nullptr)
        return fail(Errno::enosys);
    TRY(start_at(top, host::play_program, nullptr));
    host::Body& body = host::body_of(*this);
    body.argument = &body;
    body.registers = registers;
    return {};
}

UserRegisters& Context::user_registers() {
    return host::body_of(*this).registers;
}

u64 Context::tls_base() const {
    return fs_base;
}

void Context::set_tls_base(u64 base) {
    fs_base = base;
}

u64 Context::second_tls_base() const {
    return gs_base;
}

void Context::set_second_tls_base(u64 base) {
    gs_base = base;
}

void Context::save_float_state() {}

ConstBytes Context::float_state() const {
    return {};
}

Result<void> Context::reset_fpu() {
    return {};
}

void switch_context(Context& from, Context& to) {
    host::Body& mine = host::body_of(from);
    static_cast<host::Body*>(to.host)->give(host::this_cpu());
    if (!mine.wait())
        std::longjmp(mine.base, 1);
}

void enter_user(Context&, UserRegisters const&) {
    panic("threads of programs start by start_user() on the host machine");
}

} // namespace arch
