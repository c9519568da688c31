// The first bytes on a program's stack, as the System V ABI lays them out.
#pragma once

#include "libs/base/address.hpp"
#include "libs/base/memory.hpp"
#include "libs/base/vector.hpp"

#include <string_view>

namespace process {

struct AuxiliaryEntry {
    u64 key;
    u64 value;
};

/// What the stack is made of. `arguments` and `environment` hold strings with their NULs.
struct StackContents {
    std::string_view arguments;
    usize argument_count = 0;
    std::string_view environment;
    usize environment_count = 0;
    std::string_view file_name;
    std::string_view platform = "x86_64";
    std::byte random[16] = {};
};

///     top ->  8 zero bytes
///             file name, environment strings, argument strings
///             platform, 16 random bytes
///             (16-byte alignment)
///             auxiliary vector, ends with AT_NULL
///             environment pointers, 0
///             argument pointers, 0
///     sp ->   argument count
struct StackImage {
    UserAddr stack; ///< sp; the bytes lie from here to the top
    Vector<std::byte> bytes;
    UserAddr arguments_start, arguments_end, environment_start, environment_end;
    UserAddr auxiliary_start, auxiliary_end;
};

/// `auxiliary` gets AT_RANDOM, AT_PLATFORM, AT_EXECFN and AT_NULL added.
StackImage build_stack(UserAddr top, StackContents const& contents,
                       Vector<AuxiliaryEntry> auxiliary);

} // namespace process
