// Reads the subset of TOML that unit files are written in.
#include "libs/service/entries.hpp"

namespace service {
namespace {

constexpr u32 largest_number = 1'000'000'000;
constexpr usize longest_list = 256;

constexpr bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

constexpr bool is_of_key(char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           is_digit(character) || character == '-' || character == '_';
}

constexpr int hex_value(char character) {
    if (is_digit(character))
        return character - '0';
    char const lower = static_cast<char>(character | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void append_utf8(String& to, u32 point) {
    auto const byte = [&](u32 value) { to.push_back(static_cast<char>(value)); };
    if (point < 0x80) {
        byte(point);
    } else if (point < 0x800) {
        byte(0xc0 | point >> 6);
        byte(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        byte(0xe0 | point >> 12);
        byte(0x80 | (point >> 6 & 0x3f));
        byte(0x80 | (point & 0x3f));
    } else {
        byte(0xf0 | point >> 18);
        byte(0x80 | (point >> 12 & 0x3f));
        byte(0x80 | (point >> 6 & 0x3f));
        byte(0x80 | (point & 0x3f));
    }
}

/// Each step returns false when it has noted a problem.
class Reader {
public:
    Reader(std::string_view text, Problems& problems) : rest_(text), problems_(problems) {}

    Vector<Entry> run() {
        Vector<Entry> entries;
        while (!rest_.empty()) {
            skip_blanks();
            if (at_end_of_line()) {
                if (!skip_line_end())
                    skip_line();
                continue;
            }
            Entry entry;
            if (read_entry(entry) && end_line())
                entries.push_back(std::move(entry));
            else if (in_list_)
                break; // what follows may belong to it
            else
                skip_line();
        }
        return entries;
    }

private:
    bool read_entry(Entry& entry) {
        entry.line = line_;
        if (peek() == '[')
            return wrong("there are no sections in unit files");
        usize length = 0;
        while (length < rest_.size() && is_of_key(rest_[length]))
            ++length;
        if (length == 0)
            return wrong("a line is `key = value`, or a remark behind #");
        entry.key = rest_.substr(0, length);
        rest_.remove_prefix(length);
        skip_blanks();
        if (!take('=')) {
            problems_.add(line_, "'{}' is not followed by `= value`", entry.key);
            return false;
        }
        skip_blanks();
        return read_value(entry);
    }

    bool read_value(Entry& entry) {
        char const first = peek();
        if (first == '"' || first == '\'') {
            entry.kind = Entry::Kind::text;
            return read_text(entry.texts.push_back({}));
        }
        if (first == '[') {
            entry.kind = Entry::Kind::list;
            return read_list(entry.texts);
        }
        if (is_digit(first)) {
            entry.kind = Entry::Kind::number;
            return read_number(entry.number);
        }
        problems_.add(line_,
                      "{}: a value is \"text\", 'text', a number, or a list as [\"one\", \"two\"]",
                      entry.key);
        return false;
    }

    bool read_number(u32& number) {
        bool const leading_zero = rest_.size() > 1 && rest_[0] == '0' && is_digit(rest_[1]);
        while (is_digit(peek())) {
            number = number * 10 + static_cast<u32>(rest_[0] - '0');
            rest_.remove_prefix(1);
            if (number > largest_number || leading_zero)
                return wrong("a number is 0 to 1000000000, without zeros before it");
        }
        return true;
    }

    bool read_list(Vector<String>& texts) {
        rest_.remove_prefix(1);
        in_list_ = true;
        for (;;) {
            if (!skip_to_item())
                return false;
            if (take(']')) {
                in_list_ = false;
                return true;
            }
            if (peek() != '"' && peek() != '\'')
                return wrong("a list has texts, as [\"one\", \"two\"], and ends with ]");
            if (texts.size() == longest_list)
                return wrong("a list has at most 256 texts");
            if (!read_text(texts.push_back({})) || !skip_to_item())
                return false;
            if (!take(',') && peek() != ']')
                return wrong("between the texts of a list stands a comma, and behind them ]");
        }
    }

    /// Blanks, remarks and ends of lines.
    bool skip_to_item() {
        for (;;) {
            skip_blanks();
            if (!at_end_of_line())
                return true;
            if (rest_.empty())
                return wrong("a list is not closed by ]");
            if (!skip_line_end())
                return false;
        }
    }

    bool read_text(String& into) {
        char const quote = rest_[0];
        if (rest_.starts_with(quote == '"' ? "\"\"\"" : "'''"))
            return wrong("there are no texts of several lines in unit files");
        rest_.remove_prefix(1);
        for (;;) {
            char const next = peek();
            if (rest_.empty() || next == '\n')
                return wrong("a text is not closed by its quote");
            if (is_control(next))
                return wrong("a text has no control characters; write \\n or \\u001b");
            rest_.remove_prefix(1);
            if (next == quote)
                return true;
            if (next != '\\' || quote == '\'')
                into.push_back(next);
            else if (!read_escape(into))
                return false;
        }
    }

    bool read_escape(String& into) {
        constexpr std::string_view letters = "btnfr\"\\";
        constexpr std::string_view meanings = "\b\t\n\f\r\"\\";
        char const letter = peek();
        if (auto const at = letters.find(letter); !rest_.empty() && at != letters.npos) {
            into.push_back(meanings[at]);
            rest_.remove_prefix(1);
            return true;
        }
        usize const digits = letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
        u32 point = 0;
        for (usize i = 1; i <= digits; ++i) {
            int const value = i < rest_.size() ? hex_value(rest_[i]) : -1;
            if (value < 0)
                return wrong(R"(behind \u stand four hex digits, behind \U eight)");
            point = point << 4 | static_cast<u32>(value);
        }
        if (digits == 0)
            return wrong(R"(behind \ stands one of b t n f r " \ u U)");
        if (point == 0 || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
            return wrong("that is no character");
        append_utf8(into, point);
        rest_.remove_prefix(digits + 1);
        return true;
    }

    bool end_line() {
        skip_blanks();
        if (!at_end_of_line())
            return wrong("behind a value only a remark may stand");
        return skip_line_end();
    }

    bool at_end_of_line() const {
        return rest_.empty() || rest_[0] == '\n' || rest_[0] == '#' || rest_.starts_with("\r\n");
    }

    /// A remark and the end of the line.
    bool skip_line_end() {
        while (!rest_.empty() && rest_[0] != '\n' && !rest_.starts_with("\r\n")) {
            if (is_control(rest_[0]))
                return wrong("a remark has no control characters");
            rest_.remove_prefix(1);
        }
        skip_line();
        return true;
    }

    void skip_line() {
        auto const end = rest_.find('\n');
        rest_.remove_prefix(end == rest_.npos ? rest_.size() : end + 1);
        ++line_;
    }

    void skip_blanks() {
        while (peek() == ' ' || peek() == '\t')
            rest_.remove_prefix(1);
    }

    bool take(char wanted) {
        if (peek() != wanted)
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    char peek() const { return rest_.empty() ? '\0' : rest_[0]; }

    static bool is_control(char character) {
        return (static_cast<u8>(character) < 0x20 && character != '\t') || character == 0x7f;
    }

    bool wrong(std::string_view why) {
        problems_.add(line_, "{}", why);
        return false;
    }

    std::string_view rest_;
    Problems& problems_;
    u32 line_ = 1;
    bool in_list_ = false;
};

} // namespace

Vector<Entry> read_entries(std::string_view text, Problems& problems) {
    return Reader(text, problems).run();
}

} // namespace service
