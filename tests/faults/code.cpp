// The kernel's machine code, decoded by capstone.
#include "tests/faults/code.hpp"

#include "runner/failure.hpp"
#include "runner/os.hpp"
#include "tests/code/decoder.hpp"

#include <algorithm>
#include <cstring>
#include <sstream>

#include <elf.h>
#include <fmt/format.h>

namespace faults {

namespace {

int register_number(x86_reg name) {
    switch (name) {
    case X86_REG_RAX:
        return 0;
    case X86_REG_RBX:
        return 1;
    case X86_REG_RCX:
        return 2;
    case X86_REG_RDX:
        return 3;
    case X86_REG_RSI:
        return 4;
    case X86_REG_RDI:
        return 5;
    case X86_REG_RBP:
        return 6;
    case X86_REG_RSP:
        return 7;
    case X86_REG_R8:
        return 8;
    case X86_REG_R9:
        return 9;
    case X86_REG_R10:
        return 10;
    case X86_REG_R11:
        return 11;
    case X86_REG_R12:
        return 12;
    case X86_REG_R13:
        return 13;
    case X86_REG_R14:
        return 14;
    case X86_REG_R15:
        return 15;
    default:
        return -1;
    }
}

bool transfers(Decoder const& decoder) {
    for (unsigned const group : {CS_GRP_JUMP, CS_GRP_CALL, CS_GRP_RET, CS_GRP_INT})
        if (decoder.is_in(group))
            return true;
    return decoder.instruction().id == X86_INS_UD2;
}

bool touches_memory(cs_insn const& instruction) {
    return instruction.id != X86_INS_LEA && instruction.id != X86_INS_NOP;
}

bool is_conditional_jump(cs_insn const& instruction) {
    return instruction.id >= X86_INS_JAE && instruction.id <= X86_INS_JS &&
           instruction.id != X86_INS_JMP;
}

std::optional<u64> direct_target(cs_insn const& instruction) {
    auto const& x86 = instruction.detail->x86;
    if (x86.op_count != 1 || x86.operands[0].type != X86_OP_IMM)
        return std::nullopt;
    return static_cast<u64>(x86.operands[0].imm);
}

} // namespace

u64 MemoryOperand::address(Registers const& registers) const {
    auto value = static_cast<u64>(displacement);
    if (base >= 0)
        value += registers.values[static_cast<unsigned>(base)];
    if (index >= 0)
        value += registers.values[static_cast<unsigned>(index)] * static_cast<unsigned>(scale);
    return value;
}

Code::Code(std::string const& elf_file) : decoder_(std::make_unique<Decoder>()) {
    auto const file = runner::read_file(elf_file);
    Elf64_Ehdr header{};
    std::memcpy(&header, file.data(), sizeof header);
    std::vector<Elf64_Shdr> sections(header.e_shnum);
    std::memcpy(sections.data(), file.data() + header.e_shoff,
                sections.size() * sizeof(Elf64_Shdr));
    char const* const names = file.data() + sections.at(header.e_shstrndx).sh_offset;
    module_.text_start = ~u64{0};
    for (auto const& section : sections) {
        std::string_view const name = names + section.sh_name;
        if ((section.sh_flags & SHF_EXECINSTR) != 0) {
            text_[section.sh_addr] = file.substr(section.sh_offset, section.sh_size);
            module_.text_start = std::min(module_.text_start, section.sh_addr);
            module_.text_end = std::max(module_.text_end, section.sh_addr + section.sh_size);
        } else if (name == ".eh_frame_hdr" || name == ".eh_frame") {
            auto& content = frames_[section.sh_addr];
            content = file.substr(section.sh_offset, section.sh_size);
            dwarf::Region const region{section.sh_addr, std::as_bytes(std::span(content))};
            (name == ".eh_frame" ? module_.tables.frames : module_.tables.header) = region;
        }
    }
    std::istringstream lines(runner::output_of({"nm", "-C", elf_file}));
    for (std::string line; std::getline(lines, line);) {
        // "ffffffff80101234 T name"
        if (line.size() < 20 || line[0] == ' ')
            continue;
        u64 const address = std::stoull(line, nullptr, 16);
        symbols_.try_emplace(line.substr(19), address);
        if (std::string_view("tTwW").contains(line[17]))
            functions_.try_emplace(address, line.substr(19));
    }
    find_checks();
}

Code::~Code() = default;

std::span<std::byte const> Code::bytes(u64 address, std::size_t size) const {
    auto const after = text_.upper_bound(address);
    if (after == text_.begin())
        return {};
    auto const& [start, content] = *std::prev(after);
    if (address - start >= content.size())
        return {};
    auto const all = std::as_bytes(std::span(content)).subspan(address - start);
    return all.first(std::min(size, all.size()));
}

Instruction Code::at(u64 address) const {
    Instruction result;
    if (!decoder_->decode(bytes(address, 15), address))
        return result;
    auto const& decoded = decoder_->instruction();
    result.size = decoded.size;
    result.transfers = transfers(*decoder_);
    auto const& x86 = decoded.detail->x86;
    for (unsigned i = 0; i < x86.op_count && touches_memory(decoded); ++i) {
        auto const& operand = x86.operands[i];
        if (operand.type != X86_OP_MEM || operand.mem.segment != X86_REG_INVALID)
            continue;
        MemoryOperand memory;
        memory.base = register_number(operand.mem.base);
        memory.index = register_number(operand.mem.index);
        memory.scale = operand.mem.scale;
        memory.displacement = operand.mem.disp;
        memory.reads = (operand.access & CS_AC_READ) != 0;
        memory.size = operand.size;
        if (memory.base >= 0 && memory.base != Registers::rsp)
            result.memory = memory;
    }
    return result;
}

/// Where a jump's other side leads: `from` itself, if from there the code runs straight into
/// panic().
std::optional<u64> Code::failing_side(u64 from, u64 panic) const {
    constexpr int longest = 24;
    u64 at = from;
    for (int i = 0; i < longest && decoder_->decode(bytes(at, 15), at); ++i) {
        auto const& decoded = decoder_->instruction();
        bool const call = decoded.id == X86_INS_CALL;
        if (call || decoded.id == X86_INS_JMP) {
            auto const target = direct_target(decoded);
            if (target == panic)
                return from;
            if (call || !target)
                return std::nullopt;
            at = *target;
            continue;
        }
        if (is_conditional_jump(decoded) || decoded.id == X86_INS_RET || decoded.id == X86_INS_UD2)
            return std::nullopt;
        at += decoded.size;
    }
    return std::nullopt;
}

std::vector<std::pair<u64, u64>> Code::functions() const {
    std::vector<std::pair<u64, u64>> result;
    for (auto function = functions_.begin(); function != functions_.end(); ++function) {
        auto const next = std::next(function);
        u64 const start = function->first;
        u64 const room = bytes(start, ~std::size_t{0}).size(); // to the end of the section
        result.emplace_back(
            start, std::min(start + room, next == functions_.end() ? ~u64{0} : next->first));
    }
    return result;
}

void Code::find_checks() {
    u64 const panic = symbol("panic(");
    for (auto const& [start, stop] : functions()) {
        for (u64 at = start; at < stop && decoder_->decode(bytes(at, 15), at);) {
            auto const& decoded = decoder_->instruction();
            u64 const behind = at + decoded.size;
            if (is_conditional_jump(decoded))
                if (auto const target = direct_target(decoded)) {
                    if (auto const side = failing_side(*target, panic))
                        checks_[at] = {at, *side};
                    else if (auto const fall_through = failing_side(behind, panic))
                        checks_[at] = {at, *fall_through};
                }
            at = behind;
        }
    }
}

std::string_view Code::function(u64 address) const {
    auto const after = functions_.upper_bound(address);
    return after == functions_.begin() ? std::string_view() : std::prev(after)->second;
}

std::string Code::name(u64 address) const {
    auto const after = functions_.upper_bound(address);
    if (after == functions_.begin())
        return fmt::format("{:x}", address);
    auto const& [start, function] = *std::prev(after);
    return fmt::format("{}+{:x}", function, address - start);
}

u64 Code::symbol(std::string_view name) const {
    auto const found = symbols_.lower_bound(name);
    if (found == symbols_.end() || !found->first.starts_with(name))
        throw runner::Failure(fmt::format("the kernel has no symbol {}", name));
    return found->second;
}

} // namespace faults
