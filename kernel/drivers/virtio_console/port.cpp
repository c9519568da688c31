// Buffers and queues of a port. Everything that moves is under one lock with interrupts off; no
// user memory is touched under it.
#include "kernel/drivers/virtio_console/port.hpp"

#include "libs/base/persist.hpp"

#include <bit>

namespace virtio_console {
namespace {

constexpr u32 all = (1u << Port::buffers) - 1; ///< a bit each

} // namespace

Result<Box<Port>> Port::create(Console& console, u32 id, Box<virtio::Queue> receiving,
                               Box<virtio::Queue> transmitting) {
    auto input = TRY(device::DmaMemory::allocate(buffers * buffer_size));
    auto output = TRY(device::DmaMemory::allocate(buffers * buffer_size));
    auto port = make<Port>(console, id, std::move(receiving), std::move(transmitting),
                           std::move(input), std::move(output));
    auto guard = port->state_.lock();
    guard->port = port.raw();
    for (u16 i = 0; i < buffers && i < port->receiving_->ring().size(); ++i)
        port->offer(i);
    port->receiving_->notify();
    port->transmitting_->ring().allow_interrupts(false);
    return port;
}

Port::Port(Console& console, u32 id, Box<virtio::Queue> receiving, Box<virtio::Queue> transmitting,
           device::DmaMemory input, device::DmaMemory output)
    : console_(console),
      id_(id),
      receiving_(std::move(receiving)),
      transmitting_(std::move(transmitting)),
      input_(std::move(input)),
      output_(std::move(output)) {}

Bytes Port::input_bytes(u16 buffer) {
    return input_.bytes().subspan(buffer * buffer_size, buffer_size);
}

Bytes Port::output_bytes(u16 buffer) {
    ensure(buffer < buffers, "no such buffer");
    return output_.bytes().subspan(buffer * buffer_size, buffer_size);
}

/// With the lock held.
void Port::offer(u16 buffer) {
    virtio::Buffer const whole[] = {{input_.address() + buffer * buffer_size, buffer_size}};
    (void)receiving_->ring().add({}, whole, buffer); // fails only when the device broke the queue
}

ConstBytes Port::front() {
    auto const state = state_.lock();
    if (state->count == 0)
        return {};
    Filled const& filled = state->filled[state->first];
    return input_bytes(filled.buffer).subspan(filled.taken, filled.size - filled.taken);
}

void Port::consume(usize count) {
    auto const state = state_.lock();
    ensure(state->count != 0, "nothing to consume");
    Filled& filled = state->filled[state->first];
    ensure(count <= filled.size - filled.taken, "consumed more than there is");
    filled.taken += static_cast<u32>(count);
    if (filled.taken != filled.size)
        return;
    offer(filled.buffer);
    state->first = (state->first + 1) % buffers;
    --state->count;
    available_.fetch_sub(1);
    receiving_->notify();
}

void Port::discard() {
    for (auto bytes = front(); !bytes.empty(); bytes = front())
        consume(bytes.size());
}

/// With the lock held: takes back output buffers that the host is done with.
bool Port::reclaim(State& state) {
    bool any = false;
    while (auto const done = transmitting_->ring().take()) {
        auto const buffer = static_cast<u16>(done->token);
        state.free |= 1u << buffer;
        state.unsent -= state.sizes[buffer];
        any = true;
    }
    return any;
}

bool Port::State::recover() {
    if (port != nullptr)
        port->recover(*this);
    return true;
}

void Port::recover(State& state) {
    receiving_->ring().recover();
    transmitting_->ring().recover();

    u32 sending = 0;
    state.unsent = 0;
    transmitting_->ring().each_in_flight([&](u64 token) {
        auto const buffer = static_cast<u16>(token);
        sending |= 1u << buffer;
        state.unsent += state.sizes[buffer];
    });
    state.reserved &= ~sending;
    state.free = all & ~sending & ~state.reserved;

    u32 missing = receiving_->ring().size() < buffers ? (1u << receiving_->ring().size()) - 1 : all;
    receiving_->ring().each_in_flight([&](u64 token) { missing &= ~(1u << token); });
    u16 count = 0; // of those with input, in their order
    for (u16 i = 0; i < state.count; ++i) {
        Filled const filled = state.filled[(state.first + i) % buffers];
        if ((missing & 1u << filled.buffer) == 0 || filled.taken == filled.size)
            continue; // offered again, or is to be; or not taken from the queue yet
        missing &= ~(1u << filled.buffer);
        state.filled[(state.first + count++) % buffers] = filled;
    }
    state.count = count;
    available_.store(count);
    for (u16 buffer = 0; buffer < buffers; ++buffer)
        if ((missing & 1u << buffer) != 0)
            offer(buffer);
    receiving_->notify();
    transmitting_->notify();
}

/// With the lock held. Output is usually taken at once, so its interrupts are off until somebody
/// has to wait; they may have been missed, so the caller looks again.
void Port::expect_room(State& state) {
    state.room_expected = true;
    transmitting_->ring().allow_interrupts(true);
}

std::optional<u16> Port::Output::reserve(Port& port) {
    auto const state = port.state_.lock();
    port.reclaim(*state);
    if (state->free == 0) {
        port.expect_room(*state);
        if (!port.reclaim(*state))
            return std::nullopt;
    }
    auto const buffer = static_cast<u16>(std::countr_zero(state->free));
    state->reserved |= 1u << buffer;
    state->free &= ~(1u << buffer);
    return buffer;
}

Port::Output::~Output() {
    if (buffer_)
        persist([this] { port_.release(*buffer_); });
}

/// Nothing happens to one that was submitted.
[[gnu::noinline]] void Port::release(u16 buffer) {
    {
        auto const state = state_.lock_even_poisoned();
        if ((state->reserved & 1u << buffer) == 0)
            return;
        state->free |= 1u << buffer;
        state->reserved &= ~(1u << buffer);
    }
    writable.wake_all();
}

void Port::Output::submit(usize size) {
    port_.submit(*buffer_, size);
    buffer_.reset();
}

void Port::submit(u16 buffer, usize size) {
    auto const state = state_.lock();
    virtio::Buffer const filled[] = {
        {output_.address() + buffer * buffer_size, static_cast<u32>(size)}};
    state->sizes[buffer] = static_cast<u32>(size);
    bool const added = transmitting_->ring().add(filled, {}, buffer).has_value();
    if (!added) // the device broke the queue: the bytes are lost
        state->free |= 1u << buffer;
    state->reserved &= ~(1u << buffer);
    if (!added)
        return;
    state->unsent += size;
    transmitting_->notify();
}

usize Port::free_buffers() {
    auto const state = state_.lock();
    reclaim(*state);
    if (state->free == 0) {
        expect_room(*state);
        reclaim(*state);
    }
    return static_cast<usize>(std::popcount(state->free));
}

usize Port::unsent() {
    auto const state = state_.lock();
    reclaim(*state);
    if (state->unsent != 0) {
        expect_room(*state);
        reclaim(*state);
    }
    return state->unsent;
}

void Port::set_host_connected(bool connected) {
    host_connected_.store(connected);
    readable.wake_all();
    writable.wake_all();
}

void Port::stop() {
    stopped_.store(true);
    set_host_connected(false);
}

bool Port::interrupted() {
    bool input = false;
    bool room = false;
    {
        auto const state = state_.lock();
        while (auto const done = receiving_->ring().peek()) {
            auto const buffer = static_cast<u16>(done->token);
            if (done->written == 0) {
                receiving_->ring().drop();
                offer(buffer);
                continue;
            }
            // Entered before the queue forgets it: a bug loses no input.
            u16 const last = (state->first + state->count) % buffers;
            state->filled[last] = Filled{buffer, done->written, 0};
            ++state->count;
            receiving_->ring().drop();
            available_.fetch_add(1);
            input = true;
        }
        // Somebody else may have reclaimed what the waiter waits for.
        room = reclaim(*state) || (state->room_expected && state->free != 0);
        if (room) {
            state->room_expected = false;
            transmitting_->ring().allow_interrupts(false);
        }
    }
    if (input)
        readable.wake_all();
    if (room) {
        writable.wake_all();
        if (on_writable != nullptr)
            on_writable(on_writable_context);
    }
    return input;
}

} // namespace virtio_console
