// Dentry: a name in a directory, cached; and the cache that finds it again.
#include "kernel/vfs/dentry.hpp"

#include "kernel/vfs/dentry_tree.hpp"
#include "libs/base/persist.hpp"

#include <cstring>

namespace vfs {

/// The chain is changed by one store at a time, so it is right after a bug, too.
struct DentryBucket {
    Dentry* first = nullptr;

    bool recover();
};

namespace {

using LockedBucket = ksync::SpinLocked<DentryBucket, ksync::Rank::dentries>;

constexpr usize bucket_count = 4096;
/// Entries kept although nobody uses them.
constexpr usize most_entries = 32768;

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

/// Counts anew.
bool DentryBucket::recover() {
    u32 count = 0;
    for (Dentry const* entry = first; entry != nullptr; entry = entry->next_)
        ++count;
    u64 const offset = address_of(this).value() - address_of(&buckets[0]).value();
    u32 const before = bucket_sizes[offset / sizeof(LockedBucket)].exchange(count);
    entries.fetch_add(usize{count} - usize{before});
    return true;
}

Dentry::Dentry(Shape shape, Ref<Inode> inode, Ref<Dentry> parent, String name)
    : shape_(shape), inode_(std::move(inode)), parent_(std::move(parent)), name_(std::move(name)) {}

Dentry::~Dentry() {
    // A long chain of parents that only this held must not recurse once per level.
    Ref<Dentry> next = std::move(parent_);
    while (next && next->reference_count() == 1)
        next = Ref<Dentry>(std::move(next->parent_));
}

Result<Ref<Dentry>> Dentry::create_root(Ref<Inode> inode) {
    return make_ref<Dentry>(Shape::root, std::move(inode), Ref<Dentry>(), String("/"));
}

Result<Ref<Dentry>> Dentry::create_detached(Ref<Inode> inode, String name) {
    return make_ref<Dentry>(Shape::detached, std::move(inode), Ref<Dentry>(), std::move(name));
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

void DentryCache::insert(Dentry& dentry) {
    dentry.hash_ = hash_of(*dentry.parent_, dentry.name_);
    usize const index = dentry.hash_ % bucket_count;
    dentry.parent_->cached_children_.fetch_add(1);
    auto const bucket = buckets[index].lock();
    dentry.cached_ = true;
    dentry.next_ = bucket->first;
    auto cached = Ref<Dentry>::share(&dentry);
    bucket->first = &dentry;
    static_cast<void>(cached.leak()); // the cache's
    bucket_sizes[index].fetch_add(1);
    entries.fetch_add(1);
}

/// `link` leads to the entry; its bucket is locked. Returns the reference that the cache had.
Ref<Dentry> DentryCache::unlink(Dentry** link) {
    Dentry& entry = **link;
    Dentry& parent = *entry.parent_;
    *link = entry.next_;
    auto cached = Ref<Dentry>::adopt(&entry);
    entry.next_ = nullptr;
    entry.cached_ = false;
    parent.cached_children_.fetch_sub(1);
    bucket_sizes[entry.hash_ % bucket_count].fetch_sub(1);
    entries.fetch_sub(1);
    return cached;
}

/// The reference that the cache had; none if the dentry was not in it.
Ref<Dentry> DentryCache::take_out(Dentry& dentry) {
    auto const bucket = bucket_of(dentry.hash_).lock();
    if (!dentry.cached_)
        return {};
    Dentry** link = &bucket->first;
    while (*link != nullptr && *link != &dentry)
        link = &(*link)->next_;
    if (*link == nullptr)
        return {};
    return unlink(link);
}

Result<Ref<Dentry>> DentryCache::uncached(Ref<Dentry> parent, std::string_view name,
                                          Ref<Inode> inode) {
    return make_ref<Dentry>(Dentry::Shape::named, std::move(inode), std::move(parent),
                            String(name));
}

Result<Ref<Dentry>> DentryCache::add(Ref<Dentry> parent, std::string_view name, Ref<Inode> inode) {
    Ref<Dentry> fresh = TRY(uncached(std::move(parent), name, std::move(inode)));
    publish(fresh);
    return fresh;
}

void DentryCache::publish(Ref<Dentry> const& dentry) {
    insert(*dentry);
    if (dentry->parent_->is_deleted()) // maybe too late for remove() to see
        forget(*dentry);
    if (entries.load() > most_entries)
        trim();
}

void DentryCache::fill(Dentry& negative, Ref<Dentry> const& fresh, Ref<Inode> inode) {
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
    take_out(dentry);
}

// A bug between the steps leaves a dentry that is right, but not cached.

namespace {

/// Owns nothing and is not compiled into who does: the log copies by std::memcpy(), which is
/// noexcept, so that a bug there skips the frame.
[[gnu::noinline]] void swap_names(Ref<Dentry>& parent, Ref<Dentry>& other_parent, String& name,
                                  String& other_name) {
    auto const tree = dentry_tree.lock();
    tree->undo.swap(parent, other_parent);
    tree->undo.swap(name, other_name);
}

} // namespace

void DentryCache::move(Dentry& dentry, Ref<Dentry> new_parent, String new_name) {
    Ref<Dentry> const cached = take_out(dentry);
    swap_names(dentry.parent_, new_parent, dentry.name_, new_name);
    if (cached)
        insert(dentry);
}

void DentryCache::exchange(Dentry& one, Dentry& other) {
    Ref<Dentry> const one_cached = take_out(one);
    Ref<Dentry> const other_cached = take_out(other);
    swap_names(one.parent_, other.parent_, one.name_, other.name_);
    if (one_cached)
        insert(one);
    if (other_cached)
        insert(other);
}

/// Dentries taken out of a bucket, linked by next_; released after its lock.
class DentryCache::Dropped {
public:
    Dropped() = default;
    Dropped(Dropped const&) = delete;
    Dropped& operator=(Dropped const&) = delete;

    ~Dropped() {
        persist([this] {
            while (first_ != nullptr) {
                Dentry* const entry = first_;
                first_ = entry->next_;
                auto const gone = Ref<Dentry>::adopt(entry);
                entry->next_ = nullptr;
            }
        });
    }

    void add(Ref<Dentry> dentry) {
        dentry->next_ = first_;
        first_ = dentry.raw();
        static_cast<void>(dentry.leak());
    }

private:
    Dentry* first_ = nullptr;
};

/// A name that is damaged itself is better forgotten than kept.
template <class Chosen>
bool choose(Chosen& chosen, Dentry& entry) {
    struct Choice {
        Chosen& chosen;
        Dentry& entry;
        bool made = false;
    } choice{chosen, entry};

    bool const sound = survive(
        [](void* argument) {
            auto& one = *static_cast<Choice*>(argument);
            one.made = one.chosen(one.entry);
        },
        &choice);
    return choice.made || !sound;
}

/// Drops what nobody uses and is chosen from one bucket. Lookups take references under the bucket's
/// lock, so a count of one seen under it stays one.
template <class Chosen>
void DentryCache::trim_bucket(usize index, Chosen chosen) {
    if (bucket_sizes[index].load() == 0)
        return;
    Dropped dropped;
    auto const bucket = buckets[index].lock();
    for (Dentry** link = &bucket->first; *link != nullptr;) {
        Dentry* const entry = *link;
        if (entry->reference_count() != 1 || !choose(chosen, *entry)) {
            link = &entry->next_;
            continue;
        }
        dropped.add(unlink(link));
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

/// The nth dentry of a directory's names in a bucket.
Ref<Dentry> DentryCache::nth_in(usize bucket, Inode const& directory, usize nth) {
    if (bucket_sizes[bucket].load() == 0)
        return {};
    auto const chain = buckets[bucket].lock();
    for (Dentry* entry = chain->first; entry != nullptr; entry = entry->next_)
        if (entry->parent_->inode_.raw() == &directory && nth-- == 0)
            return Ref<Dentry>::share(entry);
    return {};
}

void DentryCache::recheck(Inode& directory) {
    for (usize bucket = 0; bucket < bucket_count; ++bucket)
        for (usize nth = 0; Ref<Dentry> const entry = nth_in(bucket, directory, nth);) {
            auto const found = directory.lookup(entry->name_);
            if ((found ? *found : Ref<Inode>()) == entry->inode_)
                ++nth;
            else
                forget(*entry);
        }
    // What was below a name that is gone: all that nobody uses may be looked up again.
    shrink(&directory.file_system());
}

usize DentryCache::size() {
    return entries.load();
}

} // namespace vfs
