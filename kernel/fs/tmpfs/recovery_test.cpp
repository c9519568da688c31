// What a bug amid a change of names leaves behind: the change is done or not done, nothing is
// refused.
#include "kernel/fs/memory/directory.hpp"
#include "kernel/fs/tmpfs/vfs_fixture.hpp"
#include "libs/base/bug.hpp"

#include <string>
#include <vector>

namespace {

using enum Errno;
constexpr Errno fine{};

template <class Function>
bool has_bug(Function function) {
    try {
        function();
    } catch (KernelBug const&) {
        return true;
    }
    return false;
}

class Recovery : public TmpfsRoot {
protected:
    vfs::Inode& directory(std::string_view path) {
        return *vfs::walk(caller(), cwd(), path, {})->inode();
    }

    Ref<vfs::Inode> inode(std::string_view path) {
        return vfs::walk(caller(), cwd(), path, {})->inode();
    }
};

TEST_F(Recovery, ABugThatChangedNothingLeavesTheDirectoryUsable) {
    ASSERT_EQ(mkdir("d"), fine);
    ASSERT_EQ(make_file("d/f", "text"), fine);
    EXPECT_TRUE(has_bug([&] {
        auto const lock = directory("d").directory_lock().lock();
        panic("test");
    }));
    EXPECT_EQ(read_file("d/f"), "text");
    EXPECT_EQ(make_file("d/g"), fine);
    EXPECT_EQ(unlink("d/f"), fine);
}

TEST_F(Recovery, WhatTheFileSystemHasDoneIsDoneThoughTheCacheWasNotTold) {
    ASSERT_EQ(mkdir("d"), fine);
    ASSERT_EQ(make_file("d/f", "text"), fine);
    ASSERT_EQ(walk("d/h"), enoent); // known to be missing
    auto const kept = *vfs::walk(caller(), cwd(), "d/f", {});
    EXPECT_TRUE(has_bug([&] {
        vfs::Inode& d = directory("d");
        auto const lock = d.directory_lock().lock();
        ASSERT_TRUE(d.rename("f", *kept.inode(), d, "h", nullptr, vfs::RenameRule::replace));
        panic("test");
    }));
    EXPECT_EQ(walk("d/f"), enoent);
    EXPECT_EQ(read_file("d/h"), "text");
    EXPECT_EQ(stat("d/h").links, 1u);
    EXPECT_EQ(rename("d/h", "d/f"), fine);
    EXPECT_EQ(read_file("d/f"), "text");
}

TEST_F(Recovery, AMountStaysWhereItIs) {
    ASSERT_EQ(mkdir("m"), fine);
    auto const at = *vfs::walk(caller(), cwd(), "m");
    ASSERT_TRUE(vfs::mount(caller(), "none", at, "tmpfs", {}, ""));
    ASSERT_EQ(make_file("m/inside"), fine);
    EXPECT_TRUE(has_bug([&] {
        auto const lock = directory("/").directory_lock().lock();
        panic("test");
    }));
    EXPECT_EQ(walk("m/inside"), fine);
    EXPECT_EQ(
        code(mounts_->unmount(*vfs::walk(caller(), cwd(), "m"), vfs::MountTree::Unmount::detach)),
        fine);
    EXPECT_EQ(walk("m/inside"), enoent);
    EXPECT_EQ(rmdir("m"), fine);
}

// Moving a name between two directories, with a bug after each step.

struct Half {
    memfs::NameCounts counts;
    ksync::SleepLocked<memfs::Entries, ksync::Rank::inode> entries{counts};

    memfs::Entry& add(std::string_view name, Ref<vfs::Inode> leads_to) {
        auto fresh = make<memfs::Entry>(name, std::move(leads_to), false);
        {
            auto const guard = entries.lock();
            guard->insert(*fresh, guard->undo());
        }
        return *fresh.release();
    }

