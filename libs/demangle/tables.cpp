// The ABI's codes and what they stand for.
#include "libs/demangle/tables.hpp"

#include <algorithm>
#include <iterator>

namespace demangle {

namespace {

constexpr Operator operators[] = {
    {"aN", Arity::two, "&="},
    {"aS", Arity::two, "="},
    {"aa", Arity::two, "&&"},
    {"ad", Arity::one, "&"},
    {"an", Arity::two, "&"},
    {"at", Arity::type, "alignof "},
    {"aw", Arity::one, "co_await "},
    {"az", Arity::one, "alignof "},
    {"cc", Arity::named_cast, "const_cast"},
    {"cl", Arity::call, "()"},
    {"cm", Arity::two, ","},
    {"co", Arity::one, "~"},
    {"cv", Arity::cast, ""},
    {"dV", Arity::two, "/="},
    {"da", Arity::one, "delete[] "},
    {"dc", Arity::named_cast, "dynamic_cast"},
    {"de", Arity::one, "*"},
    {"dl", Arity::one, "delete "},
    {"ds", Arity::two, ".*"},
    {"dt", Arity::member, "."},
    {"dv", Arity::two, "/"},
    {"eO", Arity::two, "^="},
    {"eo", Arity::two, "^"},
    {"eq", Arity::two, "=="},
    {"ge", Arity::two, ">="},
    {"gs", Arity::one, "::"},
    {"gt", Arity::two, ">"},
    {"ix", Arity::two, "[]"},
    {"lS", Arity::two, "<<="},
    {"le", Arity::two, "<="},
    {"li", Arity::one, "operator\"\" "},
    {"ls", Arity::two, "<<"},
    {"lt", Arity::two, "<"},
    {"mI", Arity::two, "-="},
    {"mL", Arity::two, "*="},
    {"mi", Arity::two, "-"},
    {"ml", Arity::two, "*"},
    {"mm", Arity::one, "--"},
    {"na", Arity::create, "new[]"},
    {"ne", Arity::two, "!="},
    {"ng", Arity::one, "-"},
    {"nt", Arity::one, "!"},
    {"nw", Arity::create, "new"},
    {"nx", Arity::one, "noexcept"},
    {"oR", Arity::two, "|="},
    {"oo", Arity::two, "||"},
    {"or", Arity::two, "|"},
    {"pL", Arity::two, "+="},
    {"pl", Arity::two, "+"},
    {"pm", Arity::two, "->*"},
    {"pp", Arity::one, "++"},
    {"ps", Arity::one, "+"},
    {"pt", Arity::member, "->"},
    {"qu", Arity::three, "?"},
    {"rM", Arity::two, "%="},
    {"rS", Arity::two, ">>="},
    {"rc", Arity::named_cast, "reinterpret_cast"},
    {"rm", Arity::two, "%"},
    {"rs", Arity::two, ">>"},
    {"sP", Arity::one, "sizeof..."},
    {"sZ", Arity::one, "sizeof..."},
    {"sc", Arity::named_cast, "static_cast"},
    {"ss", Arity::two, "<=>"},
    {"st", Arity::type, "sizeof "},
    {"sz", Arity::one, "sizeof "},
    {"te", Arity::one, "typeid "},
    {"ti", Arity::type, "typeid "},
    {"tr", Arity::none, "throw"},
    {"tw", Arity::one, "throw "},
};

constexpr Builtin builtins[] = {
    {'a', "signed char"},
    {'b', "bool", Literal::truth},
    {'c', "char"},
    {'d', "double", Literal::floating},
    {'e', "long double", Literal::floating},
    {'f', "float", Literal::floating},
    {'g', "__float128", Literal::floating},
    {'h', "unsigned char"},
    {'i', "int", Literal::suffixed, ""},
    {'j', "unsigned int", Literal::suffixed, "u"},
    {'l', "long", Literal::suffixed, "l"},
    {'m', "unsigned long", Literal::suffixed, "ul"},
    {'n', "__int128"},
    {'o', "unsigned __int128"},
    {'s', "short"},
    {'t', "unsigned short"},
    {'v', "void"},
    {'w', "wchar_t"},
    {'x', "long long", Literal::suffixed, "ll"},
    {'y', "unsigned long long", Literal::suffixed, "ull"},
    {'z', "..."},
};
constexpr usize short_builtins = std::size(builtins);

constexpr Builtin long_builtins[] = {
    {'a', "auto"},       {'c', "decltype(auto)"},    {'d', "decimal64"},
    {'e', "decimal128"}, {'f', "decimal32"},         {'h', "half", Literal::floating},
    {'i', "char32_t"},   {'n', "decltype(nullptr)"}, {'s', "char16_t"},
    {'u', "char8_t"},
};

constexpr Standard standards[] = {
    {'a', "std::allocator", "std::allocator", "allocator"},
    {'b', "std::basic_string", "std::basic_string", "basic_string"},
    {'d', "std::iostream", "std::basic_iostream<char, std::char_traits<char> >", "basic_iostream"},
    {'i', "std::istream", "std::basic_istream<char, std::char_traits<char> >", "basic_istream"},
    {'o', "std::ostream", "std::basic_ostream<char, std::char_traits<char> >", "basic_ostream"},
    {'s', "std::string", "std::basic_string<char, std::char_traits<char>, std::allocator<char> >",
     "basic_string"},
    {'t', "std", "std", "std"},
};

constexpr Special specials[] = {
    {"GA", Operand::encoding, "hidden alias for "},
    {"GR", Operand::temporary, "reference temporary #"},
    {"GT", Operand::transaction, "transaction clone for "},
    {"GV", Operand::name, "guard variable for "},
    {"TA", Operand::argument, "template parameter object for "},
    {"TC", Operand::construction, "construction vtable for "},
    {"TF", Operand::type, "typeinfo fn for "},
    {"TH", Operand::name, "TLS init function for "},
    {"TI", Operand::type, "typeinfo for "},
    {"TS", Operand::type, "typeinfo name for "},
    {"TT", Operand::type, "VTT for "},
    {"TV", Operand::type, "vtable for "},
    {"TW", Operand::name, "TLS wrapper function for "},
    {"Tc", Operand::covariant, "covariant return thunk to "},
    {"Th", Operand::thunk, "non-virtual thunk to "},
    {"Tv", Operand::thunk, "virtual thunk to "},
};

template <class Entry, usize count>
std::optional<u8> find_letter(Entry const (&table)[count], char code) {
    auto const* const found = std::ranges::find(table, code, &Entry::code);
    if (found == std::end(table))
        return std::nullopt;
    return static_cast<u8>(found - table);
}

template <class Entry, usize count>
std::optional<u8> find_pair(Entry const (&table)[count], std::string_view code) {
    auto const* const found = std::ranges::find_if(
        table, [&](Entry const& entry) { return code == std::string_view(entry.code, 2); });
    if (found == std::end(table))
        return std::nullopt;
    return static_cast<u8>(found - table);
}

} // namespace

std::optional<u8> find_operator(std::string_view code) {
    return find_pair(operators, code);
}

std::optional<u8> find_builtin(char code) {
    return find_letter(builtins, code);
}

std::optional<u8> find_long_builtin(char code) {
    auto const found = find_letter(long_builtins, code);
    if (!found)
        return std::nullopt;
    return static_cast<u8>(*found + short_builtins);
}

std::optional<u8> find_standard(char code) {
    return find_letter(standards, code);
}

std::optional<u8> find_special(std::string_view code) {
    return find_pair(specials, code);
}

Operator const& operator_of(u8 index) {
    return operators[index];
}

Builtin const& builtin_of(u8 index) {
    return index < short_builtins ? builtins[index] : long_builtins[index - short_builtins];
}

Standard const& standard_of(u8 index) {
    return standards[index];
}

Special const& special_of(u8 index) {
    return specials[index];
}

std::string_view text_of(Modifier modifier) {
    switch (modifier) {
    case Modifier::pointer:
        return "*";
    case Modifier::reference:
        return "&";
    case Modifier::rvalue_reference:
        return "&&";
    case Modifier::restricted:
    case Modifier::this_restricted:
        return " restrict";
    case Modifier::volatile_:
    case Modifier::this_volatile:
        return " volatile";
    case Modifier::constant:
    case Modifier::this_constant:
        return " const";
    case Modifier::complex:
        return " _Complex";
    case Modifier::imaginary:
        return " _Imaginary";
    case Modifier::this_reference:
        return " &";
    case Modifier::this_rvalue_reference:
        return " &&";
    case Modifier::noexcept_:
        return " noexcept";
    case Modifier::throws:
        return " throw";
    }
    return {};
}

} // namespace demangle
