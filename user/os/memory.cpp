// Mapped memory.
#include "user/os/memory.hpp"

#include "abi/memory.hpp"

namespace os {

using core::call;
using core::Syscall;

namespace {

constexpr auto shared_kind = static_cast<u32>(uapi::Map::shared);
constexpr auto private_kind = static_cast<u32>(uapi::Map::private_copy);
constexpr auto anonymous_kind = static_cast<u32>(uapi::Map::anonymous);

} // namespace

Result<Mapping> Mapping::map(usize size, u32 access, u32 kind, int fd, u64 offset) {
    auto const at = TRY(checked(call(Syscall::mmap, 0, size, access, kind, fd, offset)));
    // Safe because the kernel answers with the address of the new mapping.
    return Mapping(Bytes(reinterpret_cast<std::byte*>(at), align_up(size, page_size)));
}

Result<Mapping> Mapping::anonymous(usize size, Flags<Access> access) {
    return map(size, access.bits(), private_kind | anonymous_kind, -1, 0);
}

Result<Mapping> Mapping::shared(usize size) {
    return map(size, 3, shared_kind | anonymous_kind, -1, 0);
}

Result<Mapping> Mapping::of_file(File const& file, u64 offset, usize size, Flags<Access> access) {
    return map(size, access.bits(), shared_kind, static_cast<int>(file.fd()), offset);
}

Mapping::~Mapping() {
    if (!bytes_.empty())
        call(Syscall::munmap, bytes_.data(), bytes_.size());
}

Result<void> Mapping::protect(Flags<Access> access) const {
    return succeeded(call(Syscall::mprotect, bytes_.data(), bytes_.size(), access.bits()));
}

} // namespace os