    /// Newest first; found by name, too.
    std::vector<std::string> names() {
        auto const guard = entries.lock();
        std::vector<std::string> found;
        for (auto const* entry = guard->from(0); entry != nullptr; entry = entry->older) {
            EXPECT_EQ(guard->find(entry->name), entry);
            EXPECT_EQ(*entry->link, entry);
            found.emplace_back(entry->name.view());
        }
        EXPECT_EQ(counts.size.load(), (found.size() + 2) * memfs::bytes_per_entry);
        return found;
    }
};

TEST_F(Recovery, AMoveBetweenDirectoriesIsUndoneFromEachStep) {
    ASSERT_EQ(mkdir("d"), fine);
    ASSERT_EQ(make_file("f"), fine);
    for (int swapped = 0; swapped < 2; ++swapped) { // which lock comes first
        Half halves[2];
        Half& from = halves[swapped];
        Half& to = halves[1 - swapped];
        from.add("one", inode("f"));
        auto& moved = from.add("moved", inode("d"));
        from.add("three", inode("f"));
        auto& victim = to.add("victim", inode("d"));
        to.add("other", inode("f"));
        for (int steps = 0; steps <= 3; ++steps) {
            auto fresh = make<memfs::Entry>("victim", inode("d"), false);
            EXPECT_TRUE(has_bug([&] {
                auto const both = ksync::lock_pair(from.entries, to.entries);
                auto& undo = both.last().undo();
                if (steps > 0)
                    both.second().take(victim, undo);
                if (steps > 1)
                    both.first().take(moved, undo);
                if (steps > 2)
                    both.second().insert(*fresh, undo);
                panic("test");
            }));
            EXPECT_EQ(from.names(), (std::vector<std::string>{"three", "moved", "one"})) << steps;
            EXPECT_EQ(to.names(), (std::vector<std::string>{"other", "victim"})) << steps;
            EXPECT_EQ(from.counts.links.load(), 3u);
            EXPECT_EQ(to.counts.links.load(), 3u);
            EXPECT_EQ(to.entries.lock()->find("victim"), &victim);
        }
    }
}

TEST_F(Recovery, AnExchangeIsUndone) {
    ASSERT_EQ(mkdir("d"), fine);
    ASSERT_EQ(make_file("f"), fine);
    Half halves[2];
    auto& one = halves[0].add("one", inode("d"));
    auto& other = halves[1].add("other", inode("f"));
    EXPECT_TRUE(has_bug([&] {
        auto const both = ksync::lock_pair(halves[1].entries, halves[0].entries);
        both.first().exchange(other, both.second(), one, both.last().undo());
        EXPECT_EQ(halves[1].counts.links.load(), 3u);
        panic("test");
    }));
    EXPECT_EQ(halves[0].names(), std::vector<std::string>{"one"});
    EXPECT_EQ(halves[0].counts.links.load(), 3u);
    EXPECT_EQ(halves[1].counts.links.load(), 2u);
    EXPECT_EQ(one.inode, inode("d"));
    EXPECT_EQ(other.inode, inode("f"));
}

TEST_F(Recovery, LinksAreCountedByNames) {
    ASSERT_EQ(make_file("f"), fine);
    EXPECT_EQ(link("f", "g"), fine);
    EXPECT_EQ(stat("g").links, 2u);
    EXPECT_EQ(link("f", "g"), eexist);
    EXPECT_EQ(stat("g").links, 2u);
    EXPECT_EQ(make_file("h"), fine);
    auto const replaced = inode("h");
    EXPECT_EQ(rename("g", "h"), fine);
    EXPECT_EQ(replaced->attributes().links, 0u);
    EXPECT_EQ(stat("h").links, 2u);
    EXPECT_EQ(mkdir("d"), fine);
    EXPECT_EQ(rename("d", "h", vfs::RenameRule::exchange), fine);
    EXPECT_EQ(stat("d").links, 2u);
    EXPECT_EQ(stat("h").links, 2u);
    EXPECT_TRUE(stat("h").kind == vfs::Kind::directory);
    EXPECT_EQ(unlink("d"), fine);
    EXPECT_EQ(stat("f").links, 1u);
}

} // namespace
