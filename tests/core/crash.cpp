// A program whose end a debugger shall explain: three threads asleep, and a null pointer in the
// first.
#include <chrono>
#include <semaphore>
#include <thread>

#include <unistd.h>

namespace {

struct Node {
    int value;
    Node* next;
};

std::counting_semaphore<3> asleep(0);

[[gnu::noinline]] int sum(Node const* node, double factor) {
    double volatile scaled = factor * 2;
    int total = static_cast<int>(scaled);
    for (; total >= 0; node = node->next)
        total += node->value;
    return total;
}

[[gnu::noinline]] void sleeper(long number) {
    long volatile mine = number;
    asleep.release();
    while (mine != 0)
        pause();
}

} // namespace

int main(int count, char**) {
    for (long i = 0; i < 3; ++i)
        std::thread(sleeper, 100 + i).detach();
    for (int i = 0; i < 3; ++i)
        asleep.acquire();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    Node node{count, nullptr};
    return sum(&node, 1.5);
}
