// The table of pids: two levels, numbers given out in a circle as on Linux.
#include "kernel/process/pid_space.hpp"

#include "kernel/process/thread.hpp"
#include "libs/base/box.hpp"
#include "libs/base/owned.hpp"

#include <algorithm>

namespace process {

namespace {

constinit PidSpace space;
constexpr PidEntry nothing;

} // namespace

PidSpace& pid_space() {
    return space;
}

PidEntry const& Tree::entry(Pid pid) const {
    int const number = static_cast<int>(pid);
    if (number <= 0 || number >= most || blocks_[number / block_size] == nullptr)
        return nothing;
    return blocks_[number / block_size]->entries[number % block_size];
}

PidEntry& Tree::in_use(Pid pid) {
    int const number = static_cast<int>(pid);
    // 0 is PID 1's first group and session; lookups by number never find it.
    ensure(number >= 0 && number < most && blocks_[number / block_size] != nullptr,
           "a pid that was never given out");
    return blocks_[number / block_size]->entries[number % block_size];
}

Process* Tree::next_process(Pid from) const {
    for (int number = std::max(static_cast<int>(from), 1); number < most; ++number) {
        if (blocks_[number / block_size] == nullptr) {
            number |= block_size - 1;
            continue;
        }
        if (auto* const found = process(Pid(number)))
            return found;
    }
    return nullptr;
}

/// Numbers go round, so that those who live long are spread over few blocks of all.
void Tree::free_empty_blocks() noexcept {
    for (auto*& block : blocks_)
        if (block != nullptr && std::ranges::all_of(block->entries, &PidEntry::free))
            Box<Block>(owned::exchange(block, nullptr));
}

Result<Pid> Tree::reserve() {
    int number = last_;
    for (int tried = 0; tried < most; ++tried) {
        number = number + 1 >= most ? first_reused : number + 1;
        auto*& block = blocks_[number / block_size];
        if (block == nullptr) {
            free_empty_blocks();
            auto fresh = TRY(try_make<Block>());
            block = fresh.raw();
            (void)fresh.release();
        }
        auto& entry = block->entries[number % block_size];
        if (!entry.free())
            continue;
        undo.set(entry.reserved, true);
        undo.set(last_, number);
        return Pid(number);
    }
    return fail(Errno::eagain);
}

Result<ReservedPid> ReservedPid::take() {
    Pid pid{};
    {
        auto tree = space.lock();
        pid = TRY(tree->reserve());
    }
    return ReservedPid(pid);
}

ReservedPid::~ReservedPid() {
    if (pid_ != Pid{})
        persevere([this] { space.lock_even_poisoned()->in_use(pid_).reserved = false; });
}

void ReservedPid::keep(TreeGuard& tree) {
    tree->undo.set(tree->in_use(pid_).reserved, false);
    tree->undo.set(pid_, Pid{});
}

Ref<Process> PidSpace::find_process(Pid pid) {
    return Ref<Process>::share(lock()->process(pid));
}

Ref<Thread> PidSpace::find_thread(Pid pid) {
    return Ref<Thread>::share(lock()->thread(pid));
}

Ref<Process> PidSpace::find_next(Pid from) {
    return Ref<Process>::share(lock()->next_process(from));
}

} // namespace process
