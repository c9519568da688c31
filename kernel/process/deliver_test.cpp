// Tests of the way back to a program: which signal runs, with which mask, on which stack, and what
// becomes of the system call it interrupted.
#include "abi/syscalls.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/mem/space_fixture.hpp"
#include "kernel/process/exit.hpp"
#include "kernel/process/signals.hpp"

using namespace process;
using uapi::SignalFlag;

namespace {

constexpr u64 restorer = 0x5000;
constexpr u64 call_site = 0x40'1000; ///< behind the program's `syscall`

/// One thread of one process, which the test itself pretends to run.
class Deliver : public InSpace {
protected:
    Deliver() : pid_(std::move(*ReservedPid::take())) {
        stack_ = map(16) + 16 * page_size;
        process_ = make_ref<Process>(pid_.pid(), make_ref<SignalHandlers>());
        process_->set_credentials(make_ref<vfs::Credentials>());
        thread_ = make_ref<Thread>("test", std::move(*mem::KernelStack::allocate("test")), nullptr,
                                   pid_.pid(), process_, make_ref<Descriptors>(), nullptr);
        {
            auto reference = process_;
            auto tree = pid_space().lock();
            pid_.keep(tree);
            process_->enter(tree, reference);
            process_->link_thread(tree, *thread_);
        }
        arch::set_current_thread(static_cast<ksync::Sleeper*>(thread_.raw()));
        registers_.rip = call_site;
        registers_.rsp = stack_.value() - 4096;
        registers_.orig_rax = ~u64{0};
    }

    ~Deliver() override {
        arch::set_current_thread(nullptr);
        Gone gone;
        auto tree = pid_space().lock();
        process_->unlink_thread(tree, *thread_);
        process_->leave(tree, gone);
    }

    void handle(Signal signal, u64 handler, u64 flags = 0, SignalSet mask = {}) {
        (*process_->handlers()->lock())[signal] = {
            handler, flags | std::to_underlying(SignalFlag::restorer), restorer, mask.bits()};
    }

    void send(Signal signal, i32 code = uapi::si_user) {
        uapi::SigInfo info{};
        info.signo = std::to_underlying(signal);
        info.code = code;
        auto tree = pid_space().lock();
        ASSERT_TRUE(process::send(tree, *process_, info));
    }

    void send_own(Signal signal) {
        uapi::SigInfo info{};
        info.signo = std::to_underlying(signal);
        auto tree = pid_space().lock();
        ASSERT_TRUE(send_to_thread(tree, *thread_, info));
    }

    /// The program is about to go on.
    void go_on() { upcall::before_user(registers_); }

    /// As after a system call that ended so.
    void end_call(u64 number, Errno code) {
        registers_.orig_rax = number;
        registers_.set_result(-std::to_underlying(code));
        thread_->add(Work::restart);
    }

    /// The handler returns to the restorer, which calls rt_sigreturn.
    void return_from_handler() {
        registers_.rsp += 8;
        registers_.orig_rax = static_cast<u64>(uapi::Syscall::rt_sigreturn);
        ASSERT_TRUE(signal_return(*thread_, registers_));
    }

