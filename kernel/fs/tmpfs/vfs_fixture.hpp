// Fixture of host tests: a root on tmpfs, and short names for what programs do with it.
#pragma once

#include "kernel/fs/tmpfs/tmpfs.hpp"
#include "kernel/mem/frames.hpp"
#include "kernel/vfs/initialise.hpp"
#include "kernel/vfs/operations.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

class TmpfsRoot : public ::testing::Test {
protected:
    TmpfsRoot() {
        static bool const once = [] {
            mem::initialise_frames();
            vfs::register_file_system(tmpfs::type);
            vfs::register_file_system(tmpfs::ramfs_type);
            vfs::register_file_system(tmpfs::rootfs_type);
            return true;
        }();
        static_cast<void>(once);
        mounts_ = *vfs::mount_root("rootfs");
        caller_.emplace(vfs::Caller::kernel(mounts_));
    }

    ~TmpfsRoot() override {
        caller_.reset();
        mounts_ = {};
        vfs::DentryCache::shrink();
    }

    vfs::Caller& caller() { return *caller_; }

    vfs::Place const& cwd() { return caller_->cwd; }

    static Errno code(auto const& result) { return result ? Errno{} : result.error().code(); }

    Errno make_file(std::string_view path, std::string_view text = "", u32 permissions = 0644) {
        using uapi::Open;
        auto file = vfs::open(caller(), cwd(), path,
                              vfs::OpenFlags(Open::write_only) | Open::create | Open::truncate,
                              permissions);
        if (!file)
            return file.error().code();
        auto source = mem::Source::kernel(bytes_of(text));
        auto const written = (*file)->write(source);
        return code(written);
    }

    std::string read_file(std::string_view path) {
        auto file = vfs::open(caller(), cwd(), path, {});
        if (!file)
            return std::string("error ") + uapi::errno_name(file.error().code());
        return read_all(**file);
    }

    static std::string read_all(vfs::File& file) {
        std::string text;
        char piece[1000];
        for (;;) {
            auto sink = mem::Sink::kernel(std::as_writable_bytes(std::span(piece)));
            auto const count = file.read(sink);
            if (!count || *count == 0)
                return text;
            text.append(piece, *count);
        }
    }

    Errno mkdir(std::string_view path, u32 permissions = 0755) {
        return code(vfs::make_directory(caller(), cwd(), path, permissions));
    }

    Errno symlink(std::string_view target, std::string_view path) {
        return code(vfs::make_symbolic_link(caller(), target, cwd(), path));
    }

    Errno unlink(std::string_view path) { return code(vfs::unlink(caller(), cwd(), path)); }

    Errno rmdir(std::string_view path) {
        return code(vfs::remove_directory(caller(), cwd(), path));
    }

    Errno rename(std::string_view from, std::string_view to,
                 vfs::RenameRule rule = vfs::RenameRule::replace) {
        return code(vfs::rename(caller(), cwd(), from, cwd(), to, rule));
    }

    Errno link(std::string_view from, std::string_view to) {
        auto place = vfs::walk(caller(), cwd(), from, {});
        if (!place)
            return place.error().code();
        return code(vfs::make_link(caller(), *place, cwd(), to));
    }

    Errno walk(std::string_view path, vfs::WalkFlags flags = vfs::Walk::follow_last) {
        return code(vfs::walk(caller(), cwd(), path, flags));
    }

    std::string path_of(std::string_view path) {
        auto place = vfs::walk(caller(), cwd(), path);
        if (!place)
            return std::string("error ") + uapi::errno_name(place.error().code());
        return std::string(vfs::path_of(*place, caller().root).view());
    }

    vfs::Attributes stat(std::string_view path) {
        return vfs::walk(caller(), cwd(), path, {})->inode()->attributes();
    }

    std::vector<std::string> list(std::string_view path) {
        struct Names final : vfs::DirectorySink {
            bool take(std::string_view name, u64, vfs::Kind, u64) override {
                names.emplace_back(name);
                return true;
            }

            std::vector<std::string> names;
        } sink;

        auto file = vfs::open(caller(), cwd(), path, {});
        EXPECT_TRUE(file && (*file)->list(sink));
        return sink.names;
    }

    void become(u32 uid) {
        auto who = make_ref<vfs::Credentials>();
        who->uid = who->euid = who->suid = who->fsuid = static_cast<Uid>(uid);
        who->gid = who->egid = who->sgid = who->fsgid = static_cast<Gid>(uid);
        who->permitted = who->effective = vfs::CapabilitySet();
        caller_->credentials = std::move(who);
    }

    void become_root() { caller_->credentials = make_ref<vfs::Credentials>(); }

    Ref<vfs::MountTree> mounts_;
    std::optional<vfs::Caller> caller_;
};
