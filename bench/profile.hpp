// Where an operation's instructions go, by function of the kernel.
#pragma once

#include "bench/measure.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bench {

/// The functions of a kernel's file, by address.
class Functions {
public:
    /// From the output of `nm -C`.
    explicit Functions(std::string const& names);

    /// The function around an address; "(user)" for the lower half.
    std::string const& around(std::uint64_t address) const;

private:
    std::map<std::uint64_t, std::string> by_address_;
    std::string user_ = "(user)";
    std::string unknown_ = "?";
};

/// Instructions by function, from the lines "ADDRESS INSTRUCTIONS" that the plugin writes.
std::map<std::string, double> by_function(std::string const& counts, Functions const& functions);

/// Prints how many instructions each function takes of one run of `operation`, or of the whole
/// boot when that is "boot". `directory` has the plugin and is written to.
int print_profile(Subject const& subject, std::string const& operation,
                  std::string const& directory);

} // namespace bench
