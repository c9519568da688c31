// Fixture of host tests that run in a user address space.
#pragma once

#include "kernel/arch/api/user_copy.hpp"
#include "kernel/mem/address_space.hpp"
#include "kernel/mem/memory_fixture.hpp"

#include <map>
#include <optional>

inline constexpr auto read_write = arch::Access::read | arch::Access::write;

class InSpace : public FreshMemory {
protected:
    InSpace() : space_(std::move(*mem::AddressSpace::create(12345))) { space_->activate(); }

    ~InSpace() override {
        mem::testing::fail_after(-1);
        mem::AddressSpace::deactivate();
    }

    mem::AddressSpace& space() { return *space_; }

    void use(Ref<mem::AddressSpace> other) {
        space_ = std::move(other);
        space_->activate();
    }

    UserAddr map(u64 pages, arch::AccessFlags access = read_write, UserAddr at = {}) {
        mem::MapRequest request{.at = at, .size = pages * page_size, .access = access};
        if (at != UserAddr())
            request.place = mem::MapRequest::Place::exact_replacing;
        auto const mapped = space_->map(std::move(request));
        EXPECT_TRUE(mapped);
        return mapped ? *mapped : UserAddr();
    }

    static bool store(UserAddr at, u8 value) {
        return arch::copy_to_user(at, object_bytes(value)) == 1;
    }

    static std::optional<u8> load(UserAddr at) {
        u8 value = 0;
        if (arch::copy_from_user(writable_object_bytes(value), at) != 1)
            return std::nullopt;
        return value;
    }

    u64 resident() { return space_->use().resident / page_size; }

private:
    Ref<mem::AddressSpace> space_;
};

/// A file of a few pages; each page starts with its number.
class FakeFile : public mem::PageSource {
public:
    explicit FakeFile(u64 pages) : pages_(pages) {}

    Result<mem::Frame> page(u64 index, bool writable) override {
        ++asked;
        if (fails)
            return ::fail(*fails);
        if (index >= pages_)
            return ::fail(Errno::efault);
        wrote |= writable;
        auto& frame = frames_[index];
        if (!frame) {
            auto fresh = mem::Frame::allocate(mem::Fill::zeroed, mem::Use::page_cache);
            if (!fresh)
                return fresh;
            fresh->bytes()[0] = static_cast<std::byte>(index + 1);
            frame = std::move(*fresh);
        }
        return frame;
    }

    String name() const override { return "/a/file"; }

    u64 inode_number() const override { return 77; }

    void truncate(u64 pages) {
        pages_ = pages;
        unmap_pages(pages, ~u64{0}, Copies::drop);
        frames_.erase(frames_.lower_bound(pages), frames_.end());
    }

    std::byte at(u64 page, usize offset) { return frames_[page].bytes()[offset]; }

    int asked = 0;
    bool wrote = false;
    std::optional<Errno> fails;

private:
    u64 pages_;
    std::map<u64, mem::Frame> frames_;
};
