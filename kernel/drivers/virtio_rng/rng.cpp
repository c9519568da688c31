// Feeds the kernel's random pool from the host: at boot, and again every few minutes.
#include "kernel/drivers/virtio_rng/rng.hpp"

#include "kernel/arch/api/timer.hpp"
#include "kernel/random/random.hpp"
#include "kernel/sync/locked.hpp"
#include "kernel/task/scheduler.hpp"

namespace virtio_rng {
namespace {

constexpr u32 virtio_id = 4;
constexpr u32 request_size = 64;
constexpr Nanoseconds pause = Nanoseconds::seconds(300);

class Rng final : public device::Device {
public:
    static Result<Box<device::Device>> start(Box<virtio::Transport> transport) {
        TRY(transport->negotiate(0));
        auto queue = TRY(transport->make_queue(0, 1)); // 5.4.2: the only queue
        auto memory = TRY(device::DmaMemory::allocate(request_size));
        auto rng = make<Rng>(std::move(transport), std::move(queue), std::move(memory));
        TRY(rng->transport_->connect(interrupted, rng.raw()));
        rng->transport_->start();
        rng->request();
        return Box<device::Device>(std::move(rng));
    }

    Rng(Box<virtio::Transport> transport, Box<virtio::Queue> queue, device::DmaMemory memory)
        : memory_(std::move(memory)), queue_(std::move(queue)), transport_(std::move(transport)) {}

private:
    /// 5.4.6: offers a buffer that the device fills with random bytes.
    void request() {
        auto const queue = queue_.lock();
        virtio::Buffer const buffers[] = {{memory_.address(), request_size}};
        if ((*queue)->ring().add({}, buffers, 0))
            (*queue)->notify();
    }

    static void interrupted(void* self) {
        auto& rng = *static_cast<Rng*>(self);
        auto const queue = rng.queue_.lock();
        auto const done = (*queue)->ring().take();
        if (!done)
            return;
        auto const bytes = rng.memory_.bytes().first(done->written);
        rng::add_entropy(bytes, done->written * 8);
        zero_bytes(bytes);
        rng.timer_.arm(arch::now() + pause);
    }

    static void again(void* self) { static_cast<Rng*>(self)->request(); }

    device::DmaMemory memory_;
    ksync::IrqLocked<Box<virtio::Queue>, ksync::Rank::device> queue_;
    task::Timer timer_{again, this};
    Box<virtio::Transport> transport_; ///< last: reset before the memory goes
};

} // namespace

constinit device::VirtioDriver const driver{
    .name = "virtio-rng", .id = virtio_id, .start = Rng::start};

} // namespace virtio_rng
