// Reads the log's files.
#include "user/log/reader.hpp"

Result<Reader::Source> Reader::open(u32 number) const {
    Source source;
    source.file = TRY(os::File::open(journal_file(directory_, number)));
    source.inode = TRY(source.file.status())
    .inode;
    return source;
}

Result<bool> Reader::drain(Each each) {
    bool any = false;
    for (char buffer[16384];;) {
        usize const count = TRY(now_.file.read(std::as_writable_bytes(std::span(buffer))));
        if (count == 0)
            return any;
        any = true;
        for (std::string_view piece(buffer, count); !piece.empty();) {
            auto const end = piece.find('\n');
            pending_.append(piece.substr(0, end));
            if (end == piece.npos)
                break;
            piece.remove_prefix(end + 1);
            each(pending_);
            pending_.clear();
        }
    }
}

Result<void> Reader::read_all(Each each) {
    // From the newest on: one that is rotated meanwhile is found a second time, not missed.
    Vector<Source> sources;
    for (u32 number = 0;; ++number) {
        auto source = open(number);
        if (!source && source.error() == Errno::enoent && number != 0)
            break;
        if (!source)
            return std::unexpected(source.error());
        if (sources.empty() || sources.back().inode != source->inode)
            sources.push_back(std::move(*source));
    }
    while (!sources.empty()) {
        now_ = std::move(sources.back());
        sources.pop_back();
        TRY(drain(each));
    }
    return {};
}

Result<bool> Reader::go_on() {
    auto newest = open(0);
    if (!newest || newest->inode == now_.inode)
        return false; // the moment between two files counts as none
    Source next = std::move(*newest);
    for (u32 number = 1;; ++number) {
        auto source = open(number);
        if (!source || source->inode == now_.inode)
            break; // or it is gone already, and this is the oldest that is left
        next = std::move(*source);
    }
    now_ = std::move(next);
    pending_.clear();
    return true;
}

Result<bool> Reader::read_more(Each each) {
    bool any = TRY(drain(each));
    while (TRY(go_on()))
        any = TRY(drain(each))
    || any;
    return any;
}
