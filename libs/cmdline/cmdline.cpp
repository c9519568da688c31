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
    auto const value = word.value.value_or(std::string_view());
    auto const complain = [&](std::string_view cause) {
        complaints_.push_back(format("{}: {}", whole(word).view(), cause));
    };
    switch (option.kind) {
    case BootOption::Kind::ignored:
        return;
    case BootOption::Kind::flag:
        if (word.value)
            return complain("takes no value");
        break;
    case BootOption::Kind::number:
        if (!parse_number(value))
            return complain("is not a number");
        break;
    case BootOption::Kind::size:
        if (!parse_size(value))
            return complain("is not a size");
        break;
    case BootOption::Kind::text:
    case BootOption::Kind::list:
        if (value.empty())
            return complain("needs a value");
        break;
    }
    // Boot loaders put words of their own in front; Linux drops arguments given before init=.
    if (same_name(option.name, "init") || same_name(option.name, "rdinit"))
        arguments_.clear();
    options_.push_back({&option, value});
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
