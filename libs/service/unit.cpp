// The keys of unit files: what they mean, and what they may be.
#include "libs/service/unit.hpp"

#include "libs/service/entries.hpp"

namespace service {
namespace {

struct Choice {
    std::string_view word;
    int value;
};

constexpr Choice restarts[] = {{"always", static_cast<int>(Restart::always)},
                               {"failure", static_cast<int>(Restart::failure)},
                               {"crash", static_cast<int>(Restart::crash)},
                               {"never", static_cast<int>(Restart::never)}};
constexpr Choice ready_words[] = {{"start", static_cast<int>(Ready::start)},
                                  {"exit", static_cast<int>(Ready::exit)},
                                  {"notify", static_cast<int>(Ready::notify)}};
constexpr Choice starts[] = {{"boot", static_cast<int>(Start::boot)},
                             {"demand", static_cast<int>(Start::demand)}};
constexpr Choice ends[] = {{"nothing", static_cast<int>(AtEnd::nothing)},
                           {"shutdown", static_cast<int>(AtEnd::shutdown)}};
constexpr Choice logs[] = {{"all", static_cast<int>(Log::all)},
                           {"memory", static_cast<int>(Log::memory)}};
constexpr Choice signals[] = {{"HUP", 1},   {"INT", 2},   {"QUIT", 3}, {"KILL", 9},
                              {"USR1", 10}, {"USR2", 12}, {"TERM", 15}};

using Kind = Entry::Kind;

/// Applies the entries of one file to a unit.
class Applying {
public:
    explicit Applying(Unit& unit) : unit_(unit) {}

    void all(Vector<Entry> const& entries);

private:
    friend struct Key;

    void command(Entry const& entry) {
        if (entry.texts.empty() || entry.text().empty())
            wrong(entry, "the first text is the program");
        unit_.command = entry.texts;
    }

    void references(Entry const& entry, Vector<Reference>& into) {
        for (auto const& text : entry.texts) {
            if (!is_name(text))
                wrong(entry, "names of units are allowed: a-z 0-9 - _ . and at most 32 of them");
            else if (text == unit_.name)
                wrong(entry, "a unit cannot wait for itself");
            else
                into.push_back({text, entry.line});
        }
    }

    void environment(Entry const& entry) {
        for (auto const& text : entry.texts)
            if (auto const equals = text.view().find('=');
                equals == std::string_view::npos || equals == 0)
                wrong(entry, "\"NAME=value\" is allowed");
        unit_.environment = entry.texts;
    }

    void path(Entry const& entry, String& into) {
        into = entry.text();
        if (!into.view().starts_with('/'))
            wrong(entry, "a path from / on is allowed");
    }

    void terminal(Entry const& entry) {
        if (entry.text() == "console")
            unit_.terminal = entry.text();
        else
            path(entry, unit_.terminal);
        if (!unit_.terminal.view().starts_with('/') && unit_.terminal != "console")
            unit_.terminal.clear();
    }

    void ready(Entry const& entry) {
        if (entry.text().view().starts_with('/')) {
            unit_.ready = Ready::file;
            unit_.ready_file = entry.text();
        } else {
            choice(entry, ready_words, unit_.ready, ", \"/path/of/a/file\"");
        }
    }

    void user(Entry const& entry) {
        unit_.user = entry.text();
        if (unit_.user.empty())
            wrong(entry, "a name of /etc/passwd is allowed");
    }

    void signal(Entry const& entry) {
        int number = unit_.stop_signal;
        choice(entry, signals, number, "");
        unit_.stop_signal = number;
    }

    void duration(Entry const& entry, Nanoseconds& into) {
        if (auto const parsed = parse_duration(entry.text()))
            into = *parsed;
        else
            wrong(entry, "\"1ms\" to \"24h\" is allowed, in ms, s, m or h");
    }

    void limit(Entry const& entry) {
        unit_.restart_limit = entry.number;
        if (entry.number > 1000)
            wrong(entry, "0 to 1000 is allowed; 0 is no limit");
    }

