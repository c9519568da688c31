// The kernel above arch as a host process (tests/faults/host), copied for each injection.
#pragma once

#include "runner/os.hpp"
#include "tests/faults/code.hpp"
#include "tests/faults/host/shared.hpp"
#include "tests/faults/lines.hpp"
#include "tests/faults/tracee.hpp"

#include <memory>

namespace faults {

class HostTarget final : public Target {
public:
    /// `words` are for the program, behind what it needs.
    HostTarget(std::string const& program, std::vector<std::string> const& words,
               Lines const& lines);
    ~HostTarget() override;

    std::string_view name() const override { return "host"; }

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
    void find_executed();
    std::vector<u64> possible_sites() const;
    bool in_kernel();
    bool at_breakpoint(Tracee::Event const& event, u64* address);
    void put_byte(u64 address, std::byte byte);
    std::byte byte_at(u64 address) const;
    Tracee::Event run_to_stop();

    Lines const& lines_;
    Code code_;
    u64 in_kernel_; ///< host_system's flag: the kernel runs, not a program
    u64 directory_; ///< of page descriptors
    runner::Descriptor memory_;
    host::Shared* shared_ = nullptr; ///< a copy that is out of its mind may write there
    u64 arena_ = 0;
    u64 arena_size_ = 0;
    runner::Descriptor socket_;
    runner::Child server_;
    std::unique_ptr<Tracee> copy_;
    std::vector<u64> executed_;
};

} // namespace faults