    ReservedPid pid_;
    Ref<Process> process_;
    Ref<Thread> thread_;
    UserAddr stack_;
    arch::UserRegisters registers_{};
};

TEST_F(Deliver, NothingPendingChangesNothing) {
    auto const before = registers_;
    thread_->add(Work::signal);
    go_on();
    EXPECT_EQ(registers_.rip, before.rip);
    EXPECT_EQ(registers_.rsp, before.rsp);
    EXPECT_FALSE(thread_->has_work());
}

TEST_F(Deliver, AHandlerRunsWithItsMaskAndReturns) {
    handle(Signal::usr1, 0x1000, 0, SignalSet{Signal::term});
    registers_.rbx = 77;
    send(Signal::usr1);
    go_on();
    EXPECT_EQ(registers_.rip, 0x1000u);
    EXPECT_EQ(registers_.rdi, 10u);
    EXPECT_EQ(registers_.rsp % 16, 8u) << "as a call leaves the stack";
    EXPECT_LT(registers_.rsp, stack_.value() - 4096 - 128) << "below the red zone";
    EXPECT_EQ(thread_->blocked, (SignalSet{Signal::usr1, Signal::term}));
    u64 return_address = 0;
    ASSERT_EQ(arch::copy_from_user(writable_object_bytes(return_address), registers_.stack()), 8u);
    EXPECT_EQ(return_address, restorer);

    registers_.rbx = 0;
    return_from_handler();
    EXPECT_EQ(registers_.rip, call_site);
    EXPECT_EQ(registers_.rsp, stack_.value() - 4096);
    EXPECT_EQ(registers_.rbx, 77u);
    EXPECT_TRUE(thread_->blocked.empty());
    EXPECT_FALSE(registers_.from_system_call()) << "what was interrupted is no call to restart";
}

TEST_F(Deliver, ASignalWaitsWhileItsOwnHandlerRuns) {
    handle(Signal::usr1, 0x1000);
    send(Signal::usr1);
    go_on();
    send(Signal::usr1);
    auto const inside = registers_.rsp;
    go_on();
    EXPECT_EQ(registers_.rsp, inside);
    return_from_handler();
    go_on();
    EXPECT_EQ(registers_.rip, 0x1000u) << "it comes once the first has returned";
}

TEST_F(Deliver, NoDeferLetsItComeAgain) {
    handle(Signal::usr1, 0x1000, std::to_underlying(SignalFlag::no_defer));
    send(Signal::usr1);
    go_on();
    auto const inside = registers_.rsp;
    EXPECT_TRUE(thread_->blocked.empty());
    send(Signal::usr1);
    go_on();
    EXPECT_LT(registers_.rsp, inside) << "a second frame below the first";
}

TEST_F(Deliver, ResetHandServesOnce) {
    handle(Signal::chld, 0x1000, std::to_underlying(SignalFlag::reset_hand));
    send(Signal::chld);
    go_on();
    EXPECT_EQ(registers_.rip, 0x1000u);
    EXPECT_EQ((*process_->handlers()->lock())[Signal::chld].handler, uapi::sig_dfl);
}

TEST_F(Deliver, SeveralNestSoThatTheLastFrameRunsFirst) {
    handle(Signal::hup, 0x1000);
    handle(Signal::term, 0x2000);
    send(Signal::term);
    send(Signal::hup);
    go_on();
    EXPECT_EQ(registers_.rip, 0x2000u) << "taken in order of their numbers: 1, then 15 on top";
    return_from_handler();
    EXPECT_EQ(registers_.rip, 0x1000u);
    return_from_handler();
    EXPECT_EQ(registers_.rip, call_site);
    EXPECT_TRUE(thread_->blocked.empty());
}

TEST_F(Deliver, AFaultOfTheThreadComesBeforeWhatWasSentToTheProcess) {
    handle(Signal::hup, 0x1000);
    handle(Signal::segv, 0x2000);
    send(Signal::hup);
    send_own(Signal::segv);
    go_on();
    EXPECT_EQ(registers_.rip, 0x1000u) << "the first taken lies below: it runs last";
    return_from_handler();
    EXPECT_EQ(registers_.rip, 0x2000u);
}

TEST_F(Deliver, BlockedSignalsStay) {
    handle(Signal::usr1, 0x1000);
    set_blocked(*thread_, SignalSet{Signal::usr1});
    send(Signal::usr1);
    go_on();
    EXPECT_EQ(registers_.rip, call_site);
    set_blocked(*thread_, {});
    go_on();
    EXPECT_EQ(registers_.rip, 0x1000u);
}

TEST_F(Deliver, TheAlternateStackIsUsedOnce) {
    auto const alternate = map(4);
    thread_->alternate_stack = {alternate.value(), 0, 0, 4 * page_size};
    handle(Signal::usr1, 0x1000, std::to_underlying(SignalFlag::on_stack));
    handle(Signal::usr2, 0x2000, std::to_underlying(SignalFlag::on_stack));
    send(Signal::usr1);
    go_on();
    auto const first = registers_.rsp;
    EXPECT_GT(first, alternate.value());
    EXPECT_LT(first, alternate.value() + 4 * page_size);
    send(Signal::usr2);
    go_on();
    EXPECT_LT(registers_.rsp, first) << "already on it: it goes on downwards";
    EXPECT_GT(registers_.rsp, alternate.value());
    return_from_handler();
    return_from_handler();
    EXPECT_EQ(registers_.rsp, stack_.value() - 4096);
    EXPECT_EQ(thread_->alternate_stack.sp, alternate.value());
}

struct Ending {
    Errno code;
    bool sa_restart;
    bool repeats;
};

class Interrupted : public Deliver, public testing::WithParamInterface<Ending> {};

TEST_P(Interrupted, CallsRepeatOrFailAfterAHandlerAsTheirCodeSays) {
    auto const& [code, sa_restart, repeats] = GetParam();
    handle(Signal::usr1, 0x1000, sa_restart ? std::to_underlying(SignalFlag::restart) : 0);
    end_call(35, code);
    send(Signal::usr1);
    go_on();
    EXPECT_EQ(registers_.rip, 0x1000u);
    return_from_handler();
    EXPECT_EQ(registers_.rip, repeats ? call_site - 2 : call_site);
    EXPECT_EQ(registers_.result(), repeats ? 35 : -std::to_underlying(Errno::eintr));
}

INSTANTIATE_TEST_SUITE_P(Codes, Interrupted,
                         testing::Values(Ending{Errno::erestartsys, true, true},
                                         Ending{Errno::erestartsys, false, false},
                                         Ending{Errno::erestartnointr, false, true},
                                         Ending{Errno::erestartnohand, true, false},
                                         Ending{Errno::erestart_restartblock, true, false}),
                         [](auto const& of) {
                             return std::string(uapi::errno_name(of.param.code)) +
                                    (of.param.sa_restart ? "_restart" : "");
                         });

TEST_F(Deliver, WithoutAHandlerCallsGoOnUnnoticed) {
    end_call(0, Errno::erestartnohand);
    send(Signal::chld); // ignored by default
    go_on();
    EXPECT_EQ(registers_.rip, call_site - 2);
    EXPECT_EQ(registers_.result(), 0);
    end_call(35, Errno::erestart_restartblock);
    go_on();
    EXPECT_EQ(registers_.result(), static_cast<i64>(uapi::Syscall::restart_syscall));
}

TEST_F(Deliver, ATemporaryMaskHoldsUntilTheHandlerReturns) {
    handle(Signal::usr1, 0x1000);
    set_blocked(*thread_, SignalSet{Signal::usr1, Signal::usr2});
    set_temporary_mask(*thread_, SignalSet{Signal::term});
    send(Signal::usr1);
    end_temporary_mask(*thread_, true);
    go_on();
    EXPECT_EQ(registers_.rip, 0x1000u);
    EXPECT_EQ(thread_->blocked, (SignalSet{Signal::term, Signal::usr1}));
    return_from_handler();
    EXPECT_EQ(thread_->blocked, (SignalSet{Signal::usr1, Signal::usr2}));
}

} // namespace