    template <class T, usize count>
    void choice(Entry const& entry, Choice const (&choices)[count], T& into,
                std::string_view more) {
        for (auto const& one : choices)
            if (one.word == entry.text()) {
                into = static_cast<T>(one.value);
                return;
            }
        String allowed;
        for (auto const& one : choices) {
            allowed.append(allowed.empty() ? "\"" : ", \"");
            allowed.append(one.word);
            allowed.append("\"");
        }
        unit_.problems.add(entry.line, "{} = \"{}\": allowed are {}{}", entry.key, entry.text(),
                           allowed, more);
    }

    void wrong(Entry const& entry, std::string_view why) {
        unit_.problems.add(entry.line, "{}: {}", entry.key, why);
    }

    void check_whole();

    Unit& unit_;
};

struct Key {
    std::string_view name;
    Kind kind;
    void (*apply)(Applying&, Unit&, Entry const&);

    static Key const all[];
};

using A = Applying&;
using U = Unit&;
using E = Entry const&;

// clang-format off
constexpr Key Key::all[] = {
    {"after", Kind::list, [](A to, U unit, E entry) { to.references(entry, unit.after); }},
    {"at-end", Kind::text, [](A to, U unit, E entry) { to.choice(entry, ends, unit.at_end, ""); }},
    {"command", Kind::list, [](A to, U, E entry) { to.command(entry); }},
    {"description", Kind::text, [](A, U unit, E entry) { unit.description = entry.text(); }},
    {"directory", Kind::text, [](A to, U unit, E entry) { to.path(entry, unit.directory); }},
    {"environment", Kind::list, [](A to, U, E entry) { to.environment(entry); }},
    {"error", Kind::text, [](A to, U unit, E entry) { to.path(entry, unit.error); }},
    {"input", Kind::text, [](A to, U unit, E entry) { to.path(entry, unit.input); }},
    {"log", Kind::text, [](A to, U unit, E entry) { to.choice(entry, logs, unit.log, ""); }},
    {"needs", Kind::list, [](A to, U unit, E entry) { to.references(entry, unit.needs); }},
    {"output", Kind::text, [](A to, U unit, E entry) { to.path(entry, unit.output); }},
    {"ready", Kind::text, [](A to, U, E entry) { to.ready(entry); }},
    {"ready-within", Kind::text, [](A to, U unit, E entry) { to.duration(entry, unit.ready_within); }},
    {"restart", Kind::text, [](A to, U unit, E entry) { to.choice(entry, restarts, unit.restart, ""); }},
    {"restart-delay", Kind::text, [](A to, U unit, E entry) { to.duration(entry, unit.restart_delay); }},
    {"restart-delay-limit", Kind::text, [](A to, U unit, E entry) { to.duration(entry, unit.restart_delay_limit); }},
    {"restart-limit", Kind::number, [](A to, U, E entry) { to.limit(entry); }},
    {"start", Kind::text, [](A to, U unit, E entry) { to.choice(entry, starts, unit.start, ""); }},
    {"steady-after", Kind::text, [](A to, U unit, E entry) { to.duration(entry, unit.steady_after); }},
    {"stop-signal", Kind::text, [](A to, U, E entry) { to.signal(entry); }},
    {"stop-within", Kind::text, [](A to, U unit, E entry) { to.duration(entry, unit.stop_within); }},
    {"terminal", Kind::text, [](A to, U, E entry) { to.terminal(entry); }},
    {"user", Kind::text, [](A to, U, E entry) { to.user(entry); }},
};
// clang-format on

std::string_view called(Kind kind) {
    switch (kind) {
    case Kind::text:
        return "a \"text\"";
    case Kind::number:
        return "a number";
    default:
        return "a list as [\"one\", \"two\"]";
    }
}

Key const* find_key(std::string_view name) {
    for (auto const& key : Key::all)
        if (key.name == name)
            return &key;
    return nullptr;
}

void complain_of_key(Problems& problems, Entry const& entry) {
    String known;
    for (auto const& key : Key::all) {
        known.append(known.empty() ? "" : ", ");
        known.append(key.name);
    }
    problems.add(entry.line, "{}: there is no such key; allowed are {}", entry.key, known);
}

void Applying::all(Vector<Entry> const& entries) {
    bool restart_given = false;
    for (usize i = 0; i < entries.size(); ++i) {
        auto const& entry = entries[i];
        auto const* const key = find_key(entry.key);
        u32 before = 0;
        for (usize j = 0; j < i; ++j)
            if (entries[j].key == entry.key)
                before = entries[j].line;
        if (key == nullptr)
            complain_of_key(unit_.problems, entry);
        else if (before != 0)
            unit_.problems.add(entry.line, "{}: stands in line {} already", entry.key, before);
        else if (key->kind != entry.kind)
            unit_.problems.add(entry.line, "{}: {} is allowed", entry.key, called(key->kind));
        else
            key->apply(*this, unit_, entry);
        restart_given |= entry.key == "restart";
    }
    if (unit_.ready == Ready::exit && !restart_given)
        unit_.restart = Restart::never;
    check_whole();
}

void Applying::check_whole() {
    if (!unit_.problems.empty())
        return;
    if (unit_.command.empty())
        unit_.problems.add(0, "command: is missing");
    if (unit_.ready == Ready::exit && unit_.restart == Restart::always)
        unit_.problems.add(0,
                           "restart = \"always\": what is ready when it ends would run for ever");
    if (!unit_.terminal.empty() &&
        !(unit_.input.empty() && unit_.output.empty() && unit_.error.empty()))
        unit_.problems.add(0, "terminal: excludes input, output and error");
    if (unit_.restart_delay_limit < unit_.restart_delay)
        unit_.problems.add(0, "restart-delay-limit: is less than restart-delay");
}

} // namespace

Unit parse_unit(std::string_view name, std::string_view text) {
    Unit unit;
    unit.name = name;
    if (!is_name(name))
        unit.problems.add(0, "the name of a unit has a-z 0-9 - _ . and at most 32 of them");
    Applying(unit).all(read_entries(text, unit.problems));
    return unit;
}

bool is_name(std::string_view name) {
    auto const plain = [](char character) {
        return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
    };
    if (name.empty() || name.size() > 32 || !plain(name[0]))
        return false;
    for (char const character : name)
        if (!plain(character) && character != '-' && character != '_' && character != '.')
            return false;
    return true;
}

std::optional<Nanoseconds> parse_duration(std::string_view text) {
    i64 count = 0;
    usize digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
        count = count * 10 + (text[digits] - '0');
        if (count > 86'400'000)
            return std::nullopt;
    }
    auto const unit = text.substr(digits);
    i64 const milliseconds = unit == "ms"  ? 1
                             : unit == "s" ? 1000
                             : unit == "m" ? 60'000
                             : unit == "h" ? 3'600'000
                                           : 0;
    i64 const whole = count * milliseconds; // at most 3.1e14
    if (digits == 0 || whole < 1 || whole > 86'400'000)
        return std::nullopt;
    return Nanoseconds::milliseconds(whole);
}

String duration_text(Nanoseconds time) {
    i64 const milliseconds = time.count() < 0 ? 0 : time.count() / 1'000'000;
    i64 const seconds = milliseconds / 1000;
    String text;
    StringSink sink(text);
    if (milliseconds < 1000)
        format_to(sink, "{}ms", milliseconds);
    else if (seconds < 60)
        format_to(sink, "{}.{}s", seconds, milliseconds % 1000 / 100);
    else if (seconds < 3600)
        format_to(sink, "{}m {}s", seconds / 60, seconds % 60);
    else if (seconds < 86'400)
        format_to(sink, "{}h {}m", seconds / 3600, seconds / 60 % 60);
    else
        format_to(sink, "{}d {}h", seconds / 86'400, seconds / 3600 % 24);
    return text;
}

} // namespace service
