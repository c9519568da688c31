// What happens when memory has run out: reclaim, then a victim.
#pragma once

namespace mem {

enum class Relief {
    retry,  ///< memory was freed, or will be soon: try again
    give_up ///< nothing can be done for this thread, e.g. because it is the victim
};

/// Chooses the largest process and kills it, with a logged reason. May sleep a little to let it
/// die.
using ChooseVictim = Relief (*)();

/// process registers its policy here once.
void set_victim_policy(ChooseVictim choose);

/// For a thread that cannot go on without memory and holds no lock. First asks the reclaimers.
Relief out_of_memory();

} // namespace mem
