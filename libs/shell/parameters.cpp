// Parameters, and the operations of ${...} on them.
#include "libs/base/utf8.hpp"
#include "libs/shell/expander.hpp"
#include "libs/shell/parser.hpp"
#include "libs/shell/pattern.hpp"

#include <algorithm>
#include <charconv>

namespace shell {
namespace {

using Operation = Part::Operation;

bool is_list(std::string_view name) {
    return name == "@" || name == "*";
}

} // namespace

std::optional<String> Expander::value_of(std::string_view name) {
    if (starts_name(name[0]))
        return world_.variable(name);
    auto const arguments = world_.arguments();
    if (name == "#")
        return format("{}", arguments.size());
    if (is_list(name)) {
        if (arguments.empty())
            return std::nullopt;
        String joined;
        for (auto const& argument : arguments) {
            if (!joined.empty())
                joined.push_back(' ');
            joined.append(argument);
        }
        return joined;
    }
    if (is_digit(name[0]) && name != "0") {
        usize index = 0;
        auto const [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
        if (error != std::errc() || index == 0 || index > arguments.size())
            return std::nullopt;
        return arguments[index - 1];
    }
    String value = world_.special(name[0]);
    if (value.empty() && name == "!")
        return std::nullopt;
    return value;
}

void Expander::parameter(Word const& word, Part const& part) {
    bool const list = is_list(part.text);
    auto value = value_of(part.text);
    switch (part.operation) {
    case Operation::none:
        if (list)
            return all_arguments(part);
        [[fallthrough]];
    case Operation::length:
        if (!value && world_.unset_is_error() && !list)
            return fail(word, part.at, format("{}: parameter not set", part.text));
        if (part.operation == Operation::none)
            return add(value.value_or(String()), part.quoted);
        if (list)
            return add(format("{}", world_.arguments().size()), part.quoted);
        return add(format("{}", utf8::count(value.value_or(String()))), part.quoted);
    default:
        return operation(word, part, std::move(value));
    }
}

void Expander::operation(Word const& word, Part const& part, std::optional<String> value) {
    bool const there = value && !(part.or_empty && value->empty());
    auto const put = [&] {
        if (is_list(part.text))
            all_arguments(part);
        else
            add(*value, part.quoted);
    };
    switch (part.operation) {
    case Operation::use_default:
        return there ? put() : inner(*part.argument, part.quoted);
    case Operation::use_instead:
        if (there)
            inner(*part.argument, part.quoted);
        else if (part.quoted)
            add("", true);
        return;
    case Operation::assign_default: {
        if (there)
            return put();
        if (!is_name(part.text))
            return fail(word, part.at, format("{}: cannot be assigned to", part.text));
        String const assigned = text_of(*part.argument);
        if (problem_)
            return;
        if (!world_.assign(part.text, assigned))
            return fail(word, part.at, format("{}: is read only", part.text));
        return add(assigned, part.quoted);
    }
    case Operation::require: {
        if (there)
            return put();
        String const message = text_of(*part.argument);
        return fail(word, part.at,
                    format("{}: {}", part.text,
                           !message.empty() ? message.view()
                           : part.or_empty  ? "parameter not set or null"
                                            : "parameter not set"));
    }
    case Operation::substring:
        if (is_list(part.text))
            return sublist(word, part);
        break;
    default:
        break;
    }
    if (!value && world_.unset_is_error())
        return fail(word, part.at, format("{}: parameter not set", part.text));
    String const text = value.value_or(String());
    if (part.operation == Operation::substring)
        substring(word, part, text);
    else if (part.operation == Operation::replace || part.operation == Operation::replace_all)
        replace(word, part, text);
    else
        cut(word, part, text);
}

/// $@ and $*: one field for each argument; "$*" is one for all.
void Expander::all_arguments(Part const& part) {
    argument_list(world_.arguments(), part);
}

void Expander::argument_list(Slice<String const> list, Part const& part) {
    if (part.text == "*" && part.quoted) {
        auto const separators = world_.variable("IFS").value_or(String(" \t\n"));
        String joined;
        for (usize i = 0; i < list.size(); ++i) {
            if (i != 0)
                joined.append(separators.view().substr(0, 1));
            joined.append(list[i]);
        }
        return add(joined, true);
    }
    for (usize i = 0; i < list.size(); ++i) {
        if (i != 0)
            fields_.push_back({});
        add(list[i], part.quoted);
    }
}

namespace {

struct Range {
    usize begin;
    usize end;
};

/// What ${x:offset:length} takes of `size` things; negative numbers count from the end.
Range range(usize size, i64 offset, std::optional<i64> length) {
    i64 const all = static_cast<i64>(size);
    i64 const begin = offset < 0 ? all + std::max(offset, -all - 1) : std::min(offset, all);
    if (begin < 0)
        return {0, 0};
    i64 end = all;
    if (length)
        end = *length < 0 ? all + std::max(*length, -all) : begin + std::min(*length, all - begin);
    return {static_cast<usize>(begin), static_cast<usize>(std::max(begin, end))};
}

} // namespace

void Expander::substring(Word const& word, Part const& part, std::string_view value) {
    auto const offset = number(word, part, *part.argument);
    auto const length = part.second && offset ? number(word, part, *part.second) : std::nullopt;
    if (problem_)
        return;
    auto const [begin, end] = range(utf8::count(value), *offset, length);
    String result;
    for (usize i = 0; i < end; ++i) {
        usize const bytes = utf8::length(value);
        if (i >= begin)
            result.append(value.substr(0, bytes));
        value.remove_prefix(bytes);
    }
    add(result, part.quoted);
}

/// ${@:offset:length}, where the arguments count from 1.
void Expander::sublist(Word const& word, Part const& part) {
    auto const offset = number(word, part, *part.argument);
    auto const length = part.second && offset ? number(word, part, *part.second) : std::nullopt;
    if (problem_)
        return;
    auto const list = world_.arguments();
    i64 const from = *offset > 0 ? *offset - 1 : *offset;
    auto const [begin, end] = range(list.size(), from, length);
    argument_list(list.from(begin).first(end - begin), part);
}

void Expander::cut(Word const& word, Part const& part, std::string_view value) {
    (void)word;
    String const pattern = pattern_of(*part.argument);
    bool const prefix =
        part.operation == Operation::cut_prefix || part.operation == Operation::cut_longest_prefix;
    bool const longest = part.operation == Operation::cut_longest_prefix ||
                         part.operation == Operation::cut_longest_suffix;
    // Lengths of the piece that is tried, from short to long or back.
    for (usize i = 0; i <= value.size() && !problem_; ++i) {
        usize const length = longest ? value.size() - i : i;
        usize const at = prefix ? length : value.size() - length;
        auto const piece = prefix ? value.substr(0, at) : value.substr(at);
        if (matches(pattern, piece))
            return add(prefix ? value.substr(at) : value.substr(0, at), part.quoted);
    }
    add(value, part.quoted);
}

/// ${x/pattern/text}: the longest piece that fits, from left to right.
void Expander::replace(Word const& word, Part const& part, std::string_view value) {
    (void)word;
    String pattern = pattern_of(*part.argument);
    String const by = part.second ? text_of(*part.second) : String();
    if (problem_)
        return;
    // # and % bind the pattern to the start and the end.
    bool const at_start = pattern.view().starts_with('#');
    bool const at_end = pattern.view().starts_with('%');
    if (at_start || at_end)
        pattern = String(pattern.view().substr(1));
    String result;
    bool done = pattern.empty();
    for (usize at = 0; at < value.size();) {
        usize found = 0;
        for (usize end = value.size(); !done && end > at && !(at_start && at != 0); --end) {
            if (matches(pattern, value.substr(at, end - at))) {
                found = end - at;
                break;
            }
            if (at_end)
                break;
        }
        if (found != 0) {
            result.append(by);
            at += found;
            done = part.operation == Operation::replace;
        } else {
            result.push_back(value[at++]);
        }
    }
    add(result, part.quoted);
}

} // namespace shell
