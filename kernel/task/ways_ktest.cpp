// What the ways to tell of an error cost; instructions where the clock counts them (`linnet bench
// unwind`).
#include "kernel/arch/api/timer.hpp"
#include "kernel/ktest/ktest.hpp"
#include "kernel/log/log.hpp"
#include "kernel/task/ways.hpp"
#include "libs/base/bug.hpp"

namespace {

constexpr int rounds = 100;

/// Of one call, without the loop's own.
template <class Call>
i64 cost_of(int times, Call const& call) {
    i64 best = -1;
    for (int turn = 0; turn < 3; ++turn) {
        auto const start = arch::now();
        for (int i = 0; i < times; ++i)
            call();
        i64 const cost = (arch::now() - start).count() / times;
        best = best < 0 || cost < best ? cost : best;
    }
    return best;
}

template <class Way>
int outcome(Way const& way, int value) {
    try {
        return way(ways::depth, value);
    } catch (int error) {
        return -error;
    } catch (KernelBug const&) {
        return -1;
    }
}

int by_result(int level, int value) {
    auto const result = ways::by_result(level, value);
    return result ? *result : -static_cast<int>(result.error().code());
}

} // namespace

// A9.1, A9.3
KTEST(cost_of_ways_to_tell_of_an_error) {
    struct Named {
        char const* name;
        int (*way)(int, int);
        int failures; ///< to measure: a panic writes a report
    };

    for (auto const& one :
         {Named{"code", ways::by_code, rounds}, Named{"result", by_result, rounds},
          Named{"throw", ways::by_throw, rounds}, Named{"panic", ways::by_panic, 1}}) {
        KCHECK(outcome(one.way, 1) == 1 + 55);
        KCHECK(outcome(one.way, -1) < 0);
        i64 const success = cost_of(rounds, [&] { (void)outcome(one.way, 1); });
        i64 const failure = cost_of(one.failures, [&] { (void)outcome(one.way, -1); });
        klog::info("ways: {} {} {}", one.name, success, failure);
    }
}
