// Complaints, colours, numbers.
#include "user/options/options.hpp"
#include "user/os/terminal.hpp"

#include <charconv>

namespace {

bool complained = false;

std::optional<u64> parse(std::string_view text, int base) {
    u64 value = 0;
    auto const parsed = std::from_chars(text.begin(), text.end(), value, base);
    return parsed.ec == std::errc() && parsed.ptr == text.end() ? std::optional(value)
                                                                : std::nullopt;
}

} // namespace

void complain(std::string_view path, std::string_view why) {
    complained = true;
    os::print_error("{}: {}: {}\n", os::program_name(), path, why);
}

void complain(std::string_view path, Error const& error) {
    complain(path, os::describe(error.code()));
}

int exit_status() {
    return complained || os::output_failed() ? 1 : 0;
}

Colours::Colours()
    : used_(os::is_terminal(os::out.fd()) && os::variable("TERM") != "dumb" &&
            os::variable("NO_COLOR").value_or("").empty()) {}

std::optional<u64> parse_number(std::string_view text) {
    return parse(text, 10);
}

std::optional<u64> parse_octal(std::string_view text) {
    return parse(text, 8);
}
