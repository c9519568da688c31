// Maps files whole.
#include "user/bt/files.hpp"

namespace bt {

Result<os::Mapping> map_file(std::string_view path) {
    auto const file = TRY(os::File::open(path));
    auto const status = TRY(file.status());
    if (status.type == os::FileType::directory)
        return fail(Errno::eisdir);
    if (status.size == 0)
        return os::Mapping();
    return os::Mapping::of_file(file, 0, status.size, os::Access::read);
}

ConstBytes Files::content(std::string_view path) const {
    for (auto const& one : opened_)
        if (one->path == path)
            return one->mapping.bytes();
    auto mapping = map_file(path);
    opened_.push_back(make<Opened>(String(path), mapping ? std::move(*mapping) : os::Mapping()));
    return opened_.back()->mapping.bytes();
}

} // namespace bt
