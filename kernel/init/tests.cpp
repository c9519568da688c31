// Runs the tests linked into linnet-ktest.elf: `linnet.ktest=FILTER` picks by name.
#include "kernel/init/tests.hpp"

#include "kernel/arch/api/boot.hpp"
#include "kernel/arch/api/console.hpp"
#include "kernel/arch/api/power.hpp"
#include "kernel/ktest/ktest.hpp"

#include <string_view>

namespace init {
namespace {

class SerialSink final : public TextSink {
public:
    void write(std::string_view text) override { arch::early_write(text); }
};

std::string_view filter() {
    constexpr std::string_view option = "linnet.ktest=";
    auto const line = arch::boot_info().command_line;
    auto const at = line.find(option);
    if (at == std::string_view::npos)
        return "";
    auto const value = line.substr(at + option.size());
    auto const text = value.substr(0, value.find(' '));
    return text == "1" || text == "all" ? "" : text;
}

} // namespace

void run_tests_if_asked() {
    if (ktest::count() == 0)
        return;
    SerialSink serial;
    arch::exit_emulator(ktest::run_all(serial, filter()) == 0 ? 0x10 : 0x11);
    arch::power_off();
}

} // namespace init
