// Parses the tables that GCC and Clang write for the C++ personality routine.
#include "libs/unwind/lsda.hpp"

namespace unwind {

std::optional<Lsda> Lsda::parse(dwarf::Region const& table, u64 address,
                                u64 function_start) noexcept {
    // Header: landing pad base, type table, then the call site table; actions follow it.
    Lsda found;
    found.table_ = table;
    found.function_start_ = function_start;
    found.pads_start_ = function_start;
    dwarf::Reader reader(table, address);
    u8 const pads_encoding = reader.byte();
    if (pads_encoding != dwarf::omitted)
        found.pads_start_ = reader.pointer(pads_encoding, {.function = function_start}).value;
    found.type_encoding_ = reader.byte();
    if (found.type_encoding_ != dwarf::omitted) {
        u64 const distance = reader.uleb();
        found.types_end_ = reader.address() + distance;
    }
    found.site_encoding_ = reader.byte();
    u64 const sites_size = reader.uleb();
    found.sites_ = reader.take(sites_size);
    found.actions_ = reader;
    if (!reader.ok())
        return std::nullopt;
    return found;
}

std::optional<CallSite> Lsda::find(u64 instruction) const noexcept {
    u64 const offset = instruction - function_start_;
    dwarf::Reader sites = sites_;
    while (sites.more()) {
        // Offsets from the function, never relative to where they stand.
        u8 const encoding = site_encoding_ & dwarf::format_mask;
        u64 const start = sites.pointer(encoding, {}).value;
        u64 const length = sites.pointer(encoding, {}).value;
        u64 const pad = sites.pointer(encoding, {}).value;
        u64 const action = sites.uleb();
        if (!sites.ok())
            return std::nullopt;
        if (offset < start)
            break; // sorted
        if (offset - start < length)
            return CallSite{
                .covered = true, .landing_pad = pad != 0 ? pads_start_ + pad : 0, .action = action};
    }
    if (!sites.ok())
        return std::nullopt;
    return CallSite{};
}

Lsda::Actions Lsda::actions(CallSite const& site) const noexcept {
    dwarf::Reader at = actions_;
    if (site.action != 0)
        at.skip(site.action - 1);
    Actions chain(actions_, at);
    return chain;
}

std::optional<Action> Lsda::Actions::next() noexcept {
    if (ended_)
        return std::nullopt;
    Action action{.filter = at_.sleb()};
    auto const here = static_cast<i64>(at_.address() - start_.address());
    i64 const distance = at_.sleb();
    if (!at_.ok() || ++seen_ > limit || distance < -here) {
        ok_ = false;
        ended_ = true;
        return std::nullopt;
    }
    action.last = distance == 0;
    ended_ = action.last;
    // `here` is at most the section's size: the sum cannot overflow for any reachable entry.
    at_.move_to(start_, static_cast<i64>(static_cast<u64>(here) + static_cast<u64>(distance)));
    return action;
}

std::optional<dwarf::Reader::Pointer> Lsda::type(i64 filter) const noexcept {
    usize const size = dwarf::encoded_size(type_encoding_);
    if (types_end_ == 0 || size == 0 || filter <= 0 ||
        static_cast<u64>(filter) > table_.bytes.size())
        return std::nullopt;
    u64 const at = types_end_ - static_cast<u64>(filter) * size;
    if (!table_.contains(at))
        return std::nullopt;
    dwarf::Reader reader(table_, at);
    auto const pointer = reader.pointer(type_encoding_, {});
    if (!reader.ok())
        return std::nullopt;
    return pointer;
}

dwarf::Reader Lsda::specification(i64 filter) const noexcept {
    dwarf::Reader reader(table_, types_end_ + static_cast<u64>(-(filter + 1)));
    if (types_end_ == 0)
        reader.fail();
    return reader;
}

} // namespace unwind
