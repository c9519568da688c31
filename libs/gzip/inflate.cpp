// The DEFLATE decoder: blocks, code tables, and the window that copies refer to.
#include "libs/gzip/inflate.hpp"

#include <algorithm>

namespace gzip {
namespace {

struct Extra {
    u16 base;
    u8 bits;
};

// RFC 1951, 3.2.5: symbols 257.. are lengths, the distance code's symbols are distances.
constexpr Extra lengths[] = {
    {3, 0},  {4, 0},  {5, 0},  {6, 0},   {7, 0},   {8, 0},   {9, 0},   {10, 0},  {11, 1}, {13, 1},
    {15, 1}, {17, 1}, {19, 2}, {23, 2},  {27, 2},  {31, 2},  {35, 3},  {43, 3},  {51, 3}, {59, 3},
    {67, 4}, {83, 4}, {99, 4}, {115, 4}, {131, 5}, {163, 5}, {195, 5}, {227, 5}, {258, 0}};
constexpr Extra distances[] = {{1, 0},     {2, 0},     {3, 0},      {4, 0},      {5, 1},
                               {7, 1},     {9, 2},     {13, 2},     {17, 3},     {25, 3},
                               {33, 4},    {49, 4},    {65, 5},     {97, 5},     {129, 6},
                               {193, 6},   {257, 7},   {385, 7},    {513, 8},    {769, 8},
                               {1025, 9},  {1537, 9},  {2049, 10},  {3073, 10},  {4097, 11},
                               {6145, 11}, {8193, 12}, {12289, 12}, {16385, 13}, {24577, 13}};
constexpr u16 end_of_block = 256;
constexpr u16 first_length = 257;

// RFC 1951, 3.2.7: the order in which lengths of the code length code are sent.
constexpr u8 code_length_order[] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                    11, 4,  12, 3, 13, 2, 14, 1, 15};

} // namespace

std::expected<usize, Failure> Inflater::run(ConstBytes input, Sink& sink) {
    input_ = input;
    next_ = 0;
    bits_ = 0;
    bit_count_ = 0;
    sink_ = &sink;
    filled_ = 0;
    wrapped_ = false;
    if (!run_blocks() || !flush())
        return std::unexpected(failure_);
    return next_ - bit_count_ / 8; // whole bytes read ahead belong to what follows
}

bool Inflater::refuse(char const* cause) {
    failure_ = Failure{cause, next_ - bit_count_ / 8};
    return false;
}

void Inflater::refill() {
    while (bit_count_ <= 56 && next_ < input_.size()) {
        bits_ |= static_cast<u64>(input_.data()[next_++]) << bit_count_;
        bit_count_ += 8;
    }
}

bool Inflater::need(unsigned bits) {
    if (bit_count_ < bits)
        refill();
    return bit_count_ >= bits || refuse("the compressed data ends early");
}

u32 Inflater::take(unsigned bits) {
    u32 const value = static_cast<u32>(bits_ & ((u64{1} << bits) - 1));
    bits_ >>= bits;
    bit_count_ -= bits;
    return value;
}

bool Inflater::run_blocks() {
    for (bool last = false; !last;) {
        if (!need(3))
            return false;
        last = take(1) != 0;
        bool unpacked = false;
        switch (take(2)) {
        case 0:
            unpacked = stored_block();
            break;
        case 1:
            unpacked = fixed_block();
            break;
        case 2:
            unpacked = dynamic_block();
            break;
        default:
            unpacked = refuse("a compressed block of unknown kind");
        }
        if (!unpacked)
            return false;
    }
    return true;
}

bool Inflater::stored_block() {
    take(bit_count_ % 8);
    if (!need(32))
        return false;
    u32 left = take(16);
    if (left != (take(16) ^ 0xffff))
        return refuse("a stored block whose length and check differ");
    while (left != 0 && bit_count_ != 0) {
        if (!put(static_cast<std::byte>(take(8))))
            return false;
        --left;
    }
    if (left == 0)
        return true;
    bits_ = 0;
    if (input_.size() - next_ < left)
        return refuse("the compressed data ends early");
    while (left != 0) {
        usize const piece = std::min<usize>(left, window_size - filled_);
        copy_bytes(Bytes(window_).subspan(filled_, piece), input_.subspan(next_, piece));
        next_ += piece;
        left -= static_cast<u32>(piece);
        filled_ += piece;
        if (filled_ == window_size && !flush())
            return false;
    }
    return true;
}

