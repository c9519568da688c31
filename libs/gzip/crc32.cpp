// CRC-32 eight bytes at a time: one table per byte position, made at compile time.
#include "libs/gzip/crc32.hpp"

#include <array>

namespace gzip {
namespace {

using Table = std::array<u32, 256>;

constexpr std::array<Table, 8> make_tables() {
    std::array<Table, 8> tables{};
    for (u32 byte = 0; byte < 256; ++byte) {
        u32 value = byte;
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1) ^ ((value & 1) != 0 ? 0xedb8'8320u : 0u);
        tables[0][byte] = value;
    }
    for (usize slice = 1; slice < 8; ++slice)
        for (usize byte = 0; byte < 256; ++byte) {
            u32 const shorter = tables[slice - 1][byte];
            tables[slice][byte] = (shorter >> 8) ^ tables[0][shorter & 0xff];
        }
    return tables;
}

constexpr auto tables = make_tables();

u32 byte_at(ConstBytes bytes, usize index) {
    return static_cast<u32>(bytes.data()[index]);
}

} // namespace

u32 crc32(u32 crc, ConstBytes bytes) {
    crc = ~crc;
    usize at = 0;
    for (; bytes.size() - at >= 8; at += 8) {
        u32 next = 0;
        for (usize slice = 0; slice < 4; ++slice) {
            next ^= tables[7 - slice][(byte_at(bytes, at + slice) ^ (crc >> (8 * slice))) & 0xff];
            next ^= tables[3 - slice][byte_at(bytes, at + 4 + slice)];
        }
        crc = next;
    }
    for (; at < bytes.size(); ++at)
        crc = (crc >> 8) ^ tables[0][(crc ^ byte_at(bytes, at)) & 0xff];
    return ~crc;
}

} // namespace gzip
