// What linkers' names say: from text to tree to text.
#include "libs/demangle/demangle.hpp"

#include "libs/demangle/parser.hpp"
#include "libs/demangle/printer.hpp"

namespace demangle {

Result<String> name(std::string_view mangled) {
    Tree tree(mangled);
    Ref const root = TRY(Parser(tree).whole_symbol());
    return Printer(tree).print(root);
}

Result<String> type(std::string_view mangled) {
    Tree tree(mangled);
    Ref const root = TRY(Parser(tree).whole_type());
    return Printer(tree).print(root);
}

String short_name(std::string_view mangled) {
    auto const whole = name(mangled);
    return whole ? shorten(*whole) : String(mangled);
}

} // namespace demangle
