// Contexts of the host machine, and programs that tests play in them.
#include "kernel/arch/api/context.hpp"

#include "kernel/arch/api/upcalls.hpp"
#include "kernel/arch/host/body.hpp"
#include "kernel/arch/host/cpu_state.hpp"
#include "kernel/arch/host/machine.hpp"
#include "libs/base/bug.hpp"
#include "libs/base/retry.hpp"

#include <cstdlib>

namespace host {
namespace {

std::atomic<Program> the_program{nullptr};
bool one_thread = false;

Body* make_body() {
    return one_thread ? make_stack_body() : make_thread_body();
}

Body& body_of(arch::Context& context) {
    MachineWork const work;
    if (context.host == nullptr)
        context.host = make_body(); // the host thread that calls
    return *static_cast<Body*>(context.host);
}

/// The way out to user mode.
void play_program(void* body) {
    auto& registers = static_cast<Body*>(body)->registers;
    retry_after_bug([&] { upcall::before_user(registers); });
    the_program.load()(registers);
    std::abort(); // a program ends by a system call
}

} // namespace

void stay_on_one_thread() {
    one_thread = true;
}

bool is_on_one_thread() {
    return one_thread;
}

void set_program(Program program) {
    the_program = program;
}

void system_call(arch::UserRegisters& registers) {
    take_interrupts();
    upcall::system_call(registers);
    retry_after_bug([&] { // as the way out to user mode is
        if (upcall::work_before_user())
            upcall::before_user(registers);
    });
}

} // namespace host

namespace arch {

Context::~Context() {
    delete static_cast<host::Body*>(host);
}

Result<void> Context::start_at(VirtAddr top, void (*entry)(void*), void* argument) {
    host::MachineWork const work;
    stack_top = top.value();
    auto* const body = host::make_body();
    host = body;
    body->start(entry, argument);
    return {};
}

Result<void> Context::start_user(VirtAddr top, UserRegisters const& registers, Context const*) {
    if (host::the_program == nullptr)
        return fail(Errno::enosys);
    host::MachineWork const work;
    stack_top = top.value();
    auto* const body = host::make_body();
    host = body;
    body->registers = registers;
    body->start(host::play_program, body);
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
    host::body_of(from).switch_to(*static_cast<host::Body*>(to.host));
}

void enter_user(Context&, UserRegisters const&) {
    panic("threads of programs start by start_user() on the host machine");
}

} // namespace arch
