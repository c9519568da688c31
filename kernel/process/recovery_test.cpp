// A bug amid a change of the tree of processes leaves it as it was, to the last reference.
#include "kernel/process/family_fixture.hpp"

#include <map>
#include <string>

using namespace process;

namespace {

/// Everything that the tree's lock protects of some processes, by name.
using State = std::map<std::string, u64>;

u64 number(auto const* pointer) {
    return address_of(pointer).value();
}

class Recovery : public Family {
protected:
    Recovery() : one_(child()), two_(child()), leader_(child()), grandchild_(member_of(leader_)) {
        EXPECT_TRUE(set_group(*init_.process, leader_.process->id(), Pid{}));
        EXPECT_TRUE(set_group(*leader_.process, grandchild_.process->id(), Pid{}));
    }

    Member member_of(Member& parent) { return add(parent.process.raw(), parent.process->group); }

    State state() {
        State all;
        auto tree = pid_space().lock();
        all["threads"] = tree->threads();
        all["processes"] = tree->processes();
        all["forks"] = tree->forks();
        all["of root"] = tree->users.of(Uid{});
        all["of 7"] = tree->users.of(Uid{7});
        for (auto& [process, thread] : all_) {
            auto const pid = process->id();
            auto const name = std::to_string(static_cast<int>(pid)) + " ";
            all[name + "entry's process"] = number(tree->process(pid));
            all[name + "entry's thread"] = number(tree->thread(pid));
            all[name + "entry's group"] = number(tree->group(pid));
            all[name + "entry's session"] = number(tree->session(pid));
            all[name + "references"] = process->reference_count();
            all[name + "parent"] = number(process->parent);
            all[name + "parent_id"] = static_cast<u64>(process->parent_id.load());
            all[name + "group"] = number(process->group.raw());
            all[name + "group's references"] = process->group->reference_count();
            all[name + "session's groups"] = process->group->session->groups;
            all[name + "threads"] = process->thread_count;
            all[name + "living"] = process->live_threads.load();
            all[name + "first"] = number(process->first_thread);
            all[name + "counted as"] = static_cast<u64>(process->counted_as);
            all[name + "zombie"] = process->zombie ? 1 : 0;
            all[name + "reaped"] = process->reaped_children.minor_faults;
            all[name + "leaving"] = thread->leaving ? 1 : 0;
            all[name + "thread's number"] = static_cast<u64>(thread->id());
            all[name + "thread's process's list"] = number(thread->next_in_process);
            put_list(all, name + "child ", process->children);
            put_list(all, name + "member ", process->group->members);
        }
        return all;
    }

    /// Nothing of `change`, which gets the locked tree, is left after a bug at its end.
    template <class Change>
    void expect_undone(char const* what, Change change) {
        SCOPED_TRACE(what);
        auto const before = state();
        Gone gone;
        Ref<Group> group;
        bool caught = false;
        try {
            auto tree = pid_space().lock();
            change(tree, gone, group);
            panic("a test");
        } catch (KernelBug const&) {
            caught = true;
        }
        EXPECT_TRUE(caught);
        group = nullptr;
        EXPECT_EQ(state(), before);
    }

    Member one_, two_, leader_, grandchild_;

private:
    static void put_list(State& all, std::string const& name, auto const& list) {
        int index = 0;
        for (auto& item : list)
            all[name + std::to_string(index++)] = number(&item);
        all[name + "last"] = number(list.last());
        all[name + "count"] = list.size();
        EXPECT_EQ(static_cast<usize>(index), list.size());
    }
};

} // namespace

