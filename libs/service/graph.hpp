// The order in which services start, and who cannot because of whom.
#pragma once

#include "libs/base/slice.hpp"
#include "libs/service/unit.hpp"

#include <optional>

namespace service {

/// Units by number: those that one waits for, and those that wait for it.
struct Links {
    Vector<u32> needs;
    Vector<u32> after;     ///< only those that are there
    Vector<u32> followers; ///< who needs it or comes after it
};

struct Graph {
    Vector<u32> order;     ///< of those without fault: each behind all that it waits for
    Vector<Links> links;   ///< of each unit; empty for those with a fault
    Vector<String> faults; ///< why a unit cannot start; empty when it can
};

/// Names are unique. A unit with problems, one in a circle, and one that needs such a one or one
/// that is not there, has a fault; all others are in the order.
Graph make_graph(Slice<Unit const> units);

/// Finds units by name.
class Names {
public:
    void add(std::string_view name, u32 number);
    std::optional<u32> find(std::string_view name) const;

private:
    struct Named {
        String name;
        u32 number;
    };

    usize place_of(std::string_view name) const;

    Vector<Named> sorted_;
};

/// "NAME.toml:LINE: TEXT", without the line when it is 0.
String problem_text(std::string_view unit, Problem const& problem);

} // namespace service
