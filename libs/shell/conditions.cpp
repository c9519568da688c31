// Evaluates `test`: an operator between two words counts before one in front of a word.
#include "libs/shell/conditions.hpp"

#include "libs/base/format.hpp"
#include "libs/shell/arithmetic.hpp"

#include <algorithm>
#include <optional>

namespace shell {
namespace {

constexpr std::string_view binaries[] = {"=",   "==",  "!=",  "<",   ">",   "-eq", "-ne",
                                         "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"};
constexpr std::string_view unaries = "bcdefghkLnoprSsutwxzOG";

bool is_binary(std::string_view word) {
    return std::ranges::find(binaries, word) != std::end(binaries);
}

bool is_unary(std::string_view word) {
    return word.size() == 2 && word[0] == '-' && unaries.find(word[1]) != word.npos;
}

class Test {
public:
    Test(Slice<String const> words, FileTests& files) : words_(words), files_(files) {}

    std::expected<bool, String> run() {
        if (words_.empty())
            return false;
        bool const value = either(0);
        if (!error_ && at_ != words_.size())
            fail(format("`{}` does not belong here", words_[at_]));
        if (error_)
            return std::unexpected(*error_);
        return value;
    }

private:
    static constexpr u32 deepest = 100;

    bool fail(String message) {
        if (!error_)
            error_ = std::move(message);
        return false;
    }

    usize left() const { return words_.size() - at_; }

    bool take(std::string_view word) {
        if (left() == 0 || words_[at_] != word)
            return false;
        ++at_;
        return true;
    }

    bool either(u32 depth) {
        bool value = both(depth);
        while (!error_ && take("-o"))
            value = both(depth) || value;
        return value;
    }

    bool both(u32 depth) {
        bool value = negation(depth);
        while (!error_ && take("-a"))
            value = negation(depth) && value;
        return value;
    }

    bool negation(u32 depth) {
        if (depth > deepest)
            return fail("nested too deeply");
        if (left() > 1 && words_[at_] == "!" && !(left() >= 3 && is_binary(words_[at_ + 1]))) {
            ++at_;
            return !negation(depth + 1);
        }
        return primary(depth);
    }

    bool primary(u32 depth) {
        if (left() == 0)
            return fail("something is missing at the end");
        if (left() >= 3 && is_binary(words_[at_ + 1])) {
            at_ += 3;
            return binary(words_[at_ - 3], words_[at_ - 2], words_[at_ - 1]);
        }
        if (left() >= 3 && take("(")) {
            bool const value = either(depth + 1);
            return take(")") ? value : fail("`(` without its `)`");
        }
        if (left() >= 2 && is_unary(words_[at_])) {
            at_ += 2;
            return unary(words_[at_ - 2][1], words_[at_ - 1]);
        }
        return !words_[at_++].empty();
    }

    i64 number(std::string_view text) {
        auto const start = text.find_first_not_of(" \t");
        auto const end = text.find_last_not_of(" \t") + 1;
        auto const value =
            start == text.npos ? std::nullopt : parse_integer(text.substr(start, end - start));
        if (!value)
            fail(format("`{}` is no number", text));
        return value.value_or(0);
    }

    bool binary(std::string_view a, std::string_view operation, std::string_view b) {
        if (operation[0] != '-') {
            switch (operation[0]) {
            case '=':
                return a == b;
            case '!':
                return a != b;
            case '<':
                return a < b;
            default:
                return a > b;
            }
        }
        if (operation == "-nt" || operation == "-ot" || operation == "-ef")
            return files_.compare(operation[1], a, b);
        i64 const left = number(a);
        i64 const right = number(b);
        if (operation == "-eq")
            return left == right;
        if (operation == "-ne")
            return left != right;
        if (operation == "-lt")
            return left < right;
        if (operation == "-le")
            return left <= right;
        if (operation == "-gt")
            return left > right;
        return left >= right;
    }

    bool unary(char operation, std::string_view word) {
        switch (operation) {
        case 'n':
            return !word.empty();
        case 'z':
            return word.empty();
        case 't':
            return files_.is_terminal(static_cast<int>(std::clamp<i64>(number(word), -1, 1 << 20)));
        default:
            return files_.file(operation == 'h' ? 'L' : operation, word);
        }
    }

    Slice<String const> words_;
    FileTests& files_;
    usize at_ = 0;
    std::optional<String> error_;
};

} // namespace

std::expected<bool, String> test_expression(Slice<String const> words, FileTests& files) {
    return Test(words, files).run();
}

} // namespace shell
