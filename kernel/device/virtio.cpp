// The part of driving a virtio device that all transports share (virtio 1.2, 3.1).
#include "kernel/device/virtio.hpp"

#include "kernel/arch/api/cpu.hpp"

#include <algorithm>
#include <bit>

namespace virtio {
namespace {

// 2.1: device status.
constexpr u8 status_acknowledge = 1;
constexpr u8 status_driver = 2;
constexpr u8 status_driver_ok = 4;
constexpr u8 status_features_ok = 8;

constexpr int reset_tries = 1'000'000;

} // namespace

Queue::Queue(Transport& transport, u16 index, device::DmaMemory memory, u16 size)
    : transport_(transport),
      index_(index),
      memory_(std::move(memory)),
      ring_(memory_.bytes(), memory_.address(), size) {}

void Queue::notify() {
    if (ring_.should_notify())
        transport_.notify(index_);
}

void Transport::reset() noexcept {
    set_status(0);
    for (int i = 0; i < reset_tries && status() != 0; ++i)
        arch::relax();
}

Result<void> Transport::negotiate(u64 wanted) {
    reset();
    set_status(status_acknowledge);
    set_status(status_acknowledge | status_driver);
    u64 const offered = device_features();
    if ((offered & feature_version_1) == 0)
        return fail(Errno::enodev); // a legacy device
    features_ = offered & (wanted | feature_version_1);
    set_driver_features(features_);
    set_status(status_acknowledge | status_driver | status_features_ok);
    if ((status() & status_features_ok) == 0)
        return fail(Errno::enodev);
    return {};
}

Result<Box<Queue>> Transport::make_queue(u16 index, u16 most) {
    u16 const limit = queue_limit(index);
    if (limit == 0)
        return fail(Errno::enoent);
    u16 const size = std::bit_floor(std::min(limit, most));
    auto memory = TRY(device::DmaMemory::allocate(SplitQueue::layout(size).total));
    auto queue = make<Queue>(*this, index, std::move(memory), size);
    enable_queue(index, queue->ring());
    return queue;
}

void Transport::start() {
    set_status(status_acknowledge | status_driver | status_features_ok | status_driver_ok);
}

} // namespace virtio
