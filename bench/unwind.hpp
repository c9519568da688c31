// What unwinding costs.
#pragma once

namespace bench {

/// Prints both tables, with linnet-halting.elf as it is in the build. With `check`, 1 when an
/// operation costs more than 1 % more than in a kernel without the unwinder.
int bench_unwind(bool check);

} // namespace bench
