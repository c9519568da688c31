// Registers keep what is in them over system calls, signals and preemption: threads fill them with
// patterns while a timer sends signals and there are more threads than CPUs.
#include "user/os/signal.hpp"
#include "user/os/thread.hpp"
#include "user/os/time.hpp"
#include "user/tests/check.hpp"

#include "abi/resource.hpp"

#include <cstring>

namespace {

struct Block {
    u64 general[14];
    u64 control; ///< MXCSR
    u8 wide[16][16];
};

constexpr usize rax = 0;
constexpr usize rcx = 2;
constexpr usize r11 = 10;

constexpr long none = -1;
constexpr int threads = 4;
constexpr auto duration = Nanoseconds::milliseconds(1'500);
constexpr auto longest = Nanoseconds::seconds(30); // on a machine that is busy
constexpr u64 enough_signals = 20;
constexpr u64 enough_rounds = 50;

std::atomic<u64> signals{0};

} // namespace

extern "C" {
void soak_round(Block const* before, Block* after, long spins, long number);
void soak_clobber();
u64 soak_red_zone(u64 seed, long spins);
}

namespace {

struct Tally {
    u64 rounds = 0;
    u64 wrong = 0;
};

Tally soak(u64 seed) {
    Tally tally;
    Block before = {};
    Block after = {};
    constexpr u32 rounding[] = {0x1f80, 0x3f80, 0x5f80, 0x7f80}; // all masked, each way to round
    auto const start = os::now();
    auto const more = [&] {
        auto const passed = os::now() - start;
        return passed < duration ||
               (passed < longest && (signals <= enough_signals || tally.rounds < enough_rounds));
    };
    for (; more(); ++tally.rounds) {
        u64 state = seed ^ (tally.rounds * 0x9e37'79b9'7f4a'7c15);
        auto* const words = reinterpret_cast<u64*>(&before);
        for (usize i = 0; i < sizeof before / 8; ++i)
            words[i] = state = state * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
        before.control = rounding[tally.rounds % 4];
        long const number = tally.rounds % 3 == 0   ? static_cast<long>(core::Syscall::getppid)
                            : tally.rounds % 3 == 1 ? static_cast<long>(core::Syscall::sched_yield)
                                                    : none;
        soak_round(&before, &after, 20'000, number);
        after.control &= 0xffff'ffff;
        if (number != none)
            for (usize const lost : {rax, rcx, r11})
                after.general[lost] = before.general[lost];
        if (std::memcmp(&before, &after, sizeof before) != 0)
            ++tally.wrong;
        tally.wrong += soak_red_zone(seed + tally.rounds, 20'000);
    }
    return tally;
}

} // namespace

int main() {
    auto const handler = [](int) {
        ++signals;
        soak_clobber();
    };
    test::value(os::handle_signal(os::Signal::alrm, handler));
    uapi::IntervalTimer const timer = {{0, 1'000}, {0, 1'000}};
    core::call(core::Syscall::setitimer, 0, &timer, nullptr);
    os::Guarded<Tally> total;
    {
        Vector<os::Thread> list;
        for (u64 i = 0; i < threads; ++i)
            list.push_back(test::value(os::Thread::start([&, i] {
                auto const own = soak(i + 1);
                auto const access = total.lock();
                access->rounds += own.rounds;
                access->wrong += own.wrong;
            })));
    }
    auto const result = *total.lock();
    CHECK(result.wrong == 0);
    CHECK(result.rounds >= threads * enough_rounds);
    CHECK(signals > enough_signals);
    return test::verdict();
}
