// Threads and locks: four threads share the work; what they share is only reached through its lock.
#include "libs/base/vector.hpp"
#include "user/os/environment.hpp"
#include "user/os/thread.hpp"

namespace {

bool is_prime(int number) {
    for (int i = 2; i * i <= number; ++i)
        if (number % i == 0)
            return false;
    return number > 1;
}

} // namespace

int main() {
    os::Guarded<Vector<int>> primes;
    std::atomic<int> next{0};
    {
        Vector<os::Thread> threads;
        for (int i = 0; i < 4; ++i) {
            auto thread = os::Thread::start([&] {
                for (int number = next++; number < 1'000; number = next++)
                    if (is_prime(number))
                        primes.lock()->push_back(number);
            });
            if (!thread)
                os::die(1, "no thread: {}", thread.error());
            threads.push_back(std::move(*thread));
        }
    } // waits for them
    os::print("{} primes\n", primes.lock()->size());
}
