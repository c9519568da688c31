// For the library's own files: lists of texts in the form that exec(2) takes.
#pragma once

#include "libs/base/vector.hpp"

#include <string_view>

namespace os {

class TextList {
public:
    void add(std::string_view text) {
        starts_.push_back(characters_.size());
        for (char const character : text)
            characters_.push_back(character);
        characters_.push_back('\0');
    }

    /// Ends with a null pointer. Valid until the next add().
    char* const* data() {
        pointers_.clear();
        for (usize const start : starts_)
            pointers_.push_back(characters_.data() + start);
        pointers_.push_back(nullptr);
        return pointers_.data();
    }

private:
    Vector<char> characters_;
    Vector<usize> starts_;
    Vector<char*> pointers_;
};

} // namespace os
