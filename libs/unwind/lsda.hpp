// Language-specific data of C++ functions (.gcc_except_table): landing pads, actions, types.
#pragma once

#include "libs/dwarf/reader.hpp"

#include <optional>

namespace unwind {

/// Where an exception that passes an instruction has to go.
struct CallSite {
    bool covered = false; ///< false: no entry; a software throw here must terminate
    u64 landing_pad = 0;  ///< 0: nothing to do in this frame
    u64 action = 0;       ///< 1-based offset into the action table; 0: cleanup only
};

/// One step of an action chain.
struct Action {
    i64 filter = 0; ///< 0 cleanup, > 0 catch of type entry, < 0 exception specification
    bool last = false;
};

/// The data of one function.
class Lsda {
public:
    /// `table` is the section; `address` lies in it. Nothing when malformed.
    static std::optional<Lsda> parse(dwarf::Region const& table, u64 address,
                                     u64 function_start) noexcept;

    /// Nothing when malformed.
    std::optional<CallSite> find(u64 instruction) const noexcept;

    /// A position in the chain that `site.action` names.
    class Actions {
    public:
        Actions(dwarf::Reader const& start, dwarf::Reader const& at) noexcept
            : start_(start), at_(at) {}

        /// Nothing at the end of the chain, or when it is malformed (see ok()).
        std::optional<Action> next() noexcept;

        bool ok() const noexcept { return ok_; }

    private:
        // A chain that runs in a circle would never end.
        static constexpr unsigned limit = 1000;

        dwarf::Reader start_;
        dwarf::Reader at_;
        unsigned seen_ = 0;
        bool ended_ = false;
        bool ok_ = true;
    };

    Actions actions(CallSite const& site) const noexcept;

    /// Type entry of a positive filter; value 0 is "catch everything".
    std::optional<dwarf::Reader::Pointer> type(i64 filter) const noexcept;

    /// The list of positive filters that a negative filter (exception specification) allows.
    dwarf::Reader specification(i64 filter) const noexcept;

private:
    u64 function_start_ = 0;
    u64 pads_start_ = 0;
    u64 types_end_ = 0; ///< entries lie below it, counted backwards; 0: there are none
    u8 type_encoding_ = dwarf::omitted;
    u8 site_encoding_ = dwarf::omitted;
    dwarf::Reader sites_ = {};
    dwarf::Reader actions_ = {};
    dwarf::Region table_ = {};
};

} // namespace unwind
