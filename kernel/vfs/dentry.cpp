// Dentry: a name in a directory, cached; and the cache that finds it again.
#include "kernel/vfs/dentry.hpp"

#include "kernel/vfs/dentry_tree.hpp"

#include <cstring>

namespace vfs {

namespace {

constexpr usize bucket_count = 4096;
/// Entries kept although nobody uses them.
constexpr usize most_entries = 32768;

struct Bucket {
    Dentry* first = nullptr;
};

using LockedBucket = ksync::SpinLocked<Bucket, ksync::Rank::dentries>;

// Safe without a constructor call: Locked is constexpr.
constinit LockedBucket buckets[bucket_count];
/// How many entries each bucket has: to pass by the empty ones without their locks.
constinit Atomic<u32> bucket_sizes[bucket_count];
constinit Atomic<usize> entries{0};
constinit Atomic<usize> clock_hand{0};

template <class Word>
Word word_at(char const* at) {
    Word word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

u64 mixed(u64 hash, u64 word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15;
    return hash ^ hash >> 29;
}

u32 hash_of(Dentry const& parent, std::string_view name) {
    u64 hash = address_of(&parent).value() * 0x9e3779b97f4a7c15;
    char const* at = name.data();
    usize left = name.size();
    for (; left >= sizeof(u64); at += sizeof(u64), left -= sizeof(u64))
        hash = mixed(hash, word_at<u64>(at));
    if (left >= sizeof(u32)) { // both ends, which may overlap
        hash = mixed(hash, word_at<u32>(at) | u64{word_at<u32>(at + left - sizeof(u32))} << 32);
        left = 0;
    }
    for (; left != 0; ++at, --left)
        hash = mixed(hash, static_cast<u8>(*at));
    hash = mixed(hash, name.size());
    return static_cast<u32>(hash ^ (hash >> 32));
}

LockedBucket& bucket_of(u32 hash) {
    return buckets[hash % bucket_count];
}

} // namespace

constinit TreeLock dentry_tree;

Dentry::Dentry(Shape shape, Ref<Inode> inode, Ref<Dentry> parent, String name)
    : shape_(shape), inode_(std::move(inode)), parent_(std::move(parent)), name_(std::move(name)) {}

Dentry::~Dentry() {
    // A long chain of parents that only this held must not recurse once per level.
    Ref<Dentry> next = std::move(parent_);
    while (next && next->reference_count() == 1)
        next = Ref<Dentry>(std::move(next->parent_));
}

Result<Ref<Dentry>> Dentry::create_root(Ref<Inode> inode) {
    return Ref<Dentry>::adopt(new Dentry(Shape::root, std::move(inode), {}, "/"));
}

Result<Ref<Dentry>> Dentry::create_detached(Ref<Inode> inode, String name) {
    return Ref<Dentry>::adopt(new Dentry(Shape::detached, std::move(inode), {}, std::move(name)));
}

Ref<Dentry> Dentry::parent() const {
    auto const tree = dentry_tree.lock();
    return parent_;
}

String Dentry::name() const {
    // Copied outside the lock if it does not fit, so that nothing is allocated under it.
    char copy[longest_name + 1];
    usize size = 0;
    {
        auto const tree = dentry_tree.lock();
        size = copy_bytes(std::as_writable_bytes(std::span(copy)), bytes_of(name_.view()));
    }
    return String(std::string_view(copy, size));
}

Ref<Dentry> DentryCache::find(Dentry& parent, std::string_view name) {
    u32 const hash = hash_of(parent, name);
    auto const bucket = bucket_of(hash).lock();
    for (Dentry* entry = bucket->first; entry != nullptr; entry = entry->next_) {
        if (entry->hash_ == hash && entry->parent_.raw() == &parent && entry->name_ == name) {
            entry->recently_used_ = true;
            return Ref<Dentry>::share(entry);
        }
    }
    return {};
}

void DentryCache::insert(Ref<Dentry> dentry) {
    dentry->hash_ = hash_of(*dentry->parent_, dentry->name_);
    auto const bucket = bucket_of(dentry->hash_).lock();
    dentry->cached_ = true;
    dentry->next_ = bucket->first;
    bucket->first = dentry.leak(); // the cache's reference
    bucket->first->parent_->cached_children_.fetch_add(1);
    bucket_sizes[bucket->first->hash_ % bucket_count].fetch_add(1);
    entries.fetch_add(1);
}

/// `link` leads to the entry; its bucket is locked.
void DentryCache::unlink(Dentry** link) {
    Dentry& entry = **link;
    *link = std::exchange(entry.next_, nullptr);
    entry.cached_ = false;
    entry.parent_->cached_children_.fetch_sub(1);
    bucket_sizes[entry.hash_ % bucket_count].fetch_sub(1);
    entries.fetch_sub(1);
}

bool DentryCache::take_out(Dentry& dentry) {
    auto const bucket = bucket_of(dentry.hash_).lock();
    if (!dentry.cached_)
        return false;
    Dentry** link = &bucket->first;
    while (*link != &dentry)
        link = &(*link)->next_;
    unlink(link);
    return true;
}

Result<Ref<Dentry>> DentryCache::uncached(Ref<Dentry> parent, std::string_view name,
                                          Ref<Inode> inode) {
    return Ref<Dentry>::adopt(
        new Dentry(Dentry::Shape::named, std::move(inode), std::move(parent), String(name)));
}

Result<Ref<Dentry>> DentryCache::add(Ref<Dentry> parent, std::string_view name, Ref<Inode> inode) {
    Ref<Dentry> fresh = TRY(uncached(std::move(parent), name, std::move(inode)));
    publish(fresh);
    return fresh;
}

void DentryCache::publish(Ref<Dentry> const& dentry) {
    insert(dentry);
    if (dentry->parent_->is_deleted()) // maybe too late for remove() to see
        forget(*dentry);
    if (entries.load() > most_entries)
        trim();
}

void DentryCache::fill(Dentry& negative, Ref<Dentry> const& fresh, Ref<Inode> inode) noexcept {
    forget(negative);
    fresh->inode_ = std::move(inode);
    publish(fresh);
}

void DentryCache::remove(Dentry& dentry) {
    dentry.deleted_.store(true);
    forget(dentry);
    forget_children(dentry);
}

void DentryCache::forget(Dentry& dentry) {
    if (take_out(dentry))
        dentry.release();
}

void DentryCache::move(Dentry& dentry, Ref<Dentry> new_parent, String new_name) {
    Ref<Dentry> const keep = Ref<Dentry>::share(&dentry);
    bool const was_cached = take_out(dentry);
    {
        auto const tree = dentry_tree.lock();
        std::swap(dentry.parent_, new_parent);
        std::swap(dentry.name_, new_name);
    }
    if (was_cached) {
        insert(keep);
        dentry.release();
    }
}

void DentryCache::exchange(Dentry& one, Dentry& other) {
    bool const one_cached = take_out(one);
    bool const other_cached = take_out(other);
    {
        auto const tree = dentry_tree.lock();
        std::swap(one.parent_, other.parent_);
        std::swap(one.name_, other.name_);
    }
    if (one_cached)
        insert(Ref<Dentry>::adopt(&one));
    if (other_cached)
        insert(Ref<Dentry>::adopt(&other));
}

/// Drops what nobody uses and is chosen from one bucket. Lookups take references under the bucket's
/// lock, so a count of one seen under it stays one.
template <class Chosen>
void DentryCache::trim_bucket(usize index, Chosen chosen) {
    if (bucket_sizes[index].load() == 0)
        return;
    Dentry* dropped = nullptr;
    {
        auto const bucket = buckets[index].lock();
        for (Dentry** link = &bucket->first; *link != nullptr;) {
            Dentry* const entry = *link;
            if (!chosen(*entry) || entry->reference_count() != 1) {
                link = &entry->next_;
                continue;
            }
            unlink(link);
            entry->next_ = std::exchange(dropped, entry);
        }
    }
    while (dropped != nullptr) {
        Dentry* const next = std::exchange(dropped->next_, nullptr);
        dropped->release();
        dropped = next;
    }
}

void DentryCache::trim() {
    auto const old = [](Dentry& entry) { return !std::exchange(entry.recently_used_, false); };
    for (usize i = 0; i < bucket_count / 8; ++i)
        trim_bucket(clock_hand.fetch_add(1) % bucket_count, old);
}

/// A directory that is gone has only names that are known to be missing.
void DentryCache::forget_children(Dentry& directory) {
    auto const below = [&](Dentry& entry) { return entry.parent_.raw() == &directory; };
    for (usize i = 0; i < bucket_count && directory.cached_children_.load() != 0; ++i)
        trim_bucket(i, below);
}

void DentryCache::shrink(FileSystem const* only) {
    auto const chosen = [&](Dentry& entry) {
        // A name that leads to nothing belongs to its directory's file system.
        auto const& inode = entry.inode_ ? entry.inode_ : entry.parent_->inode_;
        return only == nullptr || (inode && &inode->file_system() == only);
    };
    // Each pass frees the leaves that the one before uncovered.
    for (usize before = SIZE_MAX; entries.load() < before;) {
        before = entries.load();
        for (usize i = 0; i < bucket_count; ++i)
            trim_bucket(i, chosen);
    }
}

usize DentryCache::size() {
    return entries.load();
}

} // namespace vfs
