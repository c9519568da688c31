// Puts one fault into a running kernel.
//
// Sites are random among the instructions that the load executes, each with the same weight, and
// then a random one of their first 8 executions. Weighing by how often they run would put nearly
// all faults into the few loops that copy memory; each error a programmer makes has one site.
#include "tests/faults/injection.hpp"

#include "libs/unwind/step.hpp"
#include "tests/faults/code.hpp"

#include <algorithm>
#include <random>

#include <fmt/format.h>

namespace faults {
namespace {

constexpr int most_tries = 100;

class TargetMemory final : public dwarf::Memory {
public:
    explicit TargetMemory(Target& target) : target_(target) {}

    bool read(u64 at, Bytes into) const noexcept override { return target_.read(at, into); }

private:
    Target& target_;
};

/// Whether the running function's own variables are at `address`. Code makes such addresses from
/// the stack pointer, so that they are never null, and compilers know that: their uses get no
/// landing pads.
bool in_own_frame(Target& target, Registers const& registers, u64 address) {
    unwind::Frame frame;
    frame.interrupted = true;
    std::ranges::copy(registers.values, frame.registers.values.begin());
    // gdb's order differs from DWARF's in these two.
    frame.registers[unwind::rbx] = registers.values[Registers::rbx];
    frame.registers[unwind::rdx] = registers.values[Registers::rdx];
    u64 const start = registers.values[Registers::rsp];
    auto const stepped =
        unwind::step(std::span(&target.code().module(), 1), TargetMemory(target), frame);
    return stepped == unwind::Step::stepped && address >= start &&
           address < frame.registers[unwind::rsp];
}

using Random = std::mt19937_64;

u64 below(Random& random, u64 limit) {
    return random() % limit;
}

/// One attempt, at the place where the target stands. Nothing when the place does not suit.
class Attempt {
public:
    Attempt(Target& target, u64 site, Random& random)
        : target_(target),
          site_(site),
          random_(random),
          registers_(target.registers()),
          memory_(target.code().at(site).memory) {}

    std::optional<Injection> make(Kind kind) {
        switch (kind) {
        case Kind::ensure:
            return fail_check();
        case Kind::null:
            return clear_base();
        case Kind::pointer:
            return damage_pointer();
        case Kind::text_bit:
        case Kind::text_word:
            return damage_text(kind == Kind::text_bit);
        case Kind::heap_bit:
        case Kind::heap_word:
            return damage_heap(kind == Kind::heap_bit);
        }
        return std::nullopt;
    }

private:
    Injection done(std::string what) const { return {site_, 0, std::move(what), std::nullopt}; }

    Injection change_word(u64 address, u64 from, u64 to) {
        target_.write(address, std::as_bytes(std::span(&to, 1)));
        return done(fmt::format("[{:x}] {:x} -> {:x}", address, from, to));
    }

    std::optional<Injection> fail_check() {
        auto const& check = target_.code().checks().at(site_);
        target_.set_register(Registers::rip, check.failing);
        return done("the check fails");
    }

    std::optional<Injection> clear_base() {
        if (!memory_ || !target_.is_pointer(base()) || in_own_frame(target_, registers_, base()))
            return std::nullopt;
        u64 const offset = memory_->address(registers_) - base();
        constexpr u64 first_page = 4096;
        if (offset >= first_page)
            return std::nullopt;
        // Only this access: a pointer that somebody forgot to set owns nothing, but the register
        // may hold the only reference to an object.
        auto const number = static_cast<unsigned>(memory_->base);
        target_.set_register(number, 0);
        target_.step();
        target_.set_register(number, base());
        return done(fmt::format("null, used at {:x}", offset));
    }

