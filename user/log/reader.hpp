// Reads the log's files, from the oldest line to the newest, and what comes after.
#pragma once

#include "libs/base/function_ref.hpp"
#include "user/log/store.hpp"

class Reader {
public:
    using Each = FunctionRef<void(std::string_view line)>;

    explicit Reader(std::string_view directory) : directory_(directory) {}

    /// All lines that there are. ENOENT when there is no log.
    Result<void> read_all(Each each);
    /// Those that were written since; false when there were none.
    Result<bool> read_more(Each each);

private:
    struct Source {
        os::File file;
        u64 inode = 0;
    };

    Result<Source> open(u32 number) const;
    /// What follows in the file that is open; whether there was anything.
    Result<bool> drain(Each each);
    /// The file behind the one that is open, when that was rotated away.
    Result<bool> go_on();

    String directory_;
    Source now_;
    String pending_; ///< a line without its end
};
