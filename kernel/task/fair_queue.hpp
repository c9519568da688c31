// EEVDF: who runs next on one CPU. Pure policy: knows neither threads nor clocks.
#pragma once

#include "kernel/task/treap.hpp"
#include "libs/base/types.hpp"
#include "libs/base/units.hpp"

namespace task {

/// A nice level's share, as in Linux: each step is about a factor of 1.25, nice 0 is 1024.
u32 weight_of(int nice);
inline constexpr u32 weight_of_idle_policy = 3;

/// How long an entity may run before its request is served and it must compete anew.
inline constexpr Nanoseconds base_slice = Nanoseconds(3'000'000);

/// What competes. Virtual time advances by real time times 1024 / weight.
struct FairEntity {
    TreapLinks<FairEntity> links;
    i64 virtual_time = 0;       ///< service received
    i64 deadline = 0;           ///< virtual time by which the present request is to be served
    i64 least_virtual_time = 0; ///< in the subtree
    i64 remainder = 0;          ///< service too short to show, in 1/weight of virtual time
    i64 lag = 0;                ///< while not queued: service owed to it, in virtual time
    u64 sequence = 0;           ///< breaks ties of deadlines
    void* owner = nullptr;      ///< whose entity it is, for the queue's user
    u32 weight = 1024;
    bool queued = false; ///< counts in the queue, running or waiting
    bool fresh = true;   ///< never queued: its first request is half as long
};

/// Entities that are ready to run, and the one that runs. Earliest eligible virtual deadline first:
/// an entity is eligible when it has received no more than its share, that is when its virtual time
/// is not after the queue's weighted average.
///
///              V (average)
///     ---------|------------------> virtual time
///      a    b  |   c                 a, b are eligible; of these the earlier deadline runs
class FairQueue {
public:
    constexpr FairQueue() = default;
    FairQueue(FairQueue const&) = delete;
    FairQueue& operator=(FairQueue const&) = delete;

    /// Places it by its lag: what it was owed when it left, it is owed now.
    void enqueue(FairEntity& entity);
    /// The running one or a waiting one leaves; keeps its lag.
    void dequeue(FairEntity& entity);

    /// Who should run now, the running one included; nullptr when empty. Changes nothing.
    FairEntity* pick() const;
    /// `entity`, queued or nullptr, runs now; the one before waits again if it is still queued.
    void run(FairEntity* entity);

    FairEntity* running() const { return running_; }

    /// The running entity has run for so long.
    void charge(Nanoseconds ran);
    /// How much longer the running one may run before its request is served.
    Nanoseconds time_left() const;
    /// The running one gives up the rest of its request.
    void yield();

    void set_weight(FairEntity& entity, u32 weight);

    /// After a bug: forgets all entities and sums. Then each that is `queued` is to be readmitted.
    void clear();
    /// With whatever virtual time and deadline it has.
    void readmit(FairEntity& entity, bool runs);

    /// Waiting and running.
    u32 size() const { return size_; }

    u64 weight() const { return static_cast<u64>(weight_); }

    i64 average() const;

    /// A waiting entity to move elsewhere: of those that `may_move` accepts the one that would run
    /// last here.
    template <class Predicate>
    FairEntity* last_waiting(Predicate may_move) const {
        return waiting_.last_where(may_move);
    }

private:
    struct Order {
        static TreapLinks<FairEntity>& links(FairEntity& entity) { return entity.links; }

        static bool less(FairEntity const& a, FairEntity const& b) {
            return a.deadline != b.deadline ? a.deadline < b.deadline : a.sequence < b.sequence;
        }

        static void update(FairEntity& entity);
    };

    bool eligible(i64 virtual_time) const;
    void count(FairEntity const& entity);
    void discount(FairEntity const& entity);
    void move_origin();

    Treap<FairEntity, Order> waiting_;
    FairEntity* running_ = nullptr;
    i64 origin_ = 0; ///< a virtual time near all of them, so that products stay small
    i64 sum_ = 0;    ///< of weight * (virtual_time - origin_), the running one included
    i64 weight_ = 0; ///< of all
    u64 next_sequence_ = 0;
    u32 size_ = 0;
};

} // namespace task