    std::optional<Injection> damage_pointer() {
        if (!memory_ || !memory_->reads || memory_->size != sizeof(u64))
            return std::nullopt;
        u64 const at = memory_->address(registers_);
        auto const old = target_.is_heap(at) ? target_.read_word(at) : std::nullopt;
        if (!old || !target_.is_pointer(*old))
            return std::nullopt;
        u64 const changes[] = {u64{1} << below(random_, 64), random_() & 0xffff'ffff, random_()};
        return change_word(at, *old, *old ^ changes[below(random_, 3)]);
    }

    std::optional<Injection> damage_heap(bool one_bit) {
        if (!memory_)
            return std::nullopt;
        u64 const used = memory_->address(registers_);
        u64 const at = (used & ~u64{7}) + 8 * below(random_, 17) - 64;
        auto const old =
            target_.is_heap(used) && target_.is_heap(at) ? target_.read_word(at) : std::nullopt;
        if (!old)
            return std::nullopt;
        return change_word(at, *old, one_bit ? *old ^ u64{1} << below(random_, 64) : random_());
    }

    std::optional<Injection> damage_text(bool one_bit) {
        auto const size = one_bit ? target_.code().at(site_).size : 4u;
        auto const old = target_.code().bytes(site_, size);
        std::vector<std::byte> bytes(old.begin(), old.end());
        if (bytes.size() < size || size == 0)
            return std::nullopt;
        if (one_bit)
            bytes[below(random_, size)] ^= std::byte{1} << below(random_, 8);
        else
            for (auto& byte : bytes)
                byte = static_cast<std::byte>(random_());
        target_.write(site_, bytes);
        auto result = done("text:");
        for (std::size_t i = 0; i < size; ++i)
            result.what += fmt::format(" {:02x}->{:02x}", static_cast<unsigned>(old[i]),
                                       static_cast<unsigned>(bytes[i]));
        result.repair = Repair{site_, {old.begin(), old.end()}};
        return result;
    }

    u64 base() const { return registers_.values[static_cast<unsigned>(memory_->base)]; }

    Target& target_;
    u64 site_;
    Random& random_;
    Registers const registers_;
    std::optional<MemoryOperand> const memory_;
};

/// Runs a fresh target to one of the first executions of the instruction; says which.
unsigned reach_some(Target& target, u64 site, Random& random) {
    unsigned hit = 1 + static_cast<unsigned>(below(random, u64{1} << below(random, 4)));
    target.restart();
    unsigned const seen = target.reach(site, hit);
    if (seen == hit || seen == 0)
        return seen;
    hit = 1 + static_cast<unsigned>(below(random, seen));
    target.restart();
    return target.reach(site, hit) == hit ? hit : 0;
}

Random random_of(Kind kind, u64 seed) {
    std::seed_seq words{seed & 0xffff'ffff, seed >> 32, static_cast<u64>(kind)};
    return Random(words);
}

} // namespace

std::vector<u64> candidates(Code const& code, Kind kind, std::span<u64 const> sites) {
    std::vector<u64> result;
    for (u64 const site : sites)
        if (kind == Kind::ensure ? code.checks().contains(site)
                                 : kind == Kind::text_bit || kind == Kind::text_word ||
                                       code.at(site).memory.has_value())
            result.push_back(site);
    return result;
}

std::optional<Injection> inject(Target& target, Kind kind, u64 seed,
                                std::span<u64 const> candidates) {
    auto random = random_of(kind, seed);
    for (int i = 0; i < most_tries && !candidates.empty(); ++i) {
        u64 const site = candidates[below(random, candidates.size())];
        unsigned const hit = reach_some(target, site, random);
        if (hit == 0)
            continue;
        if (auto injection = Attempt(target, site, random).make(kind)) {
            injection->hit = hit;
            return injection;
        }
    }
    return std::nullopt;
}

std::optional<Injection> inject_at(Target& target, Kind kind, u64 seed, u64 site) {
    auto random = random_of(kind, seed);
    target.restart();
    if (target.reach(site, 1) == 0)
        return std::nullopt;
    auto injection = Attempt(target, site, random).make(kind);
    if (injection)
        injection->hit = 1;
    return injection;
}

} // namespace faults
