// PagedInode: a regular file whose bytes go through the page cache.
#include "kernel/vfs/paged_inode.hpp"

#include "kernel/vfs/file_size_limit.hpp"

namespace vfs {

namespace {

constinit Atomic<FileSizeLimit*> registered_limit{nullptr};
constexpr u64 largest_file = INT64_MAX & ~(page_size - 1);

u64 limit_of_caller() {
    auto* const limiter = file_size_limit();
    return limiter != nullptr ? limiter->of_caller() : UINT64_MAX;
}

/// A program that changes the file must not lend its owner's rights to what it writes.
void before_change(PagedInode& file) {
    auto* const writer = file_size_limit();
    if (writer != nullptr && !writer->keeps_set_id_bits())
        file.drop_set_id_bits();
}

class PagedFile final : public File {
public:
    PagedFile(Place place, OpenFlags flags, PagedInode& inode)
        : File(std::move(place), flags), paged_(inode) {}

    Result<Ref<mem::PageSource>> map() override {
        paged_.pages().label(path_of(place(), {}), paged_.number(),
                             paged_.file_system().device().encoded());
        return paged_.shared_pages();
    }

    Result<void> sync() override { return paged_.file_system().sync(); }

protected:
    Result<usize> read_bytes(mem::Sink& into, u64 offset) override {
        return paged_.pages().read(into, offset);
    }

    Result<Written> write_bytes(mem::Source& from, u64 offset) override {
        auto const lock = paged_.content_lock().lock();
        if (flags().has(uapi::Open::append))
            offset = paged_.pages().size();
        u64 const limit = limit_of_caller();
        if (offset >= limit && from.left() != 0) {
            file_size_limit()->exceeded();
            return fail(Errno::efbig);
        }
        before_change(paged_);
        usize const count = TRY(paged_.pages().write(from, offset, limit));
        if (count != 0)
            paged_.touch_modified();
        return Written{count, offset + count};
    }

    Result<void> allocate_bytes(u32 mode, u64 offset, u64 size) override {
        if ((mode & ~(uapi::falloc_keep_size | uapi::falloc_punch_hole)) != 0)
            return fail(Errno::enotsup);
        if (offset + size < offset || offset + size > largest_file)
            return fail(Errno::efbig);
        auto const lock = paged_.content_lock().lock();
        if ((mode & uapi::falloc_punch_hole) != 0) {
            if ((mode & uapi::falloc_keep_size) == 0)
                return fail(Errno::enotsup);
            paged_.pages().punch(offset, size);
        } else {
            TRY(check_new_size(paged_.pages().size(), offset + size));
            TRY(paged_.pages().allocate(offset, size));
            if ((mode & uapi::falloc_keep_size) == 0 && offset + size > paged_.pages().size())
                paged_.pages().resize(offset + size);
        }
        paged_.touch_modified();
        return {};
    }

    Result<u64> seek_content(u64 offset, SeekFrom from) override {
        u64 const size = paged_.pages().size();
        if (offset >= size)
            return fail(Errno::enxio);
        u64 const found = paged_.pages().find(offset, from == SeekFrom::data);
        if (from == SeekFrom::data && found >= size)
            return fail(Errno::enxio);
        return found;
    }

private:
    PagedInode& paged_; ///< kept alive by place()
};

} // namespace

void register_file_size_limit(FileSizeLimit& limit) {
    registered_limit.store(&limit);
}

FileSizeLimit* file_size_limit() {
    return registered_limit.load();
}

Result<void> check_new_size(u64 old_size, u64 new_size) {
    if (new_size <= old_size || new_size <= limit_of_caller())
        return {};
    file_size_limit()->exceeded();
    return fail(Errno::efbig);
}

Attributes PagedInode::attributes() {
    Attributes attributes = Inode::attributes();
    attributes.size = pages_->size();
    attributes.blocks = pages_->pages() * (page_size / 512);
    return attributes;
}

Result<Ref<File>> PagedInode::open(Place const& at, OpenFlags flags) {
    return make_ref<PagedFile>(at, flags, *this);
}

Result<void> PagedInode::truncate(u64 size) {
    if (size > largest_file)
        return fail(Errno::efbig);
    auto const lock = content_lock_.lock();
    TRY(check_new_size(pages_->size(), size));
    before_change(*this);
    pages_->resize(size);
    touch_modified();
    return {};
}

} // namespace vfs
