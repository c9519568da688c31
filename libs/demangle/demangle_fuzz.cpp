// Fuzzes the demangler: any name gives a text within the limits or an error, twice the same.
#include "libs/demangle/demangle.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    // Safe because bytes are what characters are made of.
    std::string_view const mangled(reinterpret_cast<char const*>(data), size);
    auto const name = demangle::name(mangled);
    auto const again = demangle::name(mangled);
    if (name.has_value() != again.has_value() || (name && *name != *again))
        std::abort();
    auto const type = demangle::type(mangled);
    for (auto const* text : {&name, &type}) {
        if (!*text)
            continue;
        if ((*text)->size() > demangle::longest_text)
            std::abort();
        if (demangle::shorten(**text).size() > (*text)->size() + 1)
            std::abort();
    }
    (void)demangle::shorten(mangled);
    return 0;
}
