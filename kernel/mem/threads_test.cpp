// Several CPUs at once, for ThreadSanitizer: frames, heap, faults and forks of one space.
#include "kernel/mem/heap.hpp"
#include "kernel/mem/space_fixture.hpp"

#include <atomic>
#include <random>
#include <thread>
#include <vector>

namespace {

constexpr int thread_count = 4;

template <class Work>
void on_threads(Work work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < thread_count; ++i)
        threads.emplace_back([&work, i] { work(i); });
    for (auto& thread : threads)
        thread.join();
}

class Threads : public InSpace {};

TEST_F(Threads, FramesAndHeapObjectsAreNobodyElses) {
    std::atomic<int> wrong{0};
    on_threads([&](int self) {
        std::mt19937 random(static_cast<u32>(self));
        std::vector<mem::Frame> frames;
        std::vector<u32*> objects;
        u32 const mark = 1000u + static_cast<u32>(self);
        for (int i = 0; i < 4000; ++i) {
            if (random() % 2 != 0) {
                auto frame = mem::Frame::allocate(mem::Fill::any);
                frame->bytes()[0] = static_cast<std::byte>(self);
                frames.push_back(std::move(*frame));
                auto* const object = static_cast<u32*>(mem::heap_allocate(24));
                *object = mark;
                objects.push_back(object);
            } else if (!frames.empty()) {
                wrong += frames.back().bytes()[0] != static_cast<std::byte>(self);
                frames.pop_back();
                wrong += *objects.back() != mark;
                mem::heap_free(objects.back(), 24);
                objects.pop_back();
            }
        }
        for (u32* const object : objects)
            mem::heap_free(object);
    });
    EXPECT_EQ(wrong, 0);
}

TEST_F(Threads, FaultOnTheSamePagesGivesOneFrameEach) {
    auto const at = map(64);
    auto const space_pointer = Ref<mem::AddressSpace>::share(&space());
    on_threads([&](int self) {
        space_pointer->activate();
        for (u64 page = 0; page < 64; ++page)
            EXPECT_TRUE(store(at + page * page_size + static_cast<u64>(self), 1));
        mem::AddressSpace::deactivate();
    });
    EXPECT_EQ(resident(), 64u);
    for (u64 page = 0; page < 64; ++page)
        for (u64 self = 0; self < thread_count; ++self)
            EXPECT_EQ(load(at + page * page_size + self), 1);
}

TEST_F(Threads, ForksSeeWholePagesWhileOthersFault) {
    auto const at = map(16);
    for (u64 page = 0; page < 16; ++page)
        store(at + page * page_size, 1);
    auto const parent = Ref<mem::AddressSpace>::share(&space());
    on_threads([&](int self) {
        for (int round = 0; round < 30; ++round) {
            if (self % 2 == 0) {
                auto child = parent->clone();
                ASSERT_TRUE(child);
                (*child)->activate();
                EXPECT_TRUE(store(at + 3 * page_size, 9));
                EXPECT_EQ(load(at + 15 * page_size), 1);
                mem::AddressSpace::deactivate();
            } else {
                for (u64 page = 0; page < 15; ++page) {
                    u8 const value = 1;
                    EXPECT_EQ(parent->copy_out(at + page * page_size, object_bytes(value)), 1u);
                }
            }
        }
    });
    EXPECT_EQ(load(at + 3 * page_size), 1);
}

} // namespace
