// The state of expanding one word.
#pragma once

#include "libs/shell/expand.hpp"

namespace shell {

/// Text of which each character remembers where it comes from.
struct Field {
    // How characters are marked.
    static constexpr char literal = 'l';  ///< stood in the script without quotes
    static constexpr char quoted = 'q';   ///< means itself
    static constexpr char expanded = 'e'; ///< came out of an expansion without quotes
    static constexpr char nothing = 'z';  ///< no character: quotes with nothing in them

    String text;
    String marks;

    void add(std::string_view more, char mark) {
        for (char const c : more) {
            text.push_back(c);
            marks.push_back(mark);
        }
    }
};

class Expander {
public:
    enum class As : u8 { fields, assignment };

    Expander(World& world, As as) : world_(world), as_(as) {}

    void word(Word const& word);

    Vector<Field>& fields() { return fields_; }

    std::optional<Problem> const& problem() const { return problem_; }

private:
    void part(Word const& word, Part const& part, char literal_mark);
    void parameter(Word const& word, Part const& part);
    void operation(Word const& word, Part const& part, std::optional<String> value);
    void all_arguments(Part const& part);
    void argument_list(Slice<String const> list, Part const& part);
    void substring(Word const& word, Part const& part, std::string_view value);
    void sublist(Word const& word, Part const& part);
    void cut(Word const& word, Part const& part, std::string_view value);
    void replace(Word const& word, Part const& part, std::string_view value);
    void inner(Word const& argument, bool quoted);
    void arithmetic(Word const& word, Part const& part);
    void tilde(std::string_view text, char literal_mark);
    std::optional<i64> number(Word const& word, Part const& part, Word const& expression);
    std::optional<String> value_of(std::string_view name);
    String text_of(Word const& word);
    String pattern_of(Word const& word);
    void add(std::string_view text, bool quoted);
    void fail(Word const& word, usize at, String message);

    Field& current() {
        if (fields_.empty())
            fields_.push_back({});
        return fields_.back();
    }

    World& world_;
    As as_;
    Vector<Field> fields_;
    std::optional<Problem> problem_;
};

/// Field splitting: at the separators among the expanded characters.
Vector<Field> split(Field const& field, std::string_view separators);

/// A field as a pattern.
String as_pattern(Field const& field);

String without_marks(Field const& field);

} // namespace shell
