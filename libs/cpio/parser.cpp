// The newc format: 110 bytes of header in hexadecimal text, name, data, each padded to 4 bytes.
#include "libs/cpio/cpio.hpp"

#include <algorithm>

namespace cpio {
namespace {

constexpr usize header_size = 110;
constexpr usize longest_name = 4096; // PATH_MAX, with the terminating zero
constexpr std::string_view last_name = "TRAILER!!!";

enum Field : usize {
    inode,
    mode,
    uid,
    gid,
    links,
    mtime,
    file_size,
    device_major,
    device_minor,
    special_major,
    special_minor,
    name_size,
    checksum,
    field_count,
};

int hex_digit(std::byte byte) {
    char const c = static_cast<char>(byte);
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

usize padding_after(u64 offset) {
    return static_cast<usize>(-offset & 3);
}

} // namespace

std::unexpected<Failure> Parser::refuse(char const* cause, u64 offset) const {
    return std::unexpected(Failure{cause, offset});
}

Outcome Parser::tell(Result<void> const& result) const {
    if (!result)
        return std::unexpected(
            Failure{"an entry could not be stored", header_offset_, 0, result.error().code()});
    return {};
}

bool Parser::gather(ConstBytes& bytes, usize wanted) {
    usize const piece = std::min(bytes.size(), wanted - gathered_.size());
    gathered_.reserve(wanted);
    for (std::byte const byte : bytes.first(piece))
        gathered_.push_back(byte);
    bytes = bytes.subspan(piece);
    offset_ += piece;
    return gathered_.size() == wanted;
}

void Parser::pad_to_four(State after) {
    left_ = padding_after(offset_);
    after_padding_ = after;
    state_ = State::padding;
}

std::expected<usize, Failure> Parser::push(ConstBytes bytes) {
    ConstBytes rest = bytes;
    archive_ended_ = false;
    while (!archive_ended_) {
        // States that need no byte to go on come first.
        Outcome done;
        if (state_ == State::padding && left_ == 0) {
            state_ = after_padding_;
            if (state_ == State::data || state_ == State::target)
                done = start_entry();
        } else if (state_ == State::data && left_ == 0) {
            done = end_entry();
        } else if (rest.empty()) {
            break;
        } else if (state_ == State::header) {
            if (gathered_.empty())
                header_offset_ = offset_;
            if (gather(rest, header_size))
                done = take_header();
        } else if (state_ == State::name) {
            if (gather(rest, name_size_))
                done = take_name();
        } else if (state_ == State::target) {
            if (gather(rest, static_cast<usize>(body_size_)))
                done = end_entry();
        } else {
            usize const piece = static_cast<usize>(std::min<u64>(rest.size(), left_));
            if (state_ == State::data) {
                if (summed_)
                    for (std::byte const byte : rest.first(piece))
                        sum_ += static_cast<u8>(byte);
                done = tell(visitor_.data(rest.first(piece)));
            }
            rest = rest.subspan(piece);
            offset_ += piece;
            left_ -= piece;
        }
        if (!done)
            return std::unexpected(done.error());
    }
    return bytes.size() - rest.size();
}

Outcome Parser::take_header() {
    std::string_view const magic = text_of(gathered_).substr(0, 6);
    if (magic == "070707")
        return refuse("an old portable cpio archive: only the newc format is supported",
                      header_offset_);
    if (magic != "070701" && magic != "070702")
        return refuse("no cpio header where one should start", header_offset_);
    u32 fields[field_count];
    for (usize field = 0; field < field_count; ++field) {
        u32 value = 0;
        for (usize digit = 0; digit < 8; ++digit) {
            usize const at = 6 + 8 * field + digit;
            int const number = hex_digit(gathered_[at]);
            if (number < 0)
                return refuse("a cpio header field is not a hexadecimal number",
                              header_offset_ + at);
            value = value << 4 | static_cast<u32>(number);
        }
        fields[field] = value;
    }
    entry_ = Entry{};
    entry_.mode = fields[mode];
    entry_.uid = fields[uid];
    entry_.gid = fields[gid];
    entry_.mtime = fields[mtime];
    entry_.links = fields[links];
    entry_.inode = fields[inode];
    entry_.device_major = fields[device_major];
    entry_.device_minor = fields[device_minor];
    entry_.special_major = fields[special_major];
    entry_.special_minor = fields[special_minor];
    body_size_ = fields[file_size];
    name_size_ = fields[name_size];
    summed_ = magic == "070702" && entry_.type() == Entry::Type::regular;
    wanted_sum_ = fields[checksum];
    sum_ = 0;
    if (name_size_ == 0 || name_size_ > longest_name)
        return refuse("a cpio entry with an impossible name length", header_offset_);
    if (entry_.type() == Entry::Type::symbolic_link && body_size_ >= longest_name)
        return refuse("a cpio symbolic link with too long a target", header_offset_);
    gathered_.clear();
    state_ = State::name;
    return {};
}

Outcome Parser::take_name() {
    if (gathered_[gathered_.size() - 1] != std::byte{0})
        return refuse("a cpio entry name that is not terminated", header_offset_);
    std::string_view name = text_of(gathered_);
    name_.clear();
    name_.append(name.substr(0, name.find('\0')));
    gathered_.clear();
    bool const link = entry_.type() == Entry::Type::symbolic_link && body_size_ != 0;
    pad_to_four(link ? State::target : State::data);
    return {};
}

Parser::Link const* Parser::find_link() const {
    for (Link const& link : links_)
        if (link.inode == entry_.inode && link.device_major == entry_.device_major &&
            link.device_minor == entry_.device_minor &&
            link.type == static_cast<u32>(entry_.type()))
            return &link;
    return nullptr;
}

Outcome Parser::start_entry() {
    entry_.name = name_;
    left_ = body_size_;
    if (name_ == last_name) {
        links_.clear(); // inode numbers mean something only within one archive
        state_ = State::data;
        return body_size_ == 0 ? Outcome{} : refuse("a cpio trailer with data", header_offset_);
    }
    if (state_ == State::target)
        return {}; // told once the target is here
    entry_.size = body_size_;
    if (entry_.links > 1 && entry_.type() != Entry::Type::directory) {
        Link const* const first = find_link();
        if (first != nullptr) {
            entry_.same_as = first->name;
        } else {
            Link link;
            link.inode = entry_.inode;
            link.device_major = entry_.device_major;
            link.device_minor = entry_.device_minor;
            link.type = static_cast<u32>(entry_.type());
            link.name.append(name_);
            links_.push_back(std::move(link));
        }
    }
    return tell(visitor_.entry(entry_));
}

Outcome Parser::end_entry() {
    bool const trailer = name_ == last_name;
    Outcome done;
    if (state_ == State::target) {
        entry_.target = text_of(gathered_);
        entry_.target = entry_.target.substr(0, entry_.target.find('\0'));
        done = tell(visitor_.entry(entry_));
        gathered_.clear();
    }
    if (done && summed_ && sum_ != wanted_sum_)
        return refuse("a cpio entry's checksum is wrong", header_offset_);
    if (done && !trailer)
        done = tell(visitor_.finished());
    archive_ended_ = trailer;
    pad_to_four(State::header);
    if (trailer) {
        state_ = State::header; // whatever zero bytes follow belong to nobody
        left_ = 0;
    }
    return done;
}

} // namespace cpio
