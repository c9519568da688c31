#include "kernel/mem/address_space.hpp"
namespace mem {
__attribute__((weak)) AddressSpace* AddressSpace::active() { return nullptr; }
__attribute__((weak)) void AddressSpace::activate() {}
__attribute__((weak)) void AddressSpace::deactivate() {}
}
