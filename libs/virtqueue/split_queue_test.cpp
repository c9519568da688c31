// Tests of libs/virtqueue against a device made here, honest and not.
#include "libs/virtqueue/fake_device.hpp"
#include "libs/virtqueue/split_queue.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace {

using virtio::Buffer;
using virtio::SplitQueue;

struct Pair {
    alignas(16) std::byte bytes[4096] = {};
    SplitQueue queue{bytes, PhysAddr(0x10'0000), 8};
    virtio::FakeDevice device{bytes, 8};

    Result<void> add(usize readable, usize writable, u64 token) {
        Buffer const buffers[] = {
            {PhysAddr(0x1000), 100}, {PhysAddr(0x2000), 200}, {PhysAddr(0x3000), 300},
            {PhysAddr(0x4000), 400}, {PhysAddr(0x5000), 500}, {PhysAddr(0x6000), 600},
            {PhysAddr(0x7000), 700}, {PhysAddr(0x8000), 800}, {PhysAddr(0x9000), 900}};
        return queue.add({buffers, readable}, {buffers + readable, writable}, token);
    }
};

TEST(SplitQueue, LayoutIsTheSpecifications) {
    auto const layout = SplitQueue::layout(128);
    EXPECT_EQ(layout.descriptors, 0u);
    EXPECT_EQ(layout.available, 2048u);
    EXPECT_EQ(layout.used, 2048u + 6 + 256 + 2);
    EXPECT_EQ(layout.total, layout.used + 6 + 1024);
    Pair setup;
    EXPECT_EQ(setup.queue.available(), PhysAddr(0x10'0080));
}

TEST(SplitQueue, ARequestReachesTheDeviceAndComesBack) {
    Pair setup;
    ASSERT_TRUE(setup.add(2, 1, 42));
    EXPECT_TRUE(setup.queue.should_notify());
    EXPECT_FALSE(setup.queue.should_notify()); // nothing new
    auto const request = setup.device.next();
    ASSERT_TRUE(request);
    ASSERT_EQ(request->segments.size(), 3u);
    EXPECT_EQ(request->segments[0].address, 0x1000u);
    EXPECT_EQ(request->segments[1].length, 200u);
    EXPECT_FALSE(request->segments[1].writable);
    EXPECT_TRUE(request->segments[2].writable);
    EXPECT_FALSE(setup.queue.take());
    EXPECT_FALSE(setup.queue.has_completions());
    setup.device.complete(request->head, 77);
    EXPECT_TRUE(setup.queue.has_completions());
    auto const done = setup.queue.take();
    ASSERT_TRUE(done);
    EXPECT_EQ(done->token, 42u);
    EXPECT_EQ(done->written, 77u);
    EXPECT_FALSE(setup.queue.take());
    EXPECT_EQ(setup.queue.free_descriptors(), 8);
}

TEST(SplitQueue, FullQueuesRefuseAndRecover) {
    Pair setup;
    ASSERT_TRUE(setup.add(4, 0, 1));
    ASSERT_TRUE(setup.add(4, 0, 2));
    EXPECT_EQ(setup.add(1, 0, 3).error(), Errno::enospc);
    EXPECT_EQ(setup.add(0, 0, 3).error(), Errno::einval);
    setup.device.next();
    setup.device.complete(setup.device.next()->head, 0); // out of order
    EXPECT_EQ(setup.queue.take()->token, 2u);
    EXPECT_TRUE(setup.add(2, 2, 3));
}

TEST(SplitQueue, IndicesWrapAround) {
    Pair setup;
    for (u64 i = 0; i < 70'000; ++i) {
        ASSERT_TRUE(setup.add(1, 2, i));
        auto const request = setup.device.next();
        ASSERT_TRUE(request && request->segments.size() == 3);
        setup.device.complete(request->head, 5);
        ASSERT_EQ(setup.queue.take()->token, i);
    }
    EXPECT_EQ(setup.queue.free_descriptors(), 8);
}

TEST(SplitQueue, ABugAmidAnOfferOrACompletionIsPutRight) {
    Pair setup;
    auto const lead_to = [&](usize descriptor, u16 next) {
        std::memcpy(&setup.bytes[descriptor * 16 + 14], &next, sizeof next);
    };
    ASSERT_TRUE(setup.add(2, 1, 1)); // descriptors 0 to 2
    for (int round = 0; round < 10; ++round) {
        lead_to(3, 99); // the free list is left in the middle of the offer
        EXPECT_THROW((void)setup.add(1, 1, 2), KernelBug);
        setup.queue.recover();
        EXPECT_EQ(setup.queue.free_descriptors(), 5);
    }
    EXPECT_TRUE(setup.queue.should_notify()) << "the device may not know of what was offered";
    auto const request = setup.device.next();
    EXPECT_FALSE(setup.device.next()) << "what was not offered";
    setup.device.complete(request->head, 3);
    lead_to(1, 99);
    EXPECT_THROW((void)setup.queue.take(), KernelBug);
    lead_to(1, 2);
    setup.queue.recover();
    u64 flying = 0;
    setup.queue.each_in_flight([&](u64 token) { flying = token; });
    EXPECT_EQ(flying, 1u);
    EXPECT_EQ(setup.queue.take()->token, 1u) << "it comes again";
    EXPECT_EQ(setup.queue.free_descriptors(), 8);
    ASSERT_TRUE(setup.add(4, 4, 4));
    EXPECT_EQ(setup.device.next()->segments.size(), 8u);
}

TEST(SplitQueue, HintsAboutNotificationsAndInterrupts) {
    Pair setup;
    setup.device.want_notifications(false);
    ASSERT_TRUE(setup.add(1, 0, 1));
    EXPECT_FALSE(setup.queue.should_notify());
    setup.queue.allow_interrupts(false);
    EXPECT_FALSE(setup.device.wants_interrupts());
    setup.queue.allow_interrupts(true);
    EXPECT_TRUE(setup.device.wants_interrupts());
}

TEST(SplitQueue, ALyingDeviceBreaksItsQueueOnly) {
    for (u32 const head : {1u, 8u, 0xffff'ffffu}) { // not in flight, not a descriptor
        Pair setup;
        ASSERT_TRUE(setup.add(1, 0, 1));
        setup.device.complete(head, 0);
        EXPECT_FALSE(setup.queue.take());
        EXPECT_TRUE(setup.queue.broken());
        EXPECT_EQ(setup.add(1, 0, 2).error(), Errno::eio);
    }
    Pair setup;
    ASSERT_TRUE(setup.add(0, 1, 1)); // 100 bytes
    auto const head = setup.device.next()->head;
    setup.device.complete(head, 5000);
    EXPECT_EQ(setup.queue.take()->written, 100u);
    setup.device.complete(head, 0); // twice
    EXPECT_FALSE(setup.queue.take());
    EXPECT_TRUE(setup.queue.broken());
}

} // namespace
