// Walks a task's stack from outside the machine: through the kernel and on into its program.
#include "runner/guest_stack.hpp"

#include "libs/symbols/elf_file.hpp"
#include "libs/unwind/remote.hpp"

#include <algorithm>
#include <cstring>

namespace runner {
namespace {

constexpr std::uint64_t user_end = 0x7fff'ffff'f000;
constexpr std::size_t most_frames = 256;
constexpr std::size_t most_steps = 10'000; ///< recursion counts once

/// A program's memory, and where that has nothing, what its files have there.
class ProgramMemory final : public dwarf::Memory {
public:
    explicit ProgramMemory(GuestMemory const& memory) : memory_(memory) {}

    /// `bias` is the address in memory minus that in the file.
    void add(std::string_view file, std::uint64_t bias) { files_.push_back({file, bias}); }

    bool read(u64 at, Bytes into) const noexcept override {
        return memory_.read(at, into) || std::ranges::any_of(files_, [&](File const& file) {
                   return read_file(file, at - file.bias, into);
               });
    }

private:
    struct File {
        std::string_view content;
        std::uint64_t bias;
    };

    /// Parts that may be written are not what the file has.
    static bool read_file(File const& file, u64 at, Bytes into) {
        for (auto const& segment : elf_segments(file.content)) {
            u64 const inside = at - segment.p_vaddr;
            if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0 ||
                inside >= segment.p_filesz || segment.p_filesz - inside < into.size())
                continue;
            u64 const from = segment.p_offset + inside;
            if (from > file.content.size() || file.content.size() - from < into.size())
                continue;
            std::memcpy(into.data(), file.content.data() + from, into.size());
            return true;
        }
        return false;
    }

    GuestMemory const& memory_;
    std::vector<File> files_;
};

class Walk {
public:
    Walk(KernelImage const& kernel, StoppedMachine& machine, std::uint64_t page_table,
         std::string const& program, ProgramLines& files)
        : kernel_(kernel),
          kernel_memory_(machine, machine.cpus().front().page_table),
          user_memory_(machine, page_table),
          program_memory_(user_memory_),
          has_program_(page_table != 0),
          program_(program),
          files_(files) {
        // One that is not moved needs no header in memory to be found.
        auto const& file = files.file(program);
        auto const header = load_objects<Elf64_Ehdr>(file, 0, 1);
        if (!header.empty() && header[0].e_type == ET_EXEC)
            add_file(program, 0);
    }

    std::vector<GuestFrame> run(unwind::Frame frame) {
        for (std::size_t step = 0; step < most_steps && frames_.size() < most_frames; ++step) {
            bool const user = has_program_ && frame.registers[unwind::rip] < user_end &&
                              frame.registers[unwind::rsp] < user_end && is_interrupted_;
            if (!(user ? step_user(frame) : step_kernel(frame)))
                break;
        }
        return std::move(frames_);
    }

private:
    void add(GuestFrame frame) {
        if (frames_.empty() || frame.address != last_address_) {
            last_address_ = frame.address;
            frames_.push_back(std::move(frame));
        } else if (frames_.back().repeated == 0) {
            frames_.push_back({.repeated = 1});
        } else {
            ++frames_.back().repeated;
        }
    }

    bool step_kernel(unwind::Frame& frame) {
        add({.address = frame.registers[unwind::rip], .instruction = frame.instruction()});
        bool const stepped =
            unwind::leave_nowhere(kernel_.modules(), kernel_memory_, frame) ||
            unwind::step(kernel_.modules(), kernel_memory_, frame) == unwind::Step::stepped;
        is_interrupted_ = frame.interrupted;
        return stepped;
    }

    bool step_user(unwind::Frame& frame) {
        auto const instruction = frame.instruction();
        GuestFrame found{
            .address = frame.registers[unwind::rip], .instruction = instruction, .user = true};
        auto const image = find_image(instruction);
        if (image) {
            found.image = image->name;
            found.in_image = instruction - image->where.bias;
        }
        add(std::move(found));
        // A file has all its tables; what is loaded may be without an index of them.
        if (unwind::step(modules_, program_memory_, frame) == unwind::Step::stepped)
            return true;
        return unwind::step_remote(program_memory_,
                                   image ? std::optional(image->where) : std::nullopt,
                                   frame) == unwind::Step::stepped;
    }

    struct Image {
        unwind::RemoteImage where;
        std::string name;
    };

    std::optional<Image> find_image(std::uint64_t instruction) {
        auto const where = unwind::find_image(program_memory_, instruction);
        if (!where)
            return std::nullopt;
        char buffer[64];
        Image image{*where, std::string(unwind::image_name(program_memory_, *where, buffer))};
        if (image.name.empty())
            image.name = program_;
        if (std::ranges::find(known_, where->bias) == known_.end())
            add_file(image.name, where->bias);
        return image;
    }

    void add_file(std::string const& name, std::uint64_t bias) {
        std::string_view const file = files_.file(name);
        known_.push_back(bias);
        program_memory_.add(file, bias);
        unwind::Module module{.text_start = ~std::uint64_t{0}};
        for (auto const& segment : elf_segments(file))
            if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0) {
                module.text_start = std::min(module.text_start, segment.p_vaddr + bias);
                module.text_end =
                    std::max(module.text_end, segment.p_vaddr + segment.p_memsz + bias);
            }
        for (auto const& [section, header] : elf_sections(file)) {
            if (header.sh_type == SHT_NOBITS)
                continue;
            dwarf::Region const region{
                header.sh_addr + bias,
                std::as_bytes(std::span(file).subspan(header.sh_offset, header.sh_size))};
            if (section == ".eh_frame_hdr")
                module.tables.header = region;
            else if (section == ".eh_frame")
                module.tables.frames = region;
        }
        if (!module.tables.frames.bytes.empty())
            modules_.push_back(module);
    }

    KernelImage const& kernel_;
    GuestMemory kernel_memory_; ///< every page table has the kernel's half
    GuestMemory user_memory_;
    ProgramMemory program_memory_;
    bool has_program_;
    std::string const& program_;
    ProgramLines& files_;
    bool is_interrupted_ = true; ///< the walk starts at a CPU's own registers, or an entry led here
    std::vector<GuestFrame> frames_;
    std::uint64_t last_address_ = 0;
    std::vector<unwind::Module> modules_; ///< of files that have tables
    std::vector<std::uint64_t> known_;    ///< where images were loaded whose files were added
};

} // namespace

std::vector<GuestFrame> walk_guest_stack(unwind::Frame frame, KernelImage const& kernel,
                                         StoppedMachine& machine, std::uint64_t page_table,
                                         std::string const& program, ProgramLines& files) {
    return Walk(kernel, machine, page_table, program, files).run(frame);
}

} // namespace runner
