// What runs when a scope ends: an action unless the work it guards was kept, or one whatever
// happens.
#pragma once

#include "libs/base/bug.hpp"

#include <utility>

/// `Undo undo([&] noexcept { table.remove(page); }); ...; undo.keep();`
template <class Action>
class [[nodiscard]] Undo {
public:
    explicit Undo(Action action) : action_(std::move(action)) {}

    Undo(Undo const&) = delete;
    Undo& operator=(Undo const&) = delete;

    ~Undo() {
        if (armed_)
            action_();
    }

    void keep() { armed_ = false; }

private:
    Action action_;
    bool armed_ = true;
};

/// For destructors: a bug in `action` is reported and costs the task, but what was to be done is
/// tried once more. So it must be something that can be done twice.
template <class Action>
void insist(Action action) noexcept {
    auto const run = [](void* given) { (*static_cast<Action*>(given))(); };
    if (!survive(run, &action))
        survive(run, &action);
}
