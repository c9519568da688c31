// How many threads and zombies each user has: what RLIMIT_NPROC limits.
#pragma once

#include "libs/base/bug.hpp"
#include "libs/base/id.hpp"
#include "libs/base/lazy.hpp"
#include "libs/base/vector.hpp"

namespace process {

/// A user is found by a linear search: there are few with processes at any time.
class UserCounts {
public:
    u64 of(Uid user) {
        for (auto const& entry : *entries_)
            if (entry.user == user)
                return entry.count;
        return 0;
    }

    /// Throws std::bad_alloc for a user that had none.
    void add(Uid user, u64 count = 1) {
        for (auto& entry : *entries_)
            if (entry.user == user) {
                entry.count += count;
                return;
            }
        entries_->push_back({user, count});
    }

    void remove(Uid user, u64 count = 1) {
        auto& entries = *entries_;
        for (usize i = 0; i < entries.size(); ++i) {
            if (entries[i].user != user)
                continue;
            ensure(entries[i].count >= count, "a user has fewer processes than end");
            entries[i].count -= count;
            if (entries[i].count == 0)
                entries.erase(i);
            return;
        }
        panic("a process ends that no user had");
    }

private:
    struct Entry {
        Uid user;
        u64 count;
    };

    Lazy<Vector<Entry>> entries_;
};

} // namespace process
