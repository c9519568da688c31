// Tests of the virtio entropy driver against a device that a test scripts.
#include "kernel/drivers/virtio_rng/rng.hpp"

#include "kernel/arch/api/interrupts.hpp"
#include "kernel/arch/api/page_table.hpp"
#include "kernel/random/random.hpp"
#include "kernel/task/test_machine.hpp"
#include "libs/virtqueue/fake_device.hpp"

#include <algorithm>
#include <optional>

namespace {

Bytes physical(u64 at, usize size) {
    return {pointer_to<std::byte>(arch::direct_map(PhysAddr(at))), size};
}

/// What the test decides and sees; outlives the transport, which the driver owns.
struct Host {
    u64 features = virtio::feature_version_1;
    u16 limit = 8;
    std::optional<Errno> connecting;
    std::optional<virtio::FakeDevice> queue;
    u8 status = 0;
    int notified = 0;
    virtio::Transport::Handler handler = nullptr;
    void* context = nullptr;

    void interrupt() {
        arch::InterruptsOff const off;
        handler(context);
    }
};

class Transport final : public virtio::Transport {
public:
    explicit Transport(Host& host) : host_(host) {}

    ~Transport() override { reset(); }

    u32 device_id() const override { return virtio_rng::driver.id; }

    std::string_view name() const override { return "test device"; }

    Result<void> connect(Handler handler, void* context) override {
        if (host_.connecting)
            return fail(*host_.connecting);
        host_.handler = handler;
        host_.context = context;
        return {};
    }

    void notify(u16) override { ++host_.notified; }

    virtio::Registers& configuration() override { panic("the entropy device has none (5.4.4)"); }

protected:
    u64 device_features() override { return host_.features; }

    void set_driver_features(u64) override {}

    u8 status() override { return host_.status; }

    void set_status(u8 status) override { host_.status = status; }

    u16 queue_limit(u16 index) override { return index == 0 ? host_.limit : u16{0}; }

    void enable_queue(u16, virtio::SplitQueue const& ring) override {
        auto const layout = virtio::SplitQueue::layout(ring.size());
        host_.queue.emplace(physical(ring.descriptors().value(), layout.total), ring.size());
    }

private:
    Host& host_;
};

class Rng : public testing::Test {
protected:
    Rng() { task::boot_once(); }

    Result<Box<device::Device>> start() { return virtio_rng::driver.start(make<Transport>(host_)); }

    Host host_;
};

TEST_F(Rng, OffersABufferAndTakesWhatComesIntoThePool) {
    auto const device = start();
    ASSERT_TRUE(device);
    EXPECT_EQ(host_.status, 15) << "acknowledged, driven, features agreed, working (2.1)";
    EXPECT_EQ(host_.notified, 1);
    auto const request = host_.queue->next();
    ASSERT_TRUE(request);
    ASSERT_EQ(request->segments.size(), 1u);
    auto const& segment = request->segments[0];
    EXPECT_TRUE(segment.writable);
    EXPECT_EQ(segment.length, 64u);

    EXPECT_FALSE(rng::seeded());
    auto const buffer = physical(segment.address, segment.length);
    std::ranges::fill(buffer, std::byte{0x5a});
    host_.queue->complete(request->head, 64);
    host_.interrupt();
    EXPECT_TRUE(rng::seeded());
    for (auto const byte : buffer)
        ASSERT_EQ(byte, std::byte{0}) << "the bytes must not stay in memory";
    EXPECT_FALSE(host_.queue->next()) << "the next request comes minutes later";
}

TEST_F(Rng, SpuriousInterruptsAndLiesDoNoHarm) {
    auto const device = start();
    ASSERT_TRUE(device);
    host_.interrupt();
    auto const request = host_.queue->next();
    ASSERT_TRUE(request);
    host_.queue->complete(request->head, 0xffff'ffff); // more than the buffer holds
    host_.interrupt();
    host_.queue->complete(77, 64); // no such request
    host_.interrupt();
}

TEST_F(Rng, RefusesDevicesItCannotDrive) {
    host_.features = 0;
    EXPECT_EQ(start().error(), Errno::enodev) << "a legacy device";
    host_ = {};
    host_.limit = 0;
    EXPECT_EQ(start().error(), Errno::enoent) << "no queue";
    host_ = {};
    host_.connecting = Errno::enodev;
    EXPECT_EQ(start().error(), Errno::enodev) << "no interrupt";
    EXPECT_EQ(host_.status, 0) << "left reset";
}

TEST_F(Rng, ResetsTheDeviceWhenItGoes) {
    {
        auto const device = start();
        ASSERT_TRUE(device);
    }
    EXPECT_EQ(host_.status, 0);
}

} // namespace
