// Undo: an action that runs when its scope ends, unless the work it guards was kept.
#pragma once

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
