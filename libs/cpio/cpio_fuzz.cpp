// Fuzzes initramfs unpacking: calls come in order, and every failure has a cause inside the image.
#include "libs/cpio/cpio.hpp"

#include <cstdlib>

namespace {

class Ordered final : public cpio::Visitor {
public:
    Result<void> entry(cpio::Entry const& entry) override {
        check(!open_ && entry.name.size() < 4096 && entry.target.size() < 4096);
        open_ = true;
        left_ = entry.size;
        return {};
    }

    Result<void> data(ConstBytes bytes) override {
        check(open_ && bytes.size() <= left_);
        left_ -= bytes.size();
        total_ += bytes.size();
        return total_ > 4_MiB ? Result<void>(fail(Errno::enospc)) : Result<void>();
    }

    Result<void> finished() override {
        check(open_ && left_ == 0);
        open_ = false;
        return {};
    }

    static void check(bool holds) {
        if (!holds)
            std::abort();
    }

private:
    bool open_ = false;
    u64 left_ = 0;
    u64 total_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    Ordered visitor;
    auto const done = cpio::unpack(std::as_bytes(std::span(data, size)), visitor);
    if (!done)
        Ordered::check(done.error().cause != nullptr && done.error().offset <= size);
    return 0;
}
