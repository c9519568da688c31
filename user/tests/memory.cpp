// Tests of the heap and of threads.
#include "libs/base/vector.hpp"
#include "user/os/file.hpp"
#include "user/os/thread.hpp"
#include "user/os/time.hpp"
#include "user/tests/check.hpp"

#include <cstring>

namespace {

using test::value;

/// Not random enough for anything else.
struct Numbers {
    u64 state;

    u64 next() {
        state ^= state << 13;
        state ^= state >> 7;
        return state ^= state << 17;
    }
};

struct Block {
    std::byte* at;
    usize size;
    std::byte canary;

    void fill() const { std::memset(at, static_cast<int>(canary), size); }

    bool intact() const {
        for (usize i = 0; i < size; i += size > 4096 ? 97 : 1)
            if (at[i] != canary)
                return false;
        return size == 0 || at[size - 1] == canary;
    }
};

/// Bytes of memory that the process has mapped.
usize mapped() {
    auto const text = value(os::read_file("/proc/self/statm"));
    usize pages = 0;
    for (char const digit : text.view()) {
        if (digit == ' ')
            break;
        pages = pages * 10 + static_cast<usize>(digit - '0');
    }
    return pages * page_size;
}

/// Random blocks come and go, and keep what is in them; then all go.
int storm(u64 seed, int rounds) {
    Numbers numbers{seed};
    constexpr usize slots = 512;
    Block blocks[slots] = {};
    int wrong = 0;
    for (int i = 0; i < rounds; ++i) {
        Block& block = blocks[numbers.next() % slots];
        if (block.at != nullptr) {
            wrong += block.intact() ? 0 : 1;
            linnet_free(block.at);
        }
        usize const magnitude = numbers.next() % 18;
        usize const size = 1 + numbers.next() % (usize{1} << magnitude);
        usize const alignment = numbers.next() % 8 == 0 ? usize{16} << numbers.next() % 10 : 16;
        block = {static_cast<std::byte*>(linnet_allocate(size, alignment)), size,
                 static_cast<std::byte>(numbers.next())};
        wrong += block.at != nullptr && reinterpret_cast<u64>(block.at) % alignment == 0 ? 0 : 1;
        block.fill();
    }
    for (auto const& block : blocks)
        linnet_free(block.at);
    return wrong;
}

void heap() {
    for (usize alignment = 16; alignment <= usize{1} << 20; alignment *= 2) {
        void* const block = linnet_allocate(100, alignment);
        CHECK(reinterpret_cast<u64>(block) % alignment == 0);
        std::memset(block, 1, 100);
        linnet_free(block);
    }
    CHECK(linnet_allocate(usize{1} << 45, 16) == nullptr);
    CHECK(linnet_allocate(~usize{0}, 16) == nullptr);
    auto* text = static_cast<char*>(linnet_reallocate(nullptr, 10));
    std::strcpy(text, "123456789");
    for (usize const size : {20u, 200u, 20'000u, 2'000'000u, 100u, 10u}) {
        text = static_cast<char*>(linnet_reallocate(text, size));
        CHECK(std::strcmp(text, "123456789") == 0);
    }
    linnet_free(text);
    CHECK(storm(1, 1000) == 0);
    usize const before = mapped();
    CHECK(storm(2, 20'000) == 0);
    CHECK(mapped() <= before + 4_MiB); // a spare block of each size, the rest of a region
    for (int i = 0; i < 8; ++i)
        CHECK(storm(3, 2'000) == 0);
    CHECK(mapped() <= before + 4_MiB);
}

thread_local int of_thread = 7;

void threads() {
    usize const before = mapped();
    os::Guarded<int> counter;
    std::atomic<int> own_variables{0};
    std::atomic<int> storms{0};
    {
        Vector<os::Thread> list;
        for (u64 i = 0; i < 4; ++i)
            list.push_back(value(os::Thread::start([&, i] {
                own_variables += of_thread;
                of_thread = static_cast<int>(i);
                for (int round = 0; round < 5'000; ++round)
                    ++*counter.lock();
                storms += storm(100 + i, 5'000);
            })));
    }
    CHECK(*counter.lock() == 20'000);
    CHECK(own_variables == 28 && of_thread == 7);
    CHECK(storms == 0);
    CHECK(mapped() <= before + 4_MiB);
    for (int i = 0; i < 300; ++i) {
        auto thread = value(os::Thread::start([&] { ++*counter.lock(); }));
        if (i % 2 == 0)
            thread.join();
    }
    CHECK(*counter.lock() == 20'300);
    CHECK(mapped() <= before + 4_MiB);
    CHECK(test::fails(os::Thread::start([] {}, usize{1} << 47), Errno::enomem));
}

/// Messages in order from one thread to another.
void conditions() {
    struct Queue {
        Vector<int> messages;
        bool done = false;
    };

    os::Guarded<Queue> queue;
    os::Condition changed;
    int sum = 0;
    auto reader = value(os::Thread::start([&] {
        for (auto access = queue.lock();;) {
            for (int const message : access->messages)
                sum += message;
            access->messages.clear();
            if (access->done)
                break;
            changed.wait(access.hold());
        }
    }));
    for (int i = 1; i <= 1'000; ++i) {
        queue.lock()->messages.push_back(i);
        changed.wake_one();
    }
    queue.lock()->done = true;
    changed.wake_all();
    reader.join();
    CHECK(sum == 500'500);
    auto access = queue.lock();
    auto const start = os::now();
    CHECK(!changed.wait(access.hold(), Nanoseconds::milliseconds(10)));
    CHECK(os::now() - start >= Nanoseconds::milliseconds(10));
}

/// Each thread throws and catches on its own.
void exceptions() {
    std::atomic<int> caught{0};
    Vector<os::Thread> list;
    for (int i = 0; i < 4; ++i)
        list.push_back(value(os::Thread::start([&] {
            for (int round = 0; round < 200; ++round)
                try {
                    Vector<int> const held(10, round);
                    throw held[3];
                } catch (int number) {
                    caught += number == round ? 1 : 0;
                }
        })));
    list.clear();
    CHECK(caught == 800);
}

} // namespace

int main() {
    heap();
    threads();
    conditions();
    exceptions();
    return test::verdict();
}
