// EEVDF, after Stoica and Abdel-Wahab, "Earliest Eligible Virtual Deadline First" (1995).
#include "kernel/task/fair_queue.hpp"

#include <algorithm>

namespace task {

namespace {

constexpr i64 unit_weight = 1024;

/// Linux's sched_prio_to_weight: users know what nice values mean by it.
constexpr u32 weights[40] = {
    88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, //
    9548,  7620,  6100,  4904,  3906,  3121,  2501,  1991,  1586,  1277,  //
    1024,  820,   655,   526,   423,   335,   272,   215,   172,   137,   //
    110,   87,    70,    56,    45,    36,    29,    23,    18,    15,
};

i64 to_virtual(Nanoseconds real, u32 weight) {
    return real.count() * unit_weight / weight;
}

/// Lag is kept within two requests, or a thread that slept long would come back with all of it.
i64 bounded_lag(i64 lag, u32 weight) {
    i64 const limit = 2 * to_virtual(base_slice, weight);
    return std::clamp(lag, -limit, limit);
}

} // namespace

u32 weight_of(int nice) {
    return weights[std::clamp(nice, -20, 19) + 20];
}

void FairQueue::Order::update(FairEntity& entity) {
    i64 least = entity.virtual_time;
    if (entity.links.left != nullptr)
        least = std::min(least, entity.links.left->least_virtual_time);
    if (entity.links.right != nullptr)
        least = std::min(least, entity.links.right->least_virtual_time);
    entity.least_virtual_time = least;
}

void FairQueue::count(FairEntity const& entity) {
    weight_ += entity.weight;
    sum_ += (entity.virtual_time - origin_) * entity.weight;
    ++size_;
}

void FairQueue::discount(FairEntity const& entity) {
    weight_ -= entity.weight;
    sum_ -= (entity.virtual_time - origin_) * entity.weight;
    --size_;
}

i64 FairQueue::average() const {
    if (weight_ == 0)
        return origin_;
    i64 quotient = sum_ / weight_;
    if (sum_ % weight_ < 0)
        --quotient; // towards minus infinity, so that the average is never ahead of itself
    return origin_ + quotient;
}

void FairQueue::move_origin() {
    i64 const by = average() - origin_;
    origin_ += by;
    sum_ -= by * weight_;
}

/// Exactly virtual_time <= V, without the rounding of a division.
bool FairQueue::eligible(i64 virtual_time) const {
    return static_cast<__int128>(virtual_time - origin_) * weight_ <= sum_;
}

void FairQueue::enqueue(FairEntity& entity) {
    move_origin();
    i64 lag = bounded_lag(entity.lag, entity.weight);
    // Its arrival moves the average towards it; asking for more makes the lag come out as it was.
    if (weight_ != 0)
        lag = lag * (weight_ + entity.weight) / weight_;
    else
        lag = 0;
    entity.virtual_time = origin_ - lag;
    i64 const request = to_virtual(base_slice, entity.weight);
    entity.deadline = entity.virtual_time + (entity.fresh ? request / 2 : request);
    entity.fresh = false;
    entity.sequence = next_sequence_++;
    entity.queued = true;
    count(entity);
    waiting_.insert(entity);
}

void FairQueue::dequeue(FairEntity& entity) {
    entity.lag = bounded_lag(average() - entity.virtual_time, entity.weight);
    entity.queued = false;
    if (running_ == &entity)
        running_ = nullptr;
    else
        waiting_.erase(entity);
    discount(entity);
}

void FairQueue::clear() {
    waiting_.clear();
    running_ = nullptr;
    sum_ = weight_ = 0;
    size_ = 0;
}

void FairQueue::readmit(FairEntity& entity, bool runs) {
    entity.sequence = next_sequence_++;
    count(entity);
    if (runs)
        running_ = &entity;
    else
        waiting_.insert(entity);
}

FairEntity* FairQueue::pick() const {
    FairEntity* best = nullptr;
    for (FairEntity* at = waiting_.root(); at != nullptr;) {
        FairEntity* const left = at->links.left;
        if (left != nullptr && eligible(left->least_virtual_time)) {
            at = left; // its subtree has an eligible one, with an earlier deadline than `at`
        } else if (eligible(at->virtual_time)) {
            best = at;
            break;
        } else {
            at = at->links.right;
        }
    }
    if (running_ == nullptr)
        return best;
    if (best == nullptr || (eligible(running_->virtual_time) && !Order::less(*best, *running_)))
        return running_;
    return best;
}

void FairQueue::run(FairEntity* entity) {
    if (entity == running_)
        return;
    if (running_ != nullptr) {
        running_->sequence = next_sequence_++;
        waiting_.insert(*running_);
    }
    if (entity != nullptr)
        waiting_.erase(*entity);
    running_ = entity;
}

void FairQueue::charge(Nanoseconds ran) {
    if (running_ == nullptr || ran.count() <= 0)
        return;
    // Exactly: a heavy entity charged often would else never advance.
    i64 const scaled = ran.count() * unit_weight + running_->remainder;
    i64 const by = scaled / running_->weight;
    running_->remainder = scaled % running_->weight;
    running_->virtual_time += by;
    sum_ += by * running_->weight;
    if (running_->virtual_time >= running_->deadline) {
        running_->deadline = running_->virtual_time + to_virtual(base_slice, running_->weight);
        running_->sequence = next_sequence_++;
    }
    move_origin();
}

Nanoseconds FairQueue::time_left() const {
    if (running_ == nullptr)
        return Nanoseconds::never();
    i64 const scaled = (running_->deadline - running_->virtual_time) * running_->weight;
    return Nanoseconds((scaled - running_->remainder + unit_weight - 1) / unit_weight);
}

void FairQueue::yield() {
    if (running_ == nullptr)
        return;
    running_->deadline += to_virtual(base_slice, running_->weight);
    running_->sequence = next_sequence_++;
}

void FairQueue::set_weight(FairEntity& entity, u32 weight) {
    entity.remainder = 0;
    if (!entity.queued) {
        entity.lag = entity.lag * entity.weight / weight;
        entity.weight = weight;
        return;
    }
    // What it is owed and what it has asked for stay the same in real time.
    bool const was_running = running_ == &entity;
    i64 const now = average();
    i64 const lag = (now - entity.virtual_time) * entity.weight / weight;
    i64 const request = (entity.deadline - entity.virtual_time) * entity.weight / weight;
    if (was_running)
        running_ = nullptr;
    else
        waiting_.erase(entity);
    discount(entity);
    entity.weight = weight;
    entity.virtual_time = now - lag;
    entity.deadline = entity.virtual_time + request;
    count(entity);
    if (was_running)
        running_ = &entity;
    else
        waiting_.insert(entity);
}

} // namespace task
