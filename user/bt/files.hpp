// The programs and libraries that are mapped, each opened once.
#pragma once

#include "libs/base/box.hpp"
#include "user/os/memory.hpp"

namespace bt {

/// A whole file in memory; an empty one gives no bytes.
Result<os::Mapping> map_file(std::string_view path);

class Files {
public:
    /// Empty when it cannot be read. Valid as long as this lives.
    ConstBytes content(std::string_view path) const;

private:
    struct Opened {
        String path;
        os::Mapping mapping;
    };

    mutable Vector<Box<Opened>> opened_;
};

} // namespace bt
