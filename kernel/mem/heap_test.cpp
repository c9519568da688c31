// The heap: random use against a model, misuse, exhaustion, and size classes.
#include "kernel/mem/heap.hpp"

#include "kernel/mem/memory_fixture.hpp"
#include "kernel/mem/slab.hpp"

#include <cstring>
#include <random>
#include <vector>

namespace {

class Heap : public FreshMemory {
protected:
    ~Heap() override {
        mem::testing::fail_after(-1);
        mem::testing::drain_heap();
        EXPECT_EQ(mem::heap_statistics().bytes_used, 0u) << "a test lost heap memory";
    }
};

TEST_F(Heap, ClassesHoldWhatTheySay) {
    for (usize bytes = 0; bytes <= mem::largest_class; ++bytes)
        for (usize alignment = 1; alignment <= page_size; alignment *= 2) {
            usize const index = mem::class_for(bytes, alignment);
            if (index == mem::class_count)
                continue;
            ASSERT_GE(mem::class_sizes[index], bytes);
            ASSERT_EQ(mem::class_sizes[index] % alignment, 0u);
            for (usize smaller = 0; smaller < index; ++smaller)
                ASSERT_TRUE(mem::class_sizes[smaller] < bytes ||
                            mem::class_sizes[smaller] % alignment != 0);
        }
    EXPECT_EQ(mem::class_for(4096, 4096), mem::class_count - 1);
    EXPECT_EQ(mem::class_for(4097, 16), mem::class_count);
}

TEST_F(Heap, RandomUseAgainstModel) {
    struct Block {
        unsigned char* memory;
        usize size;
        unsigned char mark;
    };

    std::mt19937 random(7);
    std::vector<Block> held;
    auto const check_and_free = [&](usize i) {
        for (usize k = 0; k < held[i].size; ++k)
            ASSERT_EQ(held[i].memory[k], held[i].mark);
        mem::heap_free(held[i].memory, random() % 2 != 0 ? held[i].size : 0);
        held[i] = held.back();
        held.pop_back();
    };
    for (int step = 0; step < 40000; ++step) {
        if (held.size() < 600 && random() % 100 < 55) {
            usize const size = random() % 20 == 0 ? random() % 60000 : random() % 700;
            usize const alignment = usize{1} << (random() % 13);
            auto* const memory = static_cast<unsigned char*>(mem::heap_allocate(size, alignment));
            ASSERT_NE(memory, nullptr);
            ASSERT_EQ(address_of(memory).value() % alignment, 0u);
            ASSERT_GE(mem::heap_size(memory), size);
            auto const mark = static_cast<unsigned char>(random());
            std::memset(memory, mark, size);
            held.push_back({memory, size, mark});
        } else if (!held.empty()) {
            ASSERT_NO_FATAL_FAILURE(check_and_free(random() % held.size()));
        }
    }
    while (!held.empty())
        ASSERT_NO_FATAL_FAILURE(check_and_free(held.size() - 1));
}

TEST_F(Heap, FreeingTwiceIsABug) {
    void* const memory = mem::heap_allocate(100);
    void* const other = mem::heap_allocate(100);
    mem::heap_free(memory);
    EXPECT_THROW(mem::heap_free(memory), KernelBug);
    mem::heap_free(other);
    EXPECT_THROW(mem::heap_free(other), KernelBug);
}

TEST_F(Heap, FreeingOtherThingsIsABug) {
    auto* const memory = static_cast<std::byte*>(mem::heap_allocate(100));
    EXPECT_THROW(mem::heap_free(memory + 16), KernelBug);
    EXPECT_THROW(mem::heap_free(memory, 5000), KernelBug);
    int local = 0;
    EXPECT_THROW(mem::heap_free(&local), KernelBug);
    auto const frame = mem::Frame::allocate();
    EXPECT_THROW(mem::heap_free(frame->bytes().data()), KernelBug);
    mem::heap_free(memory);
    auto* const large = static_cast<std::byte*>(mem::heap_allocate(20000));
    EXPECT_THROW(mem::heap_free(large + page_size), KernelBug);
    mem::heap_free(large, 20000);
    EXPECT_THROW(mem::heap_free(large), KernelBug);
    mem::heap_free(nullptr);
}

TEST_F(Heap, ExhaustionIsNullAndRecovers) {
    for (usize const size : {16u, 1000u, 4096u, 100'000u, 5'000'000u}) {
        std::vector<void*> all;
        while (void* const memory = mem::heap_allocate(size))
            all.push_back(memory);
        EXPECT_GT(all.size() * size, host::arena_size / 4) << size;
        for (void* const memory : all)
            mem::heap_free(memory, size);
        mem::testing::drain_heap();
        EXPECT_EQ(mem::heap_statistics().bytes_used, 0u);
        void* const again = mem::heap_allocate(size);
        EXPECT_NE(again, nullptr) << size;
        mem::heap_free(again);
    }
    EXPECT_EQ(mem::heap_allocate(SIZE_MAX), nullptr);
    EXPECT_EQ(mem::heap_allocate(SIZE_MAX - page_size), nullptr);
}

TEST_F(Heap, LargeAllocationsTakeWholePagesOnly) {
    mem::heap_free(mem::heap_allocate(16));
    usize const before = free_now();
    void* const memory = mem::heap_allocate(5 * page_size - 10);
    EXPECT_EQ(before - free_now(), 5u);
    mem::heap_free(memory, 5 * page_size - 10);
    EXPECT_EQ(before, free_now());
}

TEST_F(Heap, HugeAllocationsNeedNoConsecutiveFrames) {
    usize const size = (usize{4} << 20) + 12345; // above the largest run
    auto* const memory = static_cast<std::byte*>(mem::heap_allocate(size));
    ASSERT_NE(memory, nullptr);
    std::memset(memory, 0x5a, size);
    EXPECT_GE(mem::heap_size(memory), size);
    usize const before = free_now();
    mem::heap_free(memory, size);
    EXPECT_EQ(free_now() - before, (size + page_size - 1) / page_size);
    EXPECT_THROW(mem::heap_free(memory), KernelBug);
}

TEST_F(Heap, EmptySlabsGoBack) {
    std::vector<void*> all;
    for (int i = 0; i < 10000; ++i)
        all.push_back(mem::heap_allocate(256));
    usize const reserved = mem::heap_statistics().bytes_reserved;
    EXPECT_GE(reserved, 10000u * 256);
    for (void* const memory : all)
        mem::heap_free(memory);
    EXPECT_LT(mem::heap_statistics().bytes_reserved, reserved / 10);
}

TEST_F(Heap, InjectedFailureIsNull) {
    mem::testing::fail_after(0);
    EXPECT_EQ(mem::heap_allocate(64), nullptr);
    void* const memory = mem::heap_allocate(64);
    EXPECT_NE(memory, nullptr);
    mem::heap_free(memory);
}

} // namespace
