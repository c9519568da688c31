// A program whose functions are inlined into each other, for the tests of source lines.
int volatile sink = 1;

namespace outer {

struct Counter {
    int value = 0;

    [[gnu::always_inline]] void add(int more) {
        value += more * sink;
        sink = value; // the innermost line
    }
};

[[gnu::always_inline]] inline int twice(Counter& counter) {
    counter.add(sink);
    counter.add(2);
    return counter.value;
}

template <class T>
[[gnu::noinline]] T work(T start) {
    Counter counter{start};
    for (int i = 0; i < sink; ++i)
        counter.add(i);
    auto const again = [&](int by) __attribute__((always_inline)) { counter.add(by * sink); };
    again(3);
    return twice(counter);
}

} // namespace outer

namespace {

[[gnu::noinline]] int hidden(int number) {
    outer::Counter counter;
    counter.add(number);
    return outer::twice(counter);
}

} // namespace

int main(int count, char**) {
    return outer::work<int>(count) + outer::work<short>(2) + hidden(count);
}
