// Lines out of pieces of a stream.
#include "libs/journal/lines.hpp"

#include "libs/base/format.hpp"

#include <algorithm>

namespace journal {

void Lines::add(std::string_view piece, FunctionRef<void(std::string_view)> line) {
    while (!piece.empty()) {
        auto const end = piece.find('\n');
        auto const part = piece.substr(0, end);
        usize const taken = std::min(part.size(), longest_ - line_.size());
        line_.append(part.substr(0, taken));
        cut_ += part.size() - taken;
        if (end == piece.npos)
            return;
        piece.remove_prefix(end + 1);
        if (cut_ != 0)
            line_.append(format(" [and {} bytes more]", cut_));
        if (!line_.empty())
            line(line_);
        line_.clear();
        cut_ = 0;
    }
}

} // namespace journal
