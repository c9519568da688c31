// Who waits for the next record of the log.
#pragma once

#include "kernel/sync/wait_queue.hpp"

namespace task {

/// Woken soon after each record. Not by the writer itself, who may hold any lock: it asks its own
/// CPU for an interrupt, and the queue is woken on the way out of that, or when the CPU allows
/// preemption again.
ksync::WaitQueue& log_waiters();

} // namespace task
