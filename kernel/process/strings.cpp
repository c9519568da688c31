// Argument and environment strings on their way to a new program.
#include "kernel/arch/api/user_copy.hpp"
#include "kernel/process/exec.hpp"

#include <algorithm>

namespace process {

u64 argument_limit(u64 stack_limit) {
    // Linux: a quarter of the stack, at most 3/4 of 8 MiB, at least 32 pages.
    return std::clamp<u64>(stack_limit / 4, 32 * page_size, 6_MiB);
}

Result<void> Strings::add(std::string_view text) {
    if (text.size() >= longest)
        return fail(Errno::e2big);
    bytes_.reserve(bytes_.size() + text.size() + 1);
    for (char const character : text)
        bytes_.push_back(character);
    bytes_.push_back('\0');
    ++count_;
    return {};
}

void Strings::insert_front(std::string_view text) {
    Vector<char> all;
    all.reserve(bytes_.size() + text.size() + 1);
    for (char const character : text)
        all.push_back(character);
    all.push_back('\0');
    for (char const character : bytes_)
        all.push_back(character);
    bytes_.swap(all);
    ++count_;
}

void Strings::remove_front() {
    if (count_ == 0)
        return;
    auto const end = bytes().find('\0') + 1;
    Vector<char> rest;
    rest.reserve(bytes_.size());
    for (char const character : bytes().substr(end))
        rest.push_back(character);
    bytes_.swap(rest);
    --count_;
}

Result<void> Strings::add_user(UserAddr text) {
    usize const start = bytes_.size();
    constexpr usize piece = 1024;
    for (;;) {
        bytes_.reserve(bytes_.size() + piece);
        char buffer[piece];
        usize const wanted = std::min<usize>(piece, page_size - text.page_offset());
        usize const got =
            arch::copy_from_user(std::as_writable_bytes(std::span(buffer, wanted)), text);
        if (got == 0)
            return fail(Errno::efault);
        std::string_view const chunk(buffer, got);
        auto const end = chunk.find('\0');
        for (char const character : chunk.substr(0, end))
            bytes_.push_back(character);
        if (end != std::string_view::npos) {
            bytes_.push_back('\0');
            ++count_;
            if (bytes_.size() - start > longest)
                return fail(Errno::e2big);
            return {};
        }
        if (bytes_.size() - start >= longest)
            return fail(Errno::e2big);
        text += got;
    }
}

Result<Strings> Strings::from_user(UserAddr array, u64 limit) {
    Strings strings;
    if (array == UserAddr())
        return strings; // Linux takes a null array as an empty one
    for (;; array += sizeof(u64)) {
        u64 pointer = 0;
        if (arch::copy_from_user(writable_object_bytes(pointer), array) != sizeof pointer)
            return fail(Errno::efault);
        if (pointer == 0)
            return strings;
        TRY(strings.add_user(UserAddr(pointer)));
        if (strings.bytes_.size() + strings.count_ * sizeof(u64) > limit)
            return fail(Errno::e2big);
    }
}

} // namespace process
