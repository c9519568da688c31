// What the parts of the hostile guest program share. It is an ordinary static Linux program: the
// same binary runs on Linux, which is the judge of what should happen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace hostile {

/// One way to misbehave; it ends its process, or returns if the machine lets it pass.
struct Attack {
    char const* name;
    void (*run)();
};

/// "privileged", "apart", "traps", "memory": prints for each attack which signal it got, with code
/// and address, once with a handler and once without. 0 unless an attack was let through.
int faults(std::string const& group);

/// One of `parts` parts of the system calls, with every kind of bad pointer in every pointer
/// argument: prints what each brings.
int pointers(unsigned part, unsigned parts);

/// Fork, memory and descriptor bombs, each ended from outside. 0 if all was as before afterwards.
int bombs(std::string const& which);

/// `count` random system calls from four unprivileged processes.
int random_calls(std::uint64_t seed, std::uint64_t count);

inline constexpr int rounds = 3; ///< after one that fills the kernel's caches

/// Runs `scenario` 1 + `rounds` times beside a process with a heartbeat; 0 if the heart went on
/// beating, no process was left and free memory came back.
int beside_a_bystander(std::function<int(int round)> const& scenario);

inline constexpr unsigned nobody = 65534;

/// Gives up all privileges and the protection from being killed for memory.
bool become_nobody();

/// Kills all processes of `nobody` and reaps what came to this one.
void clear_away();

/// How a child ended: "exit 3", "signal 11".
std::string ending(int status);

/// Forks, runs `work` in the child and returns its wait status.
int in_child(std::function<void()> const& work);

} // namespace hostile
