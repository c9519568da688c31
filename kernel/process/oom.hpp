// When no memory can be had: which process gives up its own.
#pragma once

namespace process {

/// Registers the policy with mem: the process with the most resident memory (adjusted by
/// oom_score_adj) is killed, with a logged reason.
void initialise_oom();

/// For a fault that found no memory: reclaims or kills; true when the access may be tried again.
bool relieve_memory() noexcept;

} // namespace process
