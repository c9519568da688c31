// The shipped kernel in QEMU, with a load of shell scripts.
#pragma once

#include "tests/faults/code.hpp"
#include "tests/faults/holdings.hpp"
#include "tests/faults/qemu_machine.hpp"

namespace faults {

class QemuTarget final : public Target {
public:
    explicit QemuTarget(MachineSetup const& setup);

    std::string_view name() const override { return "qemu"; }

    Code const& code() const override { return code_; }

    std::vector<u64> const& executed() override {
        if (executed_.empty())
            find_executed();
        return executed_;
    }

    void restart() override;
    unsigned reach(u64 address, unsigned hits) override;
    Registers registers() override;
    void set_register(unsigned number, u64 value) override;
    void step() override;
    bool read(u64 address, std::span<std::byte> into) override;
    void write(u64 address, std::span<std::byte const> bytes) override;
    bool is_heap(u64 address) override;
    bool is_pointer(u64 word) override;
    Ending finish(std::optional<Repair> const& repair) override;

private:
    enum class Stop { breakpoint, load_begins, load_ends, check_ends, halted, crashed, hung };
    static constexpr Stop stops[] = {Stop::load_begins, Stop::load_ends, Stop::check_ends};

    void boot();
    void find_executed();
    Stop run();
    Stop judge_stop(std::string const& answer);
    void step_over(u64 breakpoint);
    PhysicalMemory memory() const;
    u64 directory() const;

    MachineSetup setup_;
    Code code_;
    u64 marker_; ///< sys::umask(), by which the scripts tell where they are
    u64 halt_;
    u64 idle_;
    std::unique_ptr<QemuMachine> machine_;
    std::vector<u64> executed_;
    std::size_t log_start_ = 0;
    std::size_t console_start_ = 0;
    std::size_t stage_ = 0; ///< how much of the script has passed: an index of stops
    bool broken_ = false;
    bool at_marker_ = false;
};

} // namespace faults
