// What is wrong with a unit file, and where.
#pragma once

#include "libs/base/format.hpp"
#include "libs/base/string.hpp"
#include "libs/base/vector.hpp"

namespace service {

struct Problem {
    u32 line; ///< from 1; 0 when it is none of the file's lines
    String text;
};

class Problems {
public:
    template <class... Arguments>
    void add(u32 line, Format<Arguments...> text, Arguments const&... arguments) {
        if (list_.size() == most)
            return;
        String made;
        StringSink sink(made);
        format_to(sink, text, arguments...);
        list_.push_back({line, std::move(made)});
    }

    bool empty() const { return list_.empty(); }

    usize size() const { return list_.size(); }

    Problem const& operator[](usize index) const { return list_[index]; }

    Problem const* begin() const { return list_.begin(); }

    Problem const* end() const { return list_.end(); }

private:
    /// Who has made more sees the others after mending these.
    static constexpr usize most = 20;

    Vector<Problem> list_;
};

} // namespace service
