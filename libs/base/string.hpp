// String: owned text, for names and paths.
#pragma once

#include "libs/base/vector.hpp"

#include <concepts>
#include <string_view>

class String {
public:
    String() noexcept(false) = default;

    String(std::string_view text) { append(text); }

    String(char const* text) { append(text); }

    std::string_view view() const { return {characters_.data(), characters_.size()}; }

    operator std::string_view() const { return view(); }

    usize size() const { return characters_.size(); }

    bool empty() const { return characters_.empty(); }

    char operator[](usize index) const { return characters_[index]; }

    void append(std::string_view text) {
        characters_.reserve(characters_.size() + text.size());
        for (char const character : text)
            characters_.push_back(character);
    }

    void push_back(char character) { characters_.push_back(character); }

    void truncate(usize size) {
        while (characters_.size() > size)
            characters_.pop_back();
    }

    void clear() { characters_.clear(); }

    friend bool operator==(String const& a, String const& b) { return a.view() == b.view(); }

    template <class Text>
        requires std::convertible_to<Text const&, std::string_view> && (!std::same_as<Text, String>)
    friend bool operator==(String const& a, Text const& b) {
        return a.view() == std::string_view(b);
    }

    friend auto operator<=>(String const& a, String const& b) { return a.view() <=> b.view(); }

private:
    Vector<char> characters_;
};
