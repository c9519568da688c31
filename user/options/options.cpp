// The command line of tools.
#include "user/options/options.hpp"

namespace {

template <class... Arguments>
[[noreturn, gnu::always_inline]] inline void misuse(Format<Arguments...> text,
                                                    Arguments const&... arguments) {
    os::die(2, "{}; try `{} --help`", format(text, arguments...), os::program_name());
}

} // namespace

CommandLine::CommandLine(std::string_view usage, std::string_view what,
                         std::span<Option const> options, os::Texts words)
    : options_(options) {
    bool only_operands = false;
    for (auto next = words.begin(); next != nullptr;) {
        auto const word = *next;
        ++next;
        if (only_operands || word.size() < 2 || word[0] != '-')
            operands_.push_back(word);
        else if (word == "--")
            only_operands = true;
        else if (word == "--help") {
            help(usage, what);
            os::exit(os::output_failed() ? 1 : 0);
        } else if (word[1] == '-')
            take_long(word.substr(2), next);
        else
            take_letters(word.substr(1), next);
    }
}

void CommandLine::take_long(std::string_view word, os::Texts::Iterator& next) {
    auto const equals = word.find('=');
    auto const name = word.substr(0, equals);
    for (auto const& option : options_) {
        if (option.name.empty() || option.name != name)
            continue;
        std::string_view value;
        if (option.value.empty()) {
            if (equals != word.npos)
                misuse("--{} takes no value", name);
        } else if (equals != word.npos) {
            value = word.substr(equals + 1);
        } else {
            if (next == nullptr)
                misuse("--{} needs a value", name);
            value = *next;
            ++next;
        }
        given_.push_back({&option, value});
        return;
    }
    misuse("unknown option --{}", name);
}

void CommandLine::take_letters(std::string_view word, os::Texts::Iterator& next) {
    while (!word.empty()) {
        char const letter = word[0];
        word.remove_prefix(1);
        Option const* found = nullptr;
        for (auto const& option : options_)
            if (option.letter == letter)
                found = &option;
        if (found == nullptr)
            misuse("unknown option -{}", letter);
        std::string_view value;
        if (!found->value.empty()) {
            if (word.empty() && next == nullptr)
                misuse("-{} needs a value", letter);
            value = word;
            if (word.empty()) {
                value = *next;
                ++next;
            }
            word = {};
        }
        given_.push_back({found, value});
    }
}

bool CommandLine::has(char letter) const {
    for (auto const& given : given_)
        if (given.option->letter == letter)
            return true;
    return false;
}

bool CommandLine::has(std::string_view name) const {
    for (auto const& given : given_)
        if (given.option->name == name)
            return true;
    return false;
}

std::optional<std::string_view> CommandLine::value(char letter) const {
    std::optional<std::string_view> last;
    for (auto const& given : given_)
        if (given.option->letter == letter)
            last = given.value;
    return last;
}

std::optional<std::string_view> CommandLine::value(std::string_view name) const {
    std::optional<std::string_view> last;
    for (auto const& given : given_)
        if (given.option->name == name)
            last = given.value;
    return last;
}

u64 CommandLine::number(char letter, u64 usual, u64 most) const {
    auto const text = value(letter);
    auto const number = text ? parse_number(*text) : usual;
    if (!number || *number < 1 || *number > most)
        os::die(2, "-{}: '{}' is not from 1 to {}", letter, *text, most);
    return *number;
}

void CommandLine::need_operands(usize at_least, usize at_most) const {
    if (operands_.size() < at_least)
        misuse("too few operands");
    if (operands_.size() > at_most)
        misuse("too many operands: '{}'", operands_[at_most]);
}

void CommandLine::help(std::string_view usage, std::string_view what) const {
    os::BufferedOut out(os::out);
    out.print("usage: {}{} {}\n{}\n", os::program_name(), options_.empty() ? "" : " [OPTION]...",
              usage, what);
    if (!options_.empty())
        out.print("\n");
    for (auto const& option : options_) {
        String left = "  ";
        if (option.letter != 0)
            left.append(format("-{}", option.letter));
        if (!option.name.empty())
            left.append(format("{}--{}", option.letter != 0 ? ", " : "    ", option.name));
        if (!option.value.empty())
            left.append(format(" {}", option.value));
        out.print("{:24} {}\n", left.view(), option.what);
    }
    out.print("{:24} {}\n", "      --help", "say this");
}
