// Walks an initramfs image: which archives it consists of and how each is packed.
#include "libs/cpio/cpio.hpp"
#include "libs/gzip/gzip.hpp"

namespace cpio {
namespace {

constexpr std::byte zero{0};

/// Feeds what a gzip member unpacks to into the parser.
class Unpacked final : public gzip::Sink {
public:
    explicit Unpacked(Parser& parser) : parser_(parser) {}

    Result<void> write(ConstBytes bytes) override {
        while (!bytes.empty()) {
            if (parser_.between_entries() && bytes.front() == zero) {
                parser_.skip(1);
                bytes = bytes.subspan(1);
                continue;
            }
            auto const taken = parser_.push(bytes);
            if (!taken) {
                failure_ = taken.error();
                return fail(failure_.code);
            }
            bytes = bytes.subspan(*taken);
        }
        return {};
    }

    Failure const& failure() const { return failure_; }

private:
    Parser& parser_;
    Failure failure_{nullptr, 0};
};

struct PackedFormat {
    std::string_view magic;
    char const* cause;
};

// Kernels unpack these too; this one says so instead of "no cpio header".
constexpr PackedFormat unsupported[] = {
    {"\xfd"
     "7zXZ",
     "the archive is packed with xz: only gzip is supported"},
    {"\x28\xb5\x2f\xfd", "the archive is packed with zstd: only gzip is supported"},
    {"\x02\x21\x4c\x18", "the archive is packed with lz4: only gzip is supported"},
    {"BZh", "the archive is packed with bzip2: only gzip is supported"},
    {"\x89LZO", "the archive is packed with lzo: only gzip is supported"},
};

char const* why_no_archive(ConstBytes start) {
    for (auto const& format : unsupported)
        if (text_of(start).starts_with(format.magic))
            return format.cause;
    return "neither a cpio archive nor gzip data";
}

} // namespace

Outcome unpack(ConstBytes image, Visitor& visitor) {
    Parser parser(visitor);
    usize at = 0;
    while (at < image.size()) {
        ConstBytes const rest = image.subspan(at);
        if (rest.front() == zero && parser.between_entries()) {
            ++at;
            continue;
        }
        if (gzip::looks_like_gzip(rest)) {
            if (parser.between_entries())
                parser.begin();
            Unpacked unpacked(parser);
            auto const packed = gzip::unpack_member(rest, unpacked);
            if (!packed && unpacked.failure().cause != nullptr)
                return std::unexpected(Failure{unpacked.failure().cause, at,
                                               unpacked.failure().offset, unpacked.failure().code});
            if (!packed)
                return std::unexpected(Failure{packed.error().cause, at + packed.error().offset});
            at += *packed;
            continue;
        }
        if (!parser.between_entries())
            break;
        if (rest.front() != std::byte{'0'})
            return std::unexpected(Failure{why_no_archive(rest), at});
        parser.begin();
        auto const taken = parser.push(rest);
        if (!taken) {
            Failure failure = taken.error();
            failure.offset += at;
            return std::unexpected(failure);
        }
        at += *taken;
    }
    if (!parser.between_entries())
        return std::unexpected(Failure{"the archive ends inside an entry", at});
    return {};
}

} // namespace cpio
