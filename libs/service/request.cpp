// Requests to init as text.
#include "libs/service/request.hpp"

#include "libs/base/format.hpp"
#include "libs/service/unit.hpp"

namespace service {
namespace {

enum class Named : u8 { no, perhaps, yes };

struct Word {
    std::string_view name;
    Verb verb;
    Named named;
};

constexpr Word words[] = {
    {"list", Verb::list, Named::no},     {"status", Verb::status, Named::perhaps},
    {"log", Verb::log, Named::yes},      {"start", Verb::start, Named::yes},
    {"stop", Verb::stop, Named::yes},    {"restart", Verb::restart, Named::yes},
    {"reload", Verb::reload, Named::no}, {"shutdown", Verb::shutdown, Named::no},
    {"reboot", Verb::reboot, Named::no}};

Word const& word_of(Verb verb) {
    for (auto const& word : words)
        if (word.verb == verb)
            return word;
    return words[0];
}

std::string_view take_word(std::string_view& rest) {
    auto const end = rest.find(' ');
    auto const word = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    return word;
}

} // namespace

std::optional<Verb> find_verb(std::string_view name) {
    for (auto const& word : words)
        if (word.name == name)
            return word.verb;
    return std::nullopt;
}

std::string_view verb_name(Verb verb) {
    return word_of(verb).name;
}

bool takes_name(Verb verb) {
    return word_of(verb).named != Named::no;
}

bool needs_name(Verb verb) {
    return word_of(verb).named == Named::yes;
}

std::optional<Request> parse_request(std::string_view line) {
    Request request;
    auto const id = take_word(line);
    if (id.empty() || id.size() > 9)
        return std::nullopt;
    for (char const digit : id) {
        if (digit < '0' || digit > '9')
            return std::nullopt;
        request.id = request.id * 10 + static_cast<u32>(digit - '0');
    }
    auto const verb = find_verb(take_word(line));
    if (!verb || (line.empty() ? needs_name(*verb) : !takes_name(*verb) || !is_name(line)))
        return std::nullopt;
    request.verb = *verb;
    request.name = line;
    return request;
}

String request_text(Request const& request) {
    String text;
    StringSink sink(text);
    format_to(sink, "\n{} {}{}{}\n", request.id, verb_name(request.verb),
              request.name.empty() ? "" : " ", request.name);
    return text;
}

void RequestLines::take(std::string_view bytes, FunctionRef<void(std::string_view)> line) {
    for (char const character : bytes) {
        if (character == '\n') {
            if (!partial_.empty() && !too_long_)
                line(partial_);
            partial_.clear();
            too_long_ = false;
        } else if (partial_.size() == longest) {
            too_long_ = true;
        } else {
            partial_.push_back(character);
        }
    }
}

} // namespace service
