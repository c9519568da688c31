// Shortens names for tools of the host, as libs/demangle does for everybody.
#include "libs/symbols/shorten.hpp"

#include "libs/demangle/demangle.hpp"

std::string shorten(std::string_view demangled) {
    return std::string(demangle::shorten(demangled).view());
}

std::string shorten_linkage_name(std::string const& name, std::string const& otherwise) {
    auto const text = demangle::name(name);
    return text ? shorten(*text) : otherwise;
}
