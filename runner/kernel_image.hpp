// A kernel's file, as far as backtraces and debuggers need it.
#pragma once

#include "libs/symbols/source_map.hpp"
#include "libs/unwind/step.hpp"
#include "runner/code_place.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace runner {

/// Unwinding tables, names and lines of one file. Its DWARF is read when first asked for, and for
/// lines only if it has some: else the tables that the kernel carries for its own backtraces speak.
class KernelImage {
public:
    /// Throws Failure when `path` is no kernel.
    explicit KernelImage(std::string const& path);
    KernelImage(KernelImage const&) = delete;
    ~KernelImage();

    unwind::Modules modules() const { return {&module_, 1}; }

    bool is_text(unsigned long address) const { return module_.contains(address); }

    CodePlace place(unsigned long instruction) const;

    /// Where the symbol of this (mangled) name lies.
    std::optional<unsigned long> symbol(std::string_view name) const;

    /// Outlive nothing but this.
    dwarf::DebugSections const& debug_sections() const { return debug_; }

private:
    std::vector<CodeFrame> carried_lines(std::uint32_t offset) const;

    std::string file_;
    unwind::Module module_;
    dwarf::DebugSections debug_;
    ConstBytes names_; ///< libs/unwind/symbol_table.hpp
    ConstBytes lines_; ///< libs/unwind/line_table.hpp
    mutable std::unique_ptr<SourceMap> map_;
};

} // namespace runner
