// Tests of advisory locks, on the file of a pipe: any inode can be locked.
#include "kernel/vfs/file_locks.hpp"

#include "kernel/mem/frames.hpp"
#include "kernel/vfs/anonymous.hpp"

#include <gtest/gtest.h>

namespace {

using enum Errno;
using vfs::ByteRange;
using vfs::LockKind;
using vfs::LockWait;

class PlainFile final : public vfs::File {
public:
    explicit PlainFile(vfs::Place place) : File(std::move(place), uapi::Open::read_write) {}
};

class FileLocks : public ::testing::Test {
protected:
    FileLocks() {
        static bool const booted = (mem::initialise_frames(), true);
        static_cast<void>(booted);
        place_ = *vfs::create_anonymous(vfs::Kind::regular, 0600, "locked", vfs::Naming::plain);
        file_ = make_ref<PlainFile>(place_);
        other_file_ = make_ref<PlainFile>(place_);
    }

    Errno lock(int const& owner, u64 start, u64 end, std::optional<LockKind> kind) {
        auto const result =
            vfs::set_record_lock(*file_, {&owner, 1}, {start, end}, kind, LockWait::try_once);
        return result ? Errno{} : result.error().code();
    }

    Errno flock(vfs::File& file, std::optional<LockKind> kind) {
        auto const result = vfs::set_flock(file, kind, LockWait::try_once);
        return result ? Errno{} : result.error().code();
    }

    vfs::Place place_;
    Ref<vfs::File> file_, other_file_;
    int const a_ = 1, b_ = 2;
};

TEST_F(FileLocks, ExclusiveRangesExclude) {
    EXPECT_EQ(lock(a_, 0, 10, LockKind::exclusive), Errno{});
    EXPECT_EQ(lock(b_, 9, 20, LockKind::shared), eagain);
    EXPECT_EQ(lock(b_, 10, 20, LockKind::shared), Errno{});
    EXPECT_EQ(lock(a_, 5, 15, LockKind::shared), Errno{}) << "shared with b, own part converted";
    EXPECT_EQ(lock(a_, 5, 15, LockKind::exclusive), eagain);
    EXPECT_EQ(lock(b_, 5, 6, LockKind::shared), Errno{});
    EXPECT_EQ(lock(b_, 4, 6, LockKind::shared), eagain);
}

TEST_F(FileLocks, UnlockingTheMiddleSplits) {
    EXPECT_EQ(lock(a_, 0, UINT64_MAX, LockKind::exclusive), Errno{});
    EXPECT_EQ(lock(a_, 100, 200, std::nullopt), Errno{});
    EXPECT_EQ(lock(b_, 100, 200, LockKind::exclusive), Errno{});
    EXPECT_EQ(lock(b_, 99, 100, LockKind::shared), eagain);
    EXPECT_EQ(lock(b_, 200, 201, LockKind::shared), eagain);
    auto const conflict = vfs::conflicting_lock(*file_, {LockKind::shared, {150, 300}, {&b_, 1}});
    ASSERT_TRUE(conflict && *conflict);
    EXPECT_EQ((*conflict)->range.start, 200u);
    EXPECT_EQ((*conflict)->range.end, UINT64_MAX);
}

TEST_F(FileLocks, ClosingReleases) {
    lock(a_, 0, 10, LockKind::exclusive);
    vfs::release_record_locks(file_->inode(), &a_);
    EXPECT_EQ(lock(b_, 0, 10, LockKind::exclusive), Errno{});
}

TEST_F(FileLocks, FlockBelongsToTheOpenFile) {
    EXPECT_EQ(flock(*file_, LockKind::shared), Errno{});
    EXPECT_EQ(flock(*other_file_, LockKind::shared), Errno{});
    EXPECT_EQ(flock(*other_file_, LockKind::exclusive), eagain);
    EXPECT_EQ(flock(*file_, std::nullopt), Errno{});
    EXPECT_EQ(flock(*other_file_, LockKind::exclusive), Errno{});
    EXPECT_EQ(flock(*file_, LockKind::shared), eagain);
    other_file_ = {};
    EXPECT_EQ(flock(*file_, LockKind::exclusive), Errno{});
}

} // namespace
