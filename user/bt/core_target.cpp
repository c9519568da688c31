// A core dump: its memory, and, for what it does not hold, the files that were mapped.
#include "user/bt/files.hpp"
#include "user/bt/target.hpp"

#include <algorithm>

namespace bt {
namespace {

class CoreTarget final : public Target, dwarf::Memory {
public:
    CoreTarget(os::Mapping file, inspect::Core core) : file_(std::move(file)) {
        what_ = std::move(core);
    }

    dwarf::Memory const& memory() const override { return *this; }

    bool read(u64 at, Bytes into) const noexcept override {
        while (!into.empty()) {
            auto const piece = piece_at(at);
            if (piece.empty())
                return false;
            auto const some = std::min(piece.size(), into.size());
            copy_bytes(into.first(some), piece);
            into = into.subspan(some);
            at += some;
        }
        return true;
    }

private:
    ConstBytes piece_at(u64 at) const {
        for (auto const& range : what_.memory)
            if (at - range.start < range.bytes.size())
                return range.bytes.subspan(at - range.start);
        auto const* const mapping = inspect::mapping_at(what_.mappings, at);
        if (mapping == nullptr)
            return {};
        auto const file = files_.content(mapping->file);
        u64 const offset = mapping->offset + (at - mapping->start);
        if (offset >= file.size())
            return {};
        return file.subspan(offset, std::min(file.size() - offset, mapping->end - at));
    }

    os::Mapping file_;
    Files files_;
};

} // namespace

Result<Box<Target>> open_core(std::string_view path) {
    auto file = TRY(map_file(path));
    auto core = TRY(inspect::read_core(file.bytes()));
    return Box<Target>(make<CoreTarget>(std::move(file), std::move(core)));
}

} // namespace bt
