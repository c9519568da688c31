// Exceptions: a constructor cannot return an error; whoever wants to handle it catches it.
#include "libs/base/vector.hpp"
#include "user/os/environment.hpp"

#include <new>

namespace {

struct Malformed {
    usize at;
};

class Number {
public:
    explicit Number(std::string_view text) {
        for (usize i = 0; i < text.size(); ++i) {
            if (text[i] < '0' || text[i] > '9')
                throw Malformed{i};
            value_ = value_ * 10 + (text[i] - '0');
        }
    }

    i64 value() const { return value_; }

private:
    i64 value_ = 0;
};

} // namespace

int main() {
    try {
        Vector<Number> numbers;
        for (auto const word : os::arguments().from(1))
            numbers.emplace_back(word);
        i64 sum = 0;
        for (auto const& number : numbers)
            sum += number.value();
        os::print("{}\n", sum);
        Vector<char> much;
        much.reserve(usize{1} << 50);
    } catch (Malformed const& problem) {
        os::die(2, "no number: place {}", problem.at);
    } catch (std::bad_alloc const&) {
        os::die(3, "out of memory");
    }
}
