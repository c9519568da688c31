// The zone of local time.
#include "user/os/zone.hpp"

#include "user/os/environment.hpp"
#include "user/os/file.hpp"

namespace os {
namespace {

std::optional<calendar::Zone> zone_in(std::string_view path) {
    auto const file = read_file(path);
    return file ? calendar::Zone::from_file(bytes_of(*file)) : std::nullopt;
}

std::optional<calendar::Zone> zone_named(std::string_view name) {
    if (name.starts_with('/'))
        return zone_in(name);
    if (name.empty() || name.find("..") != name.npos)
        return std::nullopt;
    return zone_in(format("/usr/share/zoneinfo/{}", name));
}

} // namespace

calendar::Zone local_zone() {
    auto text = variable("TZ");
    if (!text)
        return zone_in("/etc/localtime").value_or(calendar::Zone());
    if (text->starts_with(':'))
        return zone_named(text->substr(1)).value_or(calendar::Zone());
    if (auto const zone = zone_named(*text))
        return *zone;
    auto const rule = calendar::Rule::parse(*text);
    return rule ? calendar::Zone(*rule) : calendar::Zone();
}

} // namespace os
