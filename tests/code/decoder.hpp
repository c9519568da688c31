// One x86-64 instruction at a time, by capstone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

#include <capstone/capstone.h>

/// Decodes into the same memory each time.
class Decoder {
public:
    /// Throws std::runtime_error when capstone does not start.
    Decoder() {
        if (cs_open(CS_ARCH_X86, CS_MODE_64, &handle_) != CS_ERR_OK)
            throw std::runtime_error("capstone does not start");
        cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
        instruction_ = cs_malloc(handle_);
    }

    Decoder(Decoder const&) = delete;
    Decoder& operator=(Decoder const&) = delete;

    ~Decoder() {
        cs_free(instruction_, 1);
        cs_close(&handle_);
    }

    /// False when `bytes` do not begin with an instruction. `address` is where they run.
    bool decode(std::span<std::byte const> bytes, std::uint64_t address) {
        // Safe because bytes are bytes.
        auto const* code = reinterpret_cast<std::uint8_t const*>(bytes.data());
        std::size_t left = bytes.size();
        return cs_disasm_iter(handle_, &code, &left, &address, instruction_);
    }

    /// The latest that was decoded.
    cs_insn const& instruction() const { return *instruction_; }

    bool is_in(unsigned group) const { return cs_insn_group(handle_, instruction_, group); }

private:
    csh handle_ = 0;
    cs_insn* instruction_ = nullptr;
};
