// Cuts a source map down to what backtraces show.
#include "libs/symbols/stacks.hpp"

#include <algorithm>

namespace {

bool says_little(std::string const& file) {
    auto const path = plain_path(file);
    return path.starts_with("libs/base/") || path.starts_with("/usr/");
}

} // namespace

std::vector<StackFrame> kept_frames(SourceMap const& map, std::uint64_t address) {
    auto const* const piece = map.piece_at(address);
    if (piece == nullptr || (piece->scope == Scope::none && piece->file == 0))
        return {};
    std::vector<StackFrame> frames;
    StackFrame frame{piece->scope, piece->file, piece->line};
    for (;;) {
        bool const outermost =
            frame.scope == Scope::none || map.scopes[frame.scope].parent == Scope::none;
        if (outermost || !frames.empty() || !says_little(map.files[frame.file]))
            frames.push_back(frame);
        if (outermost)
            break;
        auto const& scope = map.scopes[frame.scope];
        frame = {scope.parent, scope.call_file, scope.call_line};
    }
    std::reverse(frames.begin(), frames.end());
    return frames;
}

std::vector<StackPiece> stack_pieces(SourceMap const& map,
                                     std::span<Instruction const> instructions) {
    std::vector<StackPiece> pieces;
    bool opened = false; // the last piece is a function whose first visible instruction is to come
    for (auto const& [address, visible] : instructions) {
        auto frames = kept_frames(map, address);
        bool const same_function = !pieces.empty() && !pieces.back().frames.empty() &&
                                   !frames.empty() &&
                                   pieces.back().frames[0].scope == frames[0].scope;
        if (!visible && (same_function || frames.empty()))
            continue;
        bool const same = !pieces.empty() && pieces.back().frames == frames;
        if (same || (same_function && opened))
            pieces.back().frames = std::move(frames);
        else
            pieces.push_back({address, std::move(frames)});
        opened = !visible;
    }
    return pieces;
}
