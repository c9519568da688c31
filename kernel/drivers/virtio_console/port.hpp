// One port: a stream of bytes to and from the host, and whether the host's end is open.
#pragma once

#include "kernel/device/virtio.hpp"
#include "kernel/sync/wait_queue.hpp"
#include "libs/base/string.hpp"

#include <optional>

namespace virtio_console {

class Console;

class Port {
public:
    static constexpr usize buffer_size = 4_KiB;
    static constexpr u16 buffers = 8; ///< in each direction

    /// Makes the buffers and offers the receiving ones. ENOMEM.
    static Result<Box<Port>> create(Console& console, u32 id, Box<virtio::Queue> receiving,
                                    Box<virtio::Queue> transmitting);

    Port(Console& console, u32 id, Box<virtio::Queue> receiving, Box<virtio::Queue> transmitting,
         device::DmaMemory input, device::DmaMemory output);

    Console& console() const { return console_; }

    u32 id() const { return id_; }

    // Input. One reader at a time.

    bool has_input() const { return available_.load() != 0; }

    /// The oldest unread bytes; empty when there are none. Stay until consume().
    ConstBytes front();
    void consume(usize count);
    /// Drops all input.
    void discard();

    // Output.

    /// A buffer that nobody else uses, if there is one, to be filled and submitted.
    class Output {
    public:
        explicit Output(Port& port) : port_(port), buffer_(reserve(port)) {}

        Output(Output const&) = delete;
        Output& operator=(Output const&) = delete;
        ~Output();

        explicit operator bool() const { return buffer_.has_value(); }

        Bytes bytes() const { return port_.output_bytes(*buffer_); }

        void submit(usize size);

    private:
        static std::optional<u16> reserve(Port& port);

        Port& port_;
        std::optional<u16> buffer_;
    };

    usize free_buffers();

    /// Bytes the host has not taken yet.
    usize unsent();

    bool host_connected() const { return host_connected_.load(); }

    void set_host_connected(bool connected);

    /// No interrupt of the device comes any more: nobody may wait for one, for EIO.
    void stop();

    bool stopped() const { return stopped_.load(); }

    /// From the device's interrupt: takes what the queues have. True when there is input.
    bool interrupted();

    /// Woken when input came, or the host's end opened or closed.
    ksync::WaitQueue readable;
    /// Woken when buffers became free after there were none, when output that unsent() reported is
    /// taken, and when the host's end opens or closes.
    ksync::WaitQueue writable;

    // Kept by Console, in its worker.
    String name;
    bool described = false; ///< the device said what kind of port it is
    Atomic<bool> is_console{false};
    Atomic<bool> is_kernels{false};
    /// What to call when output buffers became free; from any context.
    void (*on_writable)(void* context) = nullptr;
    void* on_writable_context = nullptr;

    /// Whether a program (or the kernel) has it open.
    Atomic<bool> open{false};

private:
    struct Filled {
        u16 buffer;
        u32 size;
        u32 taken;
    };

    struct State {
        Filled filled[buffers];
        u16 first = 0;
        u16 count = 0;
        // Output buffers, a bit each; those in neither are in flight.
        u32 free = (1u << buffers) - 1;
        u32 reserved = 0;
        u32 sizes[buffers] = {};
        usize unsent = 0;
        bool room_expected = false; ///< somebody waits for `writable`
        Port* port = nullptr;

        /// Whose buffers are in flight the queues know; all the rest follows from that.
        bool recover();
    };

    using Lock = ksync::IrqLocked<State, ksync::Rank::device>;

    void offer(u16 buffer);
    bool reclaim(State& state);
    void recover(State& state);
    void expect_room(State& state);
    void submit(u16 buffer, usize size);
    void release(u16 buffer);
    Bytes input_bytes(u16 buffer);
    Bytes output_bytes(u16 buffer);

    Console& console_;
    u32 id_;
    Box<virtio::Queue> receiving_;    ///< its ring is under the lock
    Box<virtio::Queue> transmitting_; ///< its ring is under the lock
    device::DmaMemory input_;
    device::DmaMemory output_;
    Lock state_;
    Atomic<usize> available_{0}; ///< unread input buffers
    Atomic<bool> host_connected_{false};
    Atomic<bool> stopped_{false};
};

} // namespace virtio_console
