// The gdb remote protocol, as far as faults need it.
#pragma once

#include "runner/gdb_client.hpp"
#include "tests/faults/target.hpp"

namespace faults {

class GdbClient : public runner::GdbClient {
public:
    using runner::GdbClient::GdbClient;

    Registers registers();
    void set_register(unsigned number, u64 value);
    void set_breakpoint(u64 address);
    void remove_breakpoint(u64 address);
};

} // namespace faults
