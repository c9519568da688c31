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
    template <class Change>
    void add(Change& change, Uid user, u64 count = 1) {
        auto& entry = entry_for(user);
        change.set(entry.count, entry.count + count);
    }

    template <class Change>
    void remove(Change& change, Uid user, u64 count = 1) {
        auto& entry = entry_for(user);
        ensure(entry.count >= count, "a user has fewer processes than end");
        change.set(entry.count, entry.count - count);
    }

private:
    struct Entry {
        Uid user;
        u64 count; ///< 0: free for any user
    };

    Entry& entry_for(Uid user) {
        Entry* unused = nullptr;
        for (auto& entry : *entries_) {
            if (entry.user == user)
                return entry;
            if (entry.count == 0)
                unused = &entry;
        }
        if (unused == nullptr)
            return entries_->push_back({user, 0});
        unused->user = user;
        return *unused;
    }

    Lazy<Vector<Entry>> entries_;
};

} // namespace process
