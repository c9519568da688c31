// The gdb remote protocol, as far as faults need it.
#include "tests/faults/gdb_client.hpp"

#include "runner/failure.hpp"

#include <cstring>

#include <fmt/format.h>

namespace faults {

Registers GdbClient::registers() {
    auto const bytes = register_bytes();
    Registers result;
    if (bytes.size() < sizeof result.values)
        throw runner::Failure("the gdb stub gives too few registers");
    std::memcpy(result.values.data(), bytes.data(), sizeof result.values);
    return result;
}

void GdbClient::set_register(unsigned number, u64 value) {
    ask(fmt::format("P{:x}={}", number, runner::to_hex(std::as_bytes(std::span(&value, 1)))));
}

void GdbClient::set_breakpoint(u64 address) {
    ask(fmt::format("Z1,{:x},1", address));
}

void GdbClient::remove_breakpoint(u64 address) {
    ask(fmt::format("z1,{:x},1", address));
}

} // namespace faults
