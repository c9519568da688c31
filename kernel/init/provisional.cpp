// Upcalls whose rooms have not landed yet.
#include "kernel/arch/api/power.hpp"
#include "kernel/arch/api/upcalls.hpp"
#include "kernel/log/log.hpp"

#define PROVISIONAL __attribute__((weak))

namespace upcall {
PROVISIONAL void system_call(arch::UserRegisters& registers) noexcept {
    registers.set_result(-38);
}

PROVISIONAL void user_fault(arch::UserRegisters&, UserFault const&) noexcept {}

PROVISIONAL bool user_access_fault(UserAddr, arch::AccessFlags) {
    return false;
}

PROVISIONAL void before_user(arch::UserRegisters&) noexcept {}

PROVISIONAL bool work_before_user() noexcept {
    return false;
}
} // namespace upcall

#include "kernel/mem/address_space.hpp"

namespace mem {
PROVISIONAL AddressSpace* AddressSpace::active() {
    return nullptr;
}

PROVISIONAL void AddressSpace::activate() {}

PROVISIONAL void AddressSpace::deactivate() {}
} // namespace mem
