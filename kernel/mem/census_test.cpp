// The census of the heap: what counts as a reference, and what it lists.
#include "kernel/mem/census.hpp"

#include "kernel/mem/heap.hpp"
#include "kernel/mem/memory_fixture.hpp"

#include <map>

namespace {

using mem::Census;

class TakesCensus : public FreshMemory {
protected:
    ~TakesCensus() override { mem::testing::drain_heap(); }

    /// Of what `roots` and the heap itself refer to.
    std::map<void*, Census::Object> take(ConstBytes roots = {},
                                         Census::Kind kind = Census::Kind::data) {
        auto census = Census::prepare();
        EXPECT_TRUE(census.has_value() && census->begin());
        census->count(roots, kind);
        census->count_heap();
        std::map<void*, Census::Object> objects;
        census->judge([&](Census::Object const& object) {
            objects.emplace(object.start, object);
            return 0u;
        });
        return objects;
    }

    template <class T = u64>
    T* make(usize bytes) {
        auto* const memory = static_cast<T*>(mem::heap_allocate(bytes));
        std::fill_n(reinterpret_cast<std::byte*>(memory), bytes, std::byte{0});
        return memory;
    }
};

TEST_F(TakesCensus, ListsWhatIsInUse) {
    auto* const small = make(40);
    auto* const large = make(5 * page_size);
    auto* const freed = make(40);
    mem::heap_free(freed);
    auto const objects = take();
    EXPECT_EQ(objects.count(freed), 0u);
    ASSERT_EQ(objects.count(small), 1u);
    EXPECT_EQ(objects.at(small).bytes, 48u);
    ASSERT_EQ(objects.count(large), 1u);
    EXPECT_EQ(objects.at(large).bytes, 5 * page_size);
    mem::heap_free(small);
    mem::heap_free(large);
}

TEST_F(TakesCensus, CountsWordsOfOthers) {
    u64* const object = make(64);
    u64* const other = make(5 * page_size);
    u64 const address = address_of(object).value();
    object[0] = address;       // its own: does not count
    other[1] = address;        // to its start
    other[512] = address | 1;  // with a flag in a low bit
    other[513] = address + 16; // into it
    other[514] = address + 64; // behind it
    u64 const roots[] = {address, 0, ~address};
    auto const counted = take(object_bytes(roots)).at(object);
    EXPECT_EQ(counted.to_start, 3u);
    EXPECT_EQ(counted.from_others, 4u);
    mem::heap_free(object);
    mem::heap_free(other);
}

TEST_F(TakesCensus, ThroughAStackEachWordCountsAsTheAddress) {
    u64* const object = make(64);
    u64 const stack[] = {address_of(object).value() + 24};
    auto const by_stack = take(object_bytes(stack), Census::Kind::stack).at(object);
    EXPECT_EQ(by_stack.to_start, 1u);
    auto const by_data = take(object_bytes(stack)).at(object);
    EXPECT_EQ(by_data.to_start, 0u);
    EXPECT_EQ(by_data.from_others, 1u);
    mem::heap_free(object);
}

TEST_F(TakesCensus, WhatIsFreedRefersToNothing) {
    u64* const object = make(64);
    u64* const holder = make(256);
    holder[5] = address_of(object).value();
    EXPECT_EQ(take().at(object).from_others, 1u);
    mem::heap_free(holder);
    EXPECT_EQ(take().at(object).from_others, 0u);
    mem::heap_free(object);
}

TEST_F(TakesCensus, TellsOfThoseWithLostReferences) {
    u64* const one = make(64);
    u64* const other = make(64);
    auto census = Census::prepare();
    ASSERT_TRUE(census.has_value() && census->begin());
    census->count_heap();
    census->judge([&](Census::Object const& object) { return object.start == other ? 3u : 0u; });
    std::map<void*, u32> told;
    census->for_each_with_lost([&](void* object, u32 lost) { told[object] = lost; });
    EXPECT_EQ(told, (std::map<void*, u32>{{other, 3u}}));
    mem::heap_free(one);
    mem::heap_free(other);
}

} // namespace
