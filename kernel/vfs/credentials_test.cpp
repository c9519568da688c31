// Tests of permission checks.
#include "kernel/vfs/credentials.hpp"

#include <gtest/gtest.h>

namespace {

using vfs::Permission;

vfs::Attributes file(u32 permissions, u32 uid = 1000, u32 gid = 100) {
    vfs::Attributes attributes;
    attributes.permissions = permissions;
    attributes.uid = static_cast<Uid>(uid);
    attributes.gid = static_cast<Gid>(gid);
    return attributes;
}

Ref<vfs::Credentials> user(u32 uid, u32 gid) {
    auto who = make_ref<vfs::Credentials>();
    who->uid = who->euid = who->suid = who->fsuid = static_cast<Uid>(uid);
    who->gid = who->egid = who->sgid = who->fsgid = static_cast<Gid>(gid);
    who->permitted = who->effective = vfs::CapabilitySet();
    return who;
}

bool may(vfs::Credentials const& who, vfs::Attributes const& of, vfs::Permissions wanted) {
    return vfs::check_permission(who, of, wanted).has_value();
}

TEST(Credentials, OneClassOfBitsDecides) {
    auto const owner = user(1000, 5);
    auto const member = user(7, 100);
    auto const other = user(7, 7);
    EXPECT_TRUE(may(*owner, file(0400), Permission::read));
    EXPECT_FALSE(may(*owner, file(0077), Permission::read)) << "the owner is not 'others'";
    EXPECT_TRUE(may(*member, file(0040), Permission::read));
    EXPECT_FALSE(may(*member, file(0704), Permission::read));
    EXPECT_TRUE(may(*other, file(0004), Permission::read));
    EXPECT_FALSE(may(*other, file(0770), Permission::read));
}

TEST(Credentials, SupplementaryGroupsCount) {
    auto const who = user(7, 7);
    EXPECT_FALSE(may(*who, file(0060), Permission::write));
    who->groups.push_back(static_cast<Gid>(100));
    EXPECT_TRUE(may(*who, file(0060), Permission::write));
}

TEST(Credentials, RootExecutesOnlyWhatSomebodyMay) {
    auto const root = make_ref<vfs::Credentials>();
    EXPECT_TRUE(may(*root, file(0000), Permission::read | Permission::write));
    EXPECT_FALSE(may(*root, file(0666), Permission::execute));
    EXPECT_TRUE(may(*root, file(0001), Permission::execute));
    vfs::Attributes directory = file(0000);
    directory.kind = vfs::Kind::directory;
    EXPECT_TRUE(may(*root, directory, Permission::execute));
}

} // namespace
