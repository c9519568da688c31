// Finds and reads unit files.
#include "user/init/units.hpp"

#include "user/os/directory.hpp"

namespace {

constexpr std::string_view suffix = ".toml";
constexpr usize largest = 65536;

/// A regular file that is not too large: anything else might never end, or wait for ever.
Result<String> read_unit(std::string_view path) {
    auto const file = TRY(os::File::open(path, os::Open::nonblocking));
    auto const status = TRY(file.status());
    if (status.type != os::FileType::regular)
        return fail(Errno::einval);
    if (status.size > largest)
        return fail(Errno::efbig);
    String text;
    char buffer[4096];
    while (text.size() <= largest) {
        usize const count = TRY(file.read(std::as_writable_bytes(std::span(buffer))));
        if (count == 0)
            break;
        text.append({buffer, count});
    }
    return text;
}

} // namespace

Vector<service::Unit> read_units(std::string_view directory, Outlet& outlet) {
    Vector<service::Unit> units;
    auto const names = os::list_directory(directory);
    if (!names) {
        outlet.print(service::Level::warning, "{}: {}; there are no services", directory,
                     names.error());
        return units;
    }
    for (auto const& file : *names) {
        auto name = file.view();
        if (!name.ends_with(suffix) || name.starts_with('.'))
            continue;
        name.remove_suffix(suffix.size());
        auto const text = read_unit(format("{}/{}", directory, file));
        units.push_back(service::parse_unit(name, text ? text->view() : std::string_view()));
        if (!text) {
            service::Problems problems;
            problems.add(0, "cannot be read: {}", text.error());
            units.back().problems = std::move(problems);
        }
    }
    return units;
}
