// Parses gzip headers and trailers around the inflater.
#include "libs/gzip/gzip.hpp"

#include "libs/base/box.hpp"
#include "libs/gzip/crc32.hpp"

namespace gzip {
namespace {

constexpr usize fixed_header = 10;
constexpr usize trailer_size = 8;
constexpr u8 method_deflate = 8;

enum HeaderFlag : u8 {
    has_header_crc = 2,
    has_extra = 4,
    has_name = 8,
    has_comment = 16,
    reserved = 0xe0,
};

u8 byte_at(ConstBytes bytes, usize at) {
    return static_cast<u8>(bytes.data()[at]);
}

u32 little32(ConstBytes bytes, usize at) {
    return static_cast<u32>(byte_at(bytes, at)) | static_cast<u32>(byte_at(bytes, at + 1)) << 8 |
           static_cast<u32>(byte_at(bytes, at + 2)) << 16 |
           static_cast<u32>(byte_at(bytes, at + 3)) << 24;
}

/// Passes data on while computing what the trailer must say.
class Checker final : public Sink {
public:
    explicit Checker(Sink& next) : next_(next) {}

    Result<void> write(ConstBytes bytes) override {
        // The inflater's last piece repeats no byte: each call brings new data only.
        crc_ = crc32(crc_, bytes);
        size_ += static_cast<u32>(bytes.size());
        return next_.write(bytes);
    }

    u32 crc() const { return crc_; }

    u32 size() const { return size_; } ///< modulo 2^32, as the trailer has it

private:
    Sink& next_;
    u32 crc_ = 0;
    u32 size_ = 0;
};

std::unexpected<Failure> refuse(char const* cause, usize offset) {
    return std::unexpected(Failure{cause, offset});
}

/// Offset after the zero-terminated text at `at`, or 0.
usize after_text(ConstBytes input, usize at) {
    while (at < input.size())
        if (byte_at(input, at++) == 0)
            return at;
    return 0;
}

/// The size of the header (RFC 1952, 2.3).
std::expected<usize, Failure> header_size(ConstBytes input) {
    if (!looks_like_gzip(input))
        return refuse("no gzip header", 0);
    if (input.size() < fixed_header)
        return refuse("the gzip header ends early", input.size());
    if (byte_at(input, 2) != method_deflate)
        return refuse("an unknown gzip compression method", 2);
    u8 const flags = byte_at(input, 3);
    if ((flags & reserved) != 0)
        return refuse("reserved gzip header flags are set", 3);

    usize at = fixed_header;
    if ((flags & has_extra) != 0) {
        if (input.size() - at < 2)
            return refuse("the gzip header ends early", input.size());
        at += usize{2} + byte_at(input, at) + (usize{byte_at(input, at + 1)} << 8);
        if (at > input.size())
            return refuse("the gzip header ends early", input.size());
    }
    for (auto const text : {has_name, has_comment})
        if ((flags & text) != 0) {
            at = after_text(input, at);
            if (at == 0)
                return refuse("the gzip header ends early", input.size());
        }
    if ((flags & has_header_crc) != 0) {
        if (input.size() - at < 2)
            return refuse("the gzip header ends early", input.size());
        u32 const wanted = byte_at(input, at) | static_cast<u32>(byte_at(input, at + 1)) << 8;
        if ((crc32(0, input.first(at)) & 0xffff) != wanted)
            return refuse("the gzip header's checksum is wrong", at);
        at += 2;
    }
    return at;
}

} // namespace

bool looks_like_gzip(ConstBytes input) {
    return input.size() >= 2 && byte_at(input, 0) == 0x1f && byte_at(input, 1) == 0x8b;
}

std::expected<usize, Failure> unpack_member(ConstBytes input, Sink& sink) {
    auto const header = header_size(input);
    if (!header)
        return header;
    auto const inflater = make<Inflater>();
    Checker checker(sink);
    auto packed = inflater->run(input.subspan(*header), checker);
    if (!packed) {
        packed.error().offset += *header;
        return packed;
    }
    usize const trailer = *header + *packed;
    if (input.size() - trailer < trailer_size)
        return refuse("the gzip trailer ends early", input.size());
    if (little32(input, trailer) != checker.crc())
        return refuse("the gzip checksum is wrong", trailer);
    if (little32(input, trailer + 4) != checker.size())
        return refuse("the gzip size is wrong", trailer + 4);
    return trailer + trailer_size;
}

std::expected<void, Failure> unpack(ConstBytes input, Sink& sink) {
    usize at = 0;
    do {
        auto const member = unpack_member(input.subspan(at), sink);
        if (!member)
            return std::unexpected(
                Failure{member.error().cause, member.error().offset + at, member.error().code});
        at += *member;
    } while (at < input.size());
    return {};
}

} // namespace gzip
