// The list that is whole after every store: bugs at every step of its changes, and a model of it.
#include "kernel/sync/whole_list.hpp"

#include "libs/base/bug.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace {

struct Item {
    ksync::WholeLinks<Item> links;
};

/// Fails at the given look at somebody's links.
struct Failing {
    static inline int looks = 0;
    static inline int fails_at = -1;

    static ksync::WholeLinks<Item>& links(Item& item) {
        if (looks++ == fails_at)
            throw KernelBug{.what = "in the middle"};
        return item.links;
    }
};

using List = ksync::WholeList<Item, Failing>;

struct Machine {
    std::vector<Item> items = std::vector<Item>(5);
    List list;
    std::vector<Item*> model;

    void add(Item& item) {
        if (std::ranges::find(model, &item) == model.end())
            model.push_back(&item);
        list.add(item);
    }

    void remove(Item& item) {
        std::erase(model, &item);
        list.remove(item);
    }

    void audit() {
        std::vector<Item*> seen;
        for (Item* at = list.first(); at != nullptr; at = List::next(*at)) {
            ASSERT_LE(seen.size(), items.size());
            seen.push_back(at);
        }
        EXPECT_EQ(seen, model);
        for (Item& item : items) {
            bool const listed = std::ranges::find(model, &item) != model.end();
            EXPECT_EQ(item.links.link != nullptr && *item.links.link == &item, listed);
        }
    }
};

/// Does the change `steps`, failing at each of its looks in turn; then mends and does it once more.
/// Says how many looks there were.
template <class Change>
int fail_everywhere(std::vector<int> const& before, Change change) {
    int failed = 0;
    for (int at = 0;; ++at) {
        Machine machine;
        for (int const number : before)
            machine.add(machine.items[static_cast<std::size_t>(number)]);
        Failing::looks = 0;
        Failing::fails_at = at;
        bool bug = false;
        try {
            change(machine);
        } catch (KernelBug const&) {
            bug = true;
        }
        Failing::fails_at = -1;
        if (bug) {
            ++failed;
            machine.list.repair();
            change(machine);
        }
        machine.audit();
        // It still works at every place.
        for (Item& item : machine.items)
            machine.add(item);
        machine.audit();
        for (Item& item : machine.items)
            machine.remove(item);
        machine.audit();
        if (!bug)
            return failed;
    }
}

} // namespace

TEST(WholeList, SurvivesABugAtEveryStepOfAnAddition) {
    for (auto const& before : {std::vector<int>{}, {0}, {0, 1, 2}})
        EXPECT_GT(fail_everywhere(before, [](Machine& machine) { machine.add(machine.items[3]); }),
                  0);
}

TEST(WholeList, SurvivesABugAtEveryStepOfARemoval) {
    for (int const which : {0, 1, 2})
        EXPECT_GT(fail_everywhere({0, 1, 2},
                                  [which](Machine& machine) {
                                      machine.remove(
                                          machine.items[static_cast<std::size_t>(which)]);
                                  }),
                  0);
    EXPECT_GT(fail_everywhere({4}, [](Machine& machine) { machine.remove(machine.items[4]); }), 0);
}

TEST(WholeList, AgreesWithAModel) {
    Machine machine;
    std::mt19937 random(1);
    for (int i = 0; i < 10'000; ++i) {
        Item& item = machine.items[random() % machine.items.size()];
        if (random() % 2 == 0)
            machine.add(item);
        else
            machine.remove(item);
        machine.audit();
    }
    EXPECT_EQ(machine.list.repair(), machine.model.size());
    machine.audit();
}
