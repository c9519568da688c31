// What keeps links and owners sound when a bug stops somebody amid a change of them.
#pragma once

#include "libs/base/bug.hpp"
#include "libs/base/list.hpp"
#include "libs/base/ref.hpp"

namespace process {

/// For what has to come to its end: runs `action` by survive(), and again where a bug stopped it.
/// So it takes up where it was.
template <class Action>
void persevere(Action action) noexcept {
    constexpr int most_attempts = 3;
    for (int attempt = 0; attempt < most_attempts; ++attempt)
        if (survive([](void* argument) { (*static_cast<Action*>(argument))(); }, &action))
            return;
}

/// Changes of a list of which `undo` can take back every word.
template <class Undo, class T, ListHook<T> T::* hook>
void push_back(Undo& undo, List<T, hook>& list, T& item) {
    if (auto* const last = list.last())
        undo.save((last->*hook).next);
    undo.save_words(item.*hook);
    undo.save_words(list);
    list.push_back(item);
}

template <class Undo, class T, ListHook<T> T::* hook>
void erase(Undo& undo, List<T, hook>& list, T& item) {
    auto& link = item.*hook;
    if (link.previous != nullptr)
        undo.save((link.previous->*hook).next);
    if (link.next != nullptr)
        undo.save((link.next->*hook).previous);
    undo.save_words(link);
    undo.save_words(list);
    list.erase(item);
}

} // namespace process
