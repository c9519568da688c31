// Puts one fault into a running kernel.
#pragma once

#include "tests/faults/target.hpp"

#include <span>
#include <string_view>

namespace faults {

enum class Kind { ensure, null, pointer, text_bit, text_word, heap_bit, heap_word };

struct KindRow {
    Kind kind;
    std::string_view name;
    std::string_view about;
    bool random; ///< corruption anywhere, rather than a bug as programmers make it
};

inline constexpr KindRow kinds[] = {
    {Kind::ensure, "ensure", "a check that fails although it holds", false},
    {Kind::null, "null", "a kernel pointer is null when it is used", false},
    {Kind::pointer, "pointer", "a pointer in a heap object changes just before it is loaded", true},
    {Kind::text_bit, "text-bit", "one bit of an instruction that is about to run", true},
    {Kind::text_word, "text-word", "four bytes of instructions that are about to run", true},
    {Kind::heap_bit, "heap-bit", "one bit of the heap, near where it is used", true},
    {Kind::heap_word, "heap-word", "eight bytes of the heap, near where it is used", true},
};

struct Injection {
    u64 site = 0;     ///< the instruction that was about to run
    unsigned hit = 0; ///< for which time
    std::string what;
    std::optional<Repair> repair;
};

/// Those of `sites` where a fault of this kind can be.
std::vector<u64> candidates(Code const& code, Kind kind, std::span<u64 const> sites);

/// Starts the target anew, runs it to a random place among `candidates` and puts the fault there.
/// The same seed does the same to the same target. Nothing when no place was found.
std::optional<Injection> inject(Target& target, Kind kind, u64 seed,
                                std::span<u64 const> candidates);

/// The same at the first execution of `site`; the seed only says what is put there.
std::optional<Injection> inject_at(Target& target, Kind kind, u64 seed, u64 site);

} // namespace faults
