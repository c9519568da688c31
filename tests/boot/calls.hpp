// The system calls of one program, read from what linnet.strace=1 writes.
#pragma once

#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

/// The calls of each process that runs `program`, from its execve on, as they came. Without the
/// addresses that differ in each process, and without what the heap unmaps again, which depends on
/// them.
inline std::vector<std::string> calls_of(std::string const& trace, std::string const& program) {
    std::vector<std::string> found;
    std::map<std::string, std::size_t> place; // in `found`, by "[PID]"
    std::istringstream lines(trace);
    for (std::string line; std::getline(lines, line);) {
        while (line.ends_with('\r'))
            line.pop_back();
        std::smatch parts;
        if (!std::regex_search(line, parts, std::regex(R"((\[\d+\]) (.*))")))
            continue;
        if (auto const at = place.find(parts[1]); at != place.end()) {
            if (!parts[2].str().starts_with("munmap("))
                found[at->second] +=
                    std::regex_replace(parts[2].str(), std::regex("0x7[ef]\\w+"), "ADDRESS") + "\n";
        } else if (parts[2].str().starts_with("execve(\"" + program + "\"") &&
                   line.ends_with("= 0")) {
            place[parts[1]] = found.size();
            found.emplace_back();
        }
    }
    return found;
}
