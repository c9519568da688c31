// The command lines of the differential suite, as read from cases/*.sh.
#include "tests/differential/cases.hpp"

#include "runner/os.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

namespace differential {

std::vector<Case> parse_cases(std::string_view file_name, std::string_view text) {
    constexpr std::string_view excused = "#excused: ";
    std::vector<Case> cases;
    Case current;
    auto const finish = [&] {
        if (!current.script.empty())
            cases.push_back(current);
        current = {};
    };
    for (int number = 1; !text.empty(); ++number) {
        auto const end = std::min(text.find('\n'), text.size());
        auto const line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty()) {
            finish();
        } else if (current.script.empty() && line.starts_with(excused)) {
            current.excuse = line.substr(excused.size());
        } else if (!current.script.empty() || !line.starts_with("#")) {
            if (current.script.empty())
                current.name = fmt::format("{}:{}", file_name, number);
            current.script += fmt::format("{}\n", line);
        }
    }
    finish();
    return cases;
}

std::vector<Case> read_cases(std::string const& directory) {
    std::vector<std::filesystem::path> files;
    for (auto const& entry : std::filesystem::directory_iterator(directory))
        if (entry.path().extension() == ".sh")
            files.push_back(entry.path());
    std::ranges::sort(files);
    std::vector<Case> cases;
    for (auto const& file : files)
        for (auto& one : parse_cases(file.stem().string(), runner::read_file(file.string())))
            cases.push_back(std::move(one));
    return cases;
}

} // namespace differential
