// Sorts the words of a command line into the kernel's options and init's arguments and environment.
#include "libs/cmdline/cmdline.hpp"

#include "libs/base/format.hpp"

namespace cmdline {
namespace {

using uapi::BootOption;

constexpr usize most_for_init = 32; // Linux's bound for each of arguments and environment

BootOption const* find_option(std::string_view name) {
    for (BootOption const& option : uapi::boot_options)
        if (same_name(option.name, name))
            return &option;
    return nullptr;
}

bool is_choice(std::string_view value, std::string_view choices) {
    constexpr std::string_view separator = " or ";
    while (true) {
        auto const end = choices.find(separator);
        if (value == choices.substr(0, end))
            return true;
        if (end == std::string_view::npos)
            return false;
        choices.remove_prefix(end + separator.size());
    }
}

bool is_accepted(BootOption const& option, Word const& word) {
    auto const value = word.value.value_or(std::string_view());
    switch (option.kind) {
    case BootOption::Kind::ignored:
        return true;
    case BootOption::Kind::flag:
        return !word.value;
    case BootOption::Kind::number:
        return parse_number(value).has_value();
    case BootOption::Kind::count:
        return parse_number(value).value_or(-1) >= 0;
    case BootOption::Kind::size:
        return parse_size(value).has_value();
    case BootOption::Kind::choice:
        return is_choice(value, option.choices);
    case BootOption::Kind::device:
        return parse_mmio_device(value).has_value();
    case BootOption::Kind::text:
    case BootOption::Kind::list:
        return !value.empty();
    }
    return false;
}

/// What the option accepts, for the sentence "NAME wants ...".
char const* wanted(BootOption const& option) {
    switch (option.kind) {
    case BootOption::Kind::flag:
        return "no value";
    case BootOption::Kind::number:
        return "a number, such as -1, 10 or 0x10";
    case BootOption::Kind::count:
        return "a number from 0, such as 2";
    case BootOption::Kind::size:
        return "a size, such as 64M, 1G or 0x4000000";
    case BootOption::Kind::choice:
        return option.choices;
    case BootOption::Kind::device:
        return "SIZE@ADDRESS:IRQ, such as 512@0xfeb00e00:12";
    case BootOption::Kind::text:
    case BootOption::Kind::list:
    case BootOption::Kind::ignored:
        break;
    }
    return "a value";
}

String whole(Word const& word) {
    String text(word.name);
    if (word.value) {
        text.push_back('=');
        text.append(*word.value);
    }
    return text;
}

} // namespace

CommandLine::CommandLine(std::string_view line) {
    environment_.push_back("HOME=/");
    environment_.push_back("TERM=linux");
    Words words(line);
    bool for_init = false;
    while (auto const word = words.next()) {
        if (for_init) {
            if (arguments_.size() < most_for_init)
                arguments_.push_back(whole(*word));
            else
                complaints_.push_back(format("too many arguments for init: {}", word->name));
        } else if (word->is_end_of_options())
            for_init = true;
        else
            take(*word);
    }
}

void CommandLine::take(Word const& word) {
    if (BootOption const* const option = find_option(word.name)) {
        take_option(*option, word);
        return;
    }
    if (word.name.find('.') != std::string_view::npos)
        return; // for a module that is not there
    if (word.value) {
        add_environment(word);
        return;
    }
    if (arguments_.size() < most_for_init)
        arguments_.push_back(word.name);
    else
        complaints_.push_back(format("too many arguments for init: {}", word.name));
}

void CommandLine::take_option(BootOption const& option, Word const& word) {
    if (!is_accepted(option, word)) {
        complaints_.push_back(
            format("\"{}\": {} wants {}", whole(word).view(), option.name, wanted(option)));
        return;
    }
    if (option.kind == BootOption::Kind::ignored)
        return;
    // Boot loaders put words of their own in front; Linux drops arguments given before init=.
    if (same_name(option.name, "init") || same_name(option.name, "rdinit"))
        arguments_.clear();
    options_.push_back({&option, word.value.value_or(std::string_view())});
}

void CommandLine::add_environment(Word const& word) {
    String text = whole(word);
    std::string_view const key = text.view().substr(0, word.name.size() + 1);
    for (String& old : environment_)
        if (old.view().starts_with(key)) {
            old = std::move(text);
            return;
        }
    if (environment_.size() < most_for_init)
        environment_.push_back(std::move(text));
    else
        complaints_.push_back(format("too many variables for init: {}", word.name));
}

CommandLine::Given const* CommandLine::last(std::string_view name) const {
    Given const* found = nullptr;
    for (Given const& given : options_)
        if (same_name(given.option->name, name))
            found = &given;
    return found;
}

std::optional<std::string_view> CommandLine::text(std::string_view name) const {
    Given const* const given = last(name);
    return given != nullptr ? std::optional(given->value) : std::nullopt;
}

std::optional<i64> CommandLine::number(std::string_view name) const {
    Given const* const given = last(name);
    return given != nullptr ? parse_number(given->value) : std::nullopt;
}

std::optional<u64> CommandLine::size(std::string_view name) const {
    Given const* const given = last(name);
    return given != nullptr ? parse_size(given->value) : std::nullopt;
}

Vector<std::string_view> CommandLine::all(std::string_view name) const {
    Vector<std::string_view> values;
    for (Given const& given : options_)
        if (same_name(given.option->name, name))
            values.push_back(given.value);
    return values;
}

} // namespace cmdline
