// Files of the tz database, RFC 8536.
#include "libs/calendar/zone.hpp"

namespace calendar {
namespace {

/// Big-endian numbers, one after the other. Behind the end there are zeros, and `bad`.
class Reader {
public:
    explicit Reader(ConstBytes bytes) : rest_(bytes) {}

    ConstBytes take(usize count) {
        if (count > rest_.size()) {
            bad_ = true;
            rest_ = {};
            return {};
        }
        auto const taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }

    u64 number(usize bytes) {
        u64 value = 0;
        for (auto const byte : take(bytes))
            value = value << 8 | static_cast<u64>(byte);
        return value;
    }

    u32 word() { return static_cast<u32>(number(4)); }

    ConstBytes rest() const { return rest_; }

    bool bad() const { return bad_; }

private:
    ConstBytes rest_;
    bool bad_ = false;
};

struct Header {
    u8 version;
    u32 utc_marks;
    u32 standard_marks;
    u32 leap_seconds;
    u32 changes;
    u32 types;
    u32 characters;

    /// Of what follows, with times of so many bytes.
    u64 size(u64 time) const {
        return u64{changes} * (time + 1) + u64{types} * 6 + characters +
               u64{leap_seconds} * (time + 4) + standard_marks + utc_marks;
    }
};

std::optional<Header> read_header(Reader& from) {
    if (text_of(from.take(4)) != "TZif")
        return std::nullopt;
    Header header = {};
    header.version = static_cast<u8>(from.number(1));
    from.take(15);
    for (auto* const field : {&header.utc_marks, &header.standard_marks, &header.leap_seconds,
                              &header.changes, &header.types, &header.characters})
        *field = from.word();
    return from.bad() ? std::nullopt : std::optional(header);
}

} // namespace

std::optional<Zone> Zone::from_file(ConstBytes file) {
    Reader reader(file);
    auto const old = read_header(reader);
    if (!old || old->version < '2')
        return std::nullopt;
    reader.take(old->size(4)); // the same once more, with times of 32 bits
    auto const header = read_header(reader);
    if (!header || header->leap_seconds != 0 || header->types == 0 ||
        header->size(8) > reader.rest().size())
        return std::nullopt;
    Zone zone;
    Reader times(reader.take(usize{header->changes} * 8));
    Reader indices(reader.take(header->changes));
    Vector<i32> offsets;
    for (u32 i = 0; i < header->types; ++i) {
        auto const offset = static_cast<i32>(reader.word());
        reader.take(2); // whether it is daylight-saving time, and its name
        if (offset <= -25 * i32{3600} || offset >= 26 * i32{3600})
            return std::nullopt;
        offsets.push_back(offset);
    }
    zone.first_ = offsets[0];
    for (u32 i = 0; i < header->changes; ++i) {
        auto const at = static_cast<i64>(times.number(8));
        u64 const type = indices.number(1);
        if (type >= offsets.size() || (!zone.changes_.empty() && at <= zone.changes_.back().at))
            return std::nullopt;
        zone.changes_.push_back({at, offsets[type]});
    }
    reader.take(header->characters + usize{header->standard_marks} + header->utc_marks);
    auto footer = text_of(reader.rest());
    if (!footer.starts_with('\n'))
        return std::nullopt;
    footer.remove_prefix(1);
    auto const end = footer.find('\n');
    if (end == footer.npos)
        return std::nullopt;
    zone.rule_ = Rule::parse(footer.substr(0, end));
    if (!zone.rule_ && end != 0)
        return std::nullopt;
    return zone;
}

} // namespace calendar
