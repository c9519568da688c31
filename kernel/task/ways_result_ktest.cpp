// An error as a Result that callers pass on.
#include "kernel/task/ways.hpp"

[[gnu::noinline]] Result<int> ways::by_result(int level, int value) {
    if (level == 0) {
        if (value < 0)
            return fail(Errno::einval);
        return value;
    }
    Result<int> (*volatile next)(int, int) = by_result;
    return TRY(next(level - 1, value))
    +level;
}
