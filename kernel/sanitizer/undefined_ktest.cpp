// Each kind of undefined behaviour becomes a contained bug that names it.
#include "kernel/ktest/ktest.hpp"
#include "kernel/runtime/eh_state.hpp"
#include "libs/base/address.hpp"
#include "libs/base/bug.hpp"

#include <limits>

#if defined(LINNET_UBSAN)

namespace {

/// What the sanitizer says of `function`.
template <class Result, class... Parameters>
std::string_view found_in(Result (*function)(Parameters...),
                          std::type_identity_t<Parameters>... arguments) {
    try {
        (void)ktest::call_unseen(function, arguments...);
    } catch (KernelBug const& bug) {
        auto const& state = runtime::eh_state();
        KCHECK(bug.instruction != 0 && state.uncaught == 0 && state.reporting == 0);
        return bug.what;
    }
    return "nothing";
}

constexpr int most = std::numeric_limits<int>::max();
constexpr int least = std::numeric_limits<int>::min();

int sum(int a, int b) {
    return a + b;
}

int product(int a, int b) {
    return a * b;
}

int quotient(int a, int b) {
    return a / b;
}

int opposite(int a) {
    return -a;
}

int shifted(int a, int by) {
    return a << by;
}

int load(int const* from) {
    return *from;
}

bool truth(bool const* from) {
    return *from;
}

int element(usize index) {
    static int volatile elements[4];
    return elements[index];
}

char const* advanced(char const* from, usize by) {
    return from + by;
}

bool is_zero(int value) {
    if (value == 0)
        return true;
    __builtin_unreachable();
}

} // namespace

KTEST(ubsan_finds_integer_overflow) {
    KCHECK(sum(most - 1, 1) == most);
    KCHECK(found_in(sum, most - 1, 1) == "nothing");
    KCHECK(found_in(sum, most, 1) == "signed integer overflow");
    KCHECK(found_in(product, least, 2) == "signed integer overflow");
    KCHECK(found_in(quotient, least, -1) == "signed integer overflow");
    KCHECK(found_in(opposite, least) == "signed integer overflow");
}

KTEST(ubsan_finds_bad_shifts) {
    KCHECK(found_in(shifted, 1, 30) == "nothing");
    KCHECK(found_in(shifted, 1, 32) == "shift out of bounds");
    KCHECK(found_in(shifted, 1, -1) == "shift out of bounds");
}

KTEST(ubsan_finds_null_and_misaligned_pointers) {
    alignas(8) static char bytes[16];
    auto const at = address_of(bytes);
    KCHECK(found_in(load, pointer_to<int const>(at + 4)) == "nothing");
    KCHECK(found_in(load, nullptr) == "null pointer");
    KCHECK(found_in(load, pointer_to<int const>(at + 2)) == "misaligned pointer");
    KCHECK(found_in(advanced, bytes, ~usize{0} - 100) == "pointer overflow");
}

KTEST(ubsan_finds_bad_indices_values_and_paths) {
    static u8 const three = 3;
    KCHECK(found_in(element, 3) == "nothing");
    KCHECK(found_in(element, 4) == "index out of bounds");
    KCHECK(found_in(truth, pointer_to<bool const>(address_of(&three))) == "invalid value");
    KCHECK(found_in(is_zero, 0) == "nothing");
    KCHECK(found_in(is_zero, 1) == "unreachable code");
}

#endif
