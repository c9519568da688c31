// Fuzzes gzip unpacking: any input ends in data or a named failure, within bounded output.
#include "libs/gzip/gzip.hpp"

#include <cstdlib>

namespace {

class Limited final : public gzip::Sink {
public:
    Result<void> write(ConstBytes bytes) override {
        if (bytes.empty() || bytes.size() > 32_KiB)
            std::abort();
        size_ += bytes.size();
        return size_ > 4_MiB ? Result<void>(fail(Errno::enospc)) : Result<void>();
    }

private:
    usize size_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    Limited sink;
    auto const done = gzip::unpack(std::as_bytes(std::span(data, size)), sink);
    if (!done && (done.error().cause == nullptr || done.error().offset > size))
        std::abort();
    return 0;
}
