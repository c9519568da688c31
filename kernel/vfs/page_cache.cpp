// FilePages: the cached pages of one file, read and written in pieces and mapped into programs.
#include "kernel/vfs/page_cache.hpp"

#include "libs/base/scope.hpp"

#include <algorithm>

namespace vfs {

namespace {

constinit Atomic<u64> all_pages{0};

/// The largest file: offsets stay positive as a signed 64-bit number, in whole pages.
constexpr u64 largest_size = INT64_MAX & ~(page_size - 1);

u64 pages_for(u64 bytes) {
    return bytes / page_size + (bytes % page_size != 0);
}

} // namespace

FilePages::~FilePages() {
    // release_pages() belongs to the derived class, which is gone: it gives back what is left in
    // its own destructor.
    all_pages.fetch_sub(pages_.load());
}

u64 FilePages::total_pages() {
    return all_pages.load();
}

Result<mem::Frame> FilePages::fill(u64) {
    return mem::Frame();
}

Result<mem::Frame> FilePages::find_or_fill(u64 index) {
    auto const tree = tree_.lock();
    if (mem::Frame found = tree->find(index))
        return found;
    mem::Frame fresh = TRY(fill(index));
    if (fresh) {
        tree->insert(index, fresh);
        pages_.fetch_add(1);
        all_pages.fetch_add(1);
    }
    return fresh;
}

Result<mem::Frame> FilePages::find_or_make(u64 index) {
    auto const tree = tree_.lock();
    if (mem::Frame found = tree->find(index))
        return found;
    mem::Frame fresh = TRY(fill(index));
    bool const reserves = !fresh;
    if (reserves) {
        fresh = TRY(mem::Frame::allocate(mem::Fill::zeroed, mem::Use::page_cache));
        TRY(reserve_page());
    }
    Undo unused([&] noexcept {
        if (reserves)
            release_pages(1);
    });
    tree->insert(index, fresh);
    unused.keep();
    pages_.fetch_add(1);
    all_pages.fetch_add(1);
    return fresh;
}

Result<usize> FilePages::read(mem::Sink& into, u64 offset) {
    usize const before = into.done();
    while (into.left() != 0 && offset < size()) {
        usize const start = offset % page_size;
        usize const count = std::min<u64>({page_size - start, into.left(), size() - offset});
        auto const frame = find_or_fill(offset / page_size);
        if (!frame) {
            if (into.done() == before)
                return fail(frame.error().code(), frame.error().where());
            break;
        }
        // The frame is held, not locked: a page fault of the reader may need this very cache.
        auto const copied = *frame ? into.write(ConstBytes(frame->bytes()).subspan(start, count))
                                   : into.write_zeros(count);
        if (!copied) {
            if (into.done() == before)
                return copied;
            break;
        }
        offset += *copied;
        if (*copied != count)
            break;
    }
    return into.done() - before;
}

Result<usize> FilePages::write(mem::Source& from, u64 offset, u64 limit) {
    usize const before = from.done();
    limit = std::min(limit, largest_size);
    if (from.left() != 0 && offset >= limit)
        return fail(Errno::efbig);
    while (from.left() != 0 && offset < limit) {
        usize const start = offset % page_size;
        usize const count =
            std::min({page_size - start, from.left(), static_cast<usize>(limit - offset)});
        auto const frame = find_or_make(offset / page_size);
        if (!frame) {
            if (from.done() == before)
                return fail(frame.error().code(), frame.error().where());
            break;
        }
        auto const copied = from.read(frame->bytes().subspan(start, count));
        if (!copied) {
            if (from.done() == before)
                return copied;
            break;
        }
        offset += *copied;
        if (offset > size())
            size_.store(offset);
        if (*copied != count)
            break;
    }
    return from.done() - before;
}

void FilePages::resize(u64 size) {
    if (size < size_.exchange(size))
        drop_beyond_end();
}

void FilePages::drop_beyond_end() {
    u64 const end = size();
    u64 const first_gone = pages_for(end);
    {
        auto const tree = tree_.lock();
        drop_from(*tree, first_gone, UINT64_MAX);
        // What was beyond the end must read as zeros if the file grows again.
        if (usize const rest = end % page_size; rest != 0)
            if (mem::Frame const last = tree->find(end / page_size))
                zero_bytes(last.bytes().subspan(rest));
    }
    unmap_pages(first_gone, UINT64_MAX, Copies::drop);
}

void FilePages::drop_from(PageTree& tree, u64 first, u64 end) {
    count(pages() - tree.remove_range(first, end));
}

/// There are so many pages now.
void FilePages::count(u64 now) {
    u64 const before = pages_.exchange(now);
    all_pages.fetch_add(now - before);
    if (now < before)
        release_pages(before - now);
}

void FilePages::punch(u64 offset, u64 size) {
    u64 const end = offset + size;
    u64 const first_whole = pages_for(offset);
    u64 const end_whole = end / page_size;
    {
        auto const tree = tree_.lock();
        auto const clear = [&](u64 from, u64 to) {
            if (from < to)
                if (mem::Frame const page = tree->find(from / page_size))
                    zero_bytes(page.bytes().subspan(from % page_size, to - from));
        };
        clear(offset, std::min(end, first_whole * page_size));
        if (end_whole >= first_whole)
            clear(std::max(offset, end_whole * page_size), end);
        if (end_whole > first_whole)
            drop_from(*tree, first_whole, end_whole);
    }
    if (end_whole > first_whole)
        unmap_pages(first_whole, end_whole, Copies::keep);
}

Result<void> FilePages::allocate(u64 offset, u64 size) {
    for (u64 page = offset / page_size; page < pages_for(offset + size); ++page)
        TRY(find_or_make(page));
    return {};
}

u64 FilePages::find(u64 offset, bool data) {
    auto const tree = tree_.lock();
    u64 const from = offset / page_size;
    u64 const page =
        data ? tree->next_present(from).value_or(UINT64_MAX / page_size) : tree->next_absent(from);
    return std::min(std::max(offset, page * page_size), size());
}

Result<mem::Frame> FilePages::page(u64 index, bool) {
    if (index >= pages_for(size()))
        return fail(Errno::efault);
    // A hole is filled even for reading: the page must be the one that later writers change.
    return find_or_make(index);
}

bool FilePages::has_page(u64 index) {
    return static_cast<bool>(tree_.lock()->find(index));
}

String FilePages::name() const {
    auto const label = label_.lock();
    return label->path ? *label->path : String();
}

void FilePages::label(String path, u64 inode, u64 device) {
    auto fresh = make<String>(std::move(path));
    {
        auto const label = label_.lock();
        label->undo.swap(label->path, fresh);
    }
    inode_number_.store(inode);
    device_number_.store(device);
}

} // namespace vfs