bool Inflater::fixed_block() {
    std::array<u8, 288> code_lengths;
    for (usize symbol = 0; symbol < code_lengths.size(); ++symbol)
        code_lengths[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
    ensure(literals_.build({code_lengths.data(), 288}, Huffman::Shape::complete));
    std::array<u8, 32> distance_lengths;
    distance_lengths.fill(5);
    ensure(distances_.build({distance_lengths.data(), 32}, Huffman::Shape::complete));
    return compressed_data();
}

bool Inflater::dynamic_block() {
    if (!need(14))
        return false;
    usize const literal_count = take(5) + 257;
    usize const distance_count = take(5) + 1;
    usize const order_count = take(4) + 4;
    if (literal_count > 286 || distance_count > 30)
        return refuse("a compressed block with too many symbols");

    std::array<u8, 19> order_lengths{};
    for (usize i = 0; i < order_count; ++i) {
        if (!need(3))
            return false;
        order_lengths[code_length_order[i]] = static_cast<u8>(take(3));
    }
    if (!literals_.build({order_lengths.data(), order_lengths.size()}, Huffman::Shape::complete))
        return refuse("a compressed block with a bad code length code");

    // RFC 1951, 3.2.7: one run-length coded list for both codes.
    std::array<u8, 286 + 30> list{};
    usize const total = literal_count + distance_count;
    for (usize at = 0; at < total;) {
        refill();
        auto const symbol = literals_.decode(bits_);
        if (symbol.length == 0 || symbol.length > bit_count_)
            return refuse("the compressed data ends early");
        take(symbol.length);
        if (symbol.value < 16) {
            list[at++] = static_cast<u8>(symbol.value);
            continue;
        }
        if (symbol.value == 16 && at == 0)
            return refuse("a repeated code length with none before it");
        u8 const repeated = symbol.value == 16 ? list[at - 1] : u8{0};
        unsigned const bits = symbol.value == 16 ? 2 : symbol.value == 17 ? 3 : 7;
        if (!need(bits))
            return false;
        usize const count = take(bits) + (symbol.value == 18 ? 11 : 3);
        if (count > total - at)
            return refuse("a compressed block with too many code lengths");
        std::fill_n(list.begin() + static_cast<isize>(at), count, repeated);
        at += count;
    }
    if (list[end_of_block] == 0)
        return refuse("a compressed block without an end");
    if (!literals_.build({list.data(), literal_count}, Huffman::Shape::single_code_allowed))
        return refuse("a compressed block with a bad literal code");
    if (!distances_.build({list.data() + literal_count, distance_count},
                          Huffman::Shape::single_code_allowed))
        return refuse("a compressed block with a bad distance code");
    return compressed_data();
}

bool Inflater::compressed_data() {
    for (;;) {
        // 48 bits hold the longest pair: length code 15 + 5, distance code 15 + 13.
        if (bit_count_ < 48)
            refill();
        auto const symbol = literals_.decode(bits_);
        if (symbol.length == 0)
            return refuse("a bit pattern that is no literal code");
        if (symbol.length > bit_count_)
            return refuse("the compressed data ends early");
        take(symbol.length);
        if (symbol.value < end_of_block) {
            if (!put(static_cast<std::byte>(symbol.value)))
                return false;
            continue;
        }
        if (symbol.value == end_of_block)
            return true;

        usize const length_index = symbol.value - first_length;
        if (length_index >= std::size(lengths))
            return refuse("an impossible length code");
        if (!need(lengths[length_index].bits))
            return false;
        usize const length = lengths[length_index].base + take(lengths[length_index].bits);

        auto const far = distances_.decode(bits_);
        if (far.length == 0 || far.value >= std::size(distances))
            return refuse("an impossible distance code");
        if (far.length > bit_count_)
            return refuse("the compressed data ends early");
        take(far.length);
        if (!need(distances[far.value].bits))
            return false;
        if (!copy_back(distances[far.value].base + take(distances[far.value].bits), length))
            return false;
    }
}

bool Inflater::put(std::byte byte) {
    window_[filled_++] = byte;
    return filled_ != window_size || flush();
}

bool Inflater::copy_back(usize distance, usize length) {
    if (distance > filled_ && !wrapped_)
        return refuse("a copy from before the start of the data");
    usize from = (filled_ - distance) % window_size;
    while (length != 0) {
        // Bytes one by one: source and destination may overlap, and then repeat.
        usize const piece = std::min({length, window_size - filled_, window_size - from});
        for (usize i = 0; i < piece; ++i)
            window_[filled_ + i] = window_[from + i];
        filled_ += piece;
        from = (from + piece) % window_size;
        length -= piece;
        if (filled_ == window_size && !flush())
            return false;
    }
    return true;
}

bool Inflater::flush() {
    if (filled_ == 0)
        return true;
    auto const written = sink_->write(ConstBytes(window_).first(filled_));
    if (!written) {
        failure_ = Failure{"the unpacked data could not be stored", next_ - bit_count_ / 8,
                           written.error().code()};
        return false;
    }
    wrapped_ = wrapped_ || filled_ == window_size;
    filled_ = filled_ == window_size ? 0 : filled_;
    return true;
}

} // namespace gzip