TEST_F(Recovery, ThreadsAreLinkedAndUnlinked) {
    auto extra = make_ref<Thread>("extra", std::move(*mem::KernelStack::allocate("test")), nullptr,
                                  Pid{}, one_.process, make_ref<Descriptors>(), nullptr);
    expect_undone("link", [&](TreeGuard& tree, Gone&, Ref<Group>&) {
        one_.process->link_thread(tree, *extra);
    });
    EXPECT_EQ(extra->previous_in_process, nullptr);
    expect_undone("unlink", [&](TreeGuard& tree, Gone&, Ref<Group>&) {
        EXPECT_TRUE(one_.process->begin_leaving(tree, *one_.thread));
        one_.process->unlink_thread(tree, *one_.thread);
    });
    expect_undone("become first",
                  [&](TreeGuard& tree, Gone&, Ref<Group>&) { one_.thread->become_first(tree); });
}

TEST_F(Recovery, AProcessEnters) {
    auto pid = std::move(*ReservedPid::take());
    auto process = make_ref<Process>(pid.pid(), make_ref<SignalHandlers>());
    auto reference = process;
    auto group = init_.process->group;
    expect_undone("enter", [&](TreeGuard& tree, Gone&, Ref<Group>&) {
        pid.keep(tree);
        process->set_parent(tree, init_.process.raw());
        push_back(tree->undo, init_.process->children, *process);
        process->enter(tree, reference);
        join_group(tree, *process, group);
    });
    EXPECT_EQ(reference, process);
    EXPECT_EQ(process->reference_count(), 2u);
    EXPECT_EQ(group, init_.process->group);
    EXPECT_EQ(process->group, nullptr);
    EXPECT_NE(pid.pid(), Pid{}) << "still to be given back";
    auto tree = pid_space().lock();
    EXPECT_FALSE(tree->in_use(pid.pid()).free()) << "still reserved";
}

TEST_F(Recovery, AZombieIsReaped) {
    end(one_, Status::exited(1));
    one_.process->dead_threads.minor_faults = 5;
    expect_undone("reap the first child", [&](TreeGuard& tree, Gone& gone, Ref<Group>&) {
        reap(tree, *one_.process, gone);
    });
    end(grandchild_, Status::exited(1));
    expect_undone("reap the last of a group", [&](TreeGuard& tree, Gone& gone, Ref<Group>&) {
        reap(tree, *grandchild_.process, gone);
    });
    expect_undone("reap several", [&](TreeGuard& tree, Gone& gone, Ref<Group>&) {
        reap(tree, *grandchild_.process, gone);
        reap(tree, *one_.process, gone);
    });
}

TEST_F(Recovery, GroupsChange) {
    expect_undone("another group", [&](TreeGuard& tree, Gone&, Ref<Group>& group) {
        group = leader_.process->group;
        join_group(tree, *two_.process, group);
    });
    expect_undone("the last leaves", [&](TreeGuard& tree, Gone&, Ref<Group>& group) {
        group = one_.process->group;
        join_group(tree, *leader_.process, group);
    });
    auto session = make_ref<Session>(two_.process->id());
    auto fresh = make_ref<Group>(two_.process->id(), session);
    expect_undone("a new session", [&](TreeGuard& tree, Gone&, Ref<Group>&) {
        join_group(tree, *two_.process, fresh);
    });
    EXPECT_EQ(fresh->reference_count(), 1u);
    EXPECT_EQ(session->groups, 0u);
}

TEST_F(Recovery, UsersAreCounted) {
    expect_undone("another user", [&](TreeGuard& tree, Gone&, Ref<Group>&) {
        two_.process->count_as(tree, Uid{7});
    });
}

TEST_F(Recovery, WhatIsKeptStays) {
    {
        Gone gone;
        Ref<Group> group = leader_.process->group;
        try {
            auto tree = pid_space().lock();
            join_group(tree, *two_.process, group);
            tree->keep_changes();
            tree->undo.set(two_.process->zombie, true);
            panic("a test");
        } catch (KernelBug const&) {
        }
    }
    EXPECT_EQ(two_.process->group, leader_.process->group);
    EXPECT_FALSE(two_.process->zombie);
    auto const sound = state(); // lists and counts agree
    EXPECT_FALSE(sound.empty());
}
