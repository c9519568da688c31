// ends COUNT SEED: processes that end by every way, with any code, in many states and from several
// threads: nothing comes back from the end, and the parent hears the code.
#include "libs/base/format.hpp"
#include "user/abi/linnet.h"
#include "user/abi/syscall.hpp"
#include "user/options/options.hpp"
#include "user/os/file.hpp"
#include "user/os/memory.hpp"
#include "user/os/process.hpp"
#include "user/os/signal.hpp"
#include "user/os/stream.hpp"
#include "user/os/thread.hpp"

#include <cstring>

namespace {

using core::call;
using core::Syscall;

enum class Way { exit, exit_now, group, thread_exit, count };
enum class State { plain, in_handler, holding_heap, count };
enum class Other { spins, sleeps, reads, allocates, ends, count };

/// Shared by all processes: how often something went on behind an end.
std::atomic<u64>* came_back;

struct Plan {
    Way way = Way::exit;
    State state = State::plain;
    int code = 0;
    int threads = 0; ///< beside the first
    int from = 0;    ///< which of them ends the process; 0 is the first
    Other others[4] = {};
};

constinit Plan plan;
constinit int empty_pipe = -1;
constexpr int impossible = 99;

/// As much as the compiler knows, these return.
void (*volatile exit_by)(int) = linnet_exit;
void (*volatile exit_now_by)(int) = linnet_exit_now;

class Random {
public:
    explicit Random(u64 seed) : state_(seed) {}

    /// Below `bound`.
    u64 next(u64 bound) {
        state_ = state_ * 6364136223846793005 + 1442695040888963407;
        return (state_ >> 33) % bound;
    }

    template <class Choice>
    Choice any() {
        return static_cast<Choice>(next(static_cast<u64>(Choice::count)));
    }

private:
    u64 state_;
};

void end_by_way() {
    switch (plan.way) {
    case Way::exit:
        exit_by(plan.code);
        break;
    case Way::exit_now:
        exit_now_by(plan.code);
        break;
    case Way::group:
        call(Syscall::exit_group, plan.code);
        break;
    // Only this thread: the process ends when all have.
    default:
        call(Syscall::exit, plan.code);
        break;
    }
    came_back->fetch_add(1);
    linnet_abort();
}

void end_in_state() {
    if (plan.state == State::in_handler) {
        (void)os::handle_signal(os::Signal::usr1, [](int) { end_by_way(); });
        call(Syscall::tgkill, call(Syscall::getpid), call(Syscall::gettid), os::Signal::usr1);
        came_back->fetch_add(1);
        linnet_abort();
    }
    void* const held = plan.state == State::holding_heap ? linnet_allocate(100'000, 16) : nullptr;
    end_by_way();
    linnet_free(held);
}

void be_other(Other other) {
    switch (other) {
    case Other::spins:
        for (;;)
            asm volatile("pause");
    case Other::sleeps:
        for (int word = 0;;)
            call(Syscall::futex, &word, 0, 0, nullptr);
    case Other::reads:
        for (char byte = 0;;)
            (void)linnet_read(empty_pipe, &byte, 1);
    case Other::allocates:
        for (;;)
            linnet_free(linnet_allocate(5'000, 16));
    default:
        // Kernels differ in whether the first thread's code counts or the last one's.
        if (plan.way == Way::thread_exit)
            call(Syscall::exit, plan.code);
        break; // it ends, as a thread does that returns
    }
}

/// A thread's function.
void start_other(void* argument) {
    auto const number =
        static_cast<int>(reinterpret_cast<u64>(argument)); // Safe because it is no address at all.
    if (number == plan.from)
        return end_in_state();
    be_other(plan.others[number]);
}

Plan make_plan(Random& random) {
    Plan made;
    made.way = random.any<Way>();
    made.state = random.any<State>();
    // Not what a child says that could not do as planned.
    do
        made.code = static_cast<int>(random.next(u64{1} << 32));
    while ((made.code & 255) == impossible);
    made.threads = static_cast<int>(random.next(4));
    made.from = static_cast<int>(random.next(static_cast<u64>(made.threads) + 1));
    // Where each thread ends by itself, the process lasts as long as any of them.
    for (auto& other : made.others)
        other = made.way == Way::thread_exit ? Other::ends : random.any<Other>();
    return made;
}

/// The child.
void live() {
    static linnet_thread list[4];
    for (u64 i = 1; i <= static_cast<u64>(plan.threads); ++i)
        // Safe because start_other() takes the number out again.
        if (linnet_thread_start(&list[i], 16384, start_other, reinterpret_cast<void*>(i)) != 0)
            call(Syscall::exit_group, impossible);
    if (plan.from == 0)
        end_in_state();
    else if (plan.way == Way::thread_exit)
        call(Syscall::exit, plan.code);
    else
        be_other(Other::sleeps);
    came_back->fetch_add(1);
    linnet_abort();
}

Result<bool> one() {
    auto child = TRY(os::fork());
    if (!child)
        live();
    auto const status = TRY(child->wait());
    bool const right = status.code() == (plan.code & 255);
    if (!right)
        os::print("way {}, state {}, code {}, by thread {} of {}: ended with {}\n",
                  static_cast<int>(plan.way), static_cast<int>(plan.state), plan.code & 255,
                  plan.from, plan.threads, status.as_exit_code());
    return right;
}

} // namespace

int main() {
    auto const words = os::arguments();
    auto const count = words.size() == 3 ? parse_number(words[1]) : std::nullopt;
    auto const seed = words.size() == 3 ? parse_number(words[2]) : std::nullopt;
    auto const shared = os::Mapping::shared(page_size);
    auto const pipe = os::make_pipe();
    if (!count || !seed || !shared || !pipe)
        os::die(2, "usage: ends COUNT SEED");
    // Safe because the page is zeroed and aligned.
    came_back = reinterpret_cast<std::atomic<u64>*>(shared->bytes().data());
    empty_pipe = static_cast<int>(pipe->read_end.fd());
    Random random(*seed);
    u64 right = 0;
    for (u64 i = 0; i < *count; ++i) {
        plan = make_plan(random);
        auto const done = one();
        if (!done)
            os::die(1, "process {}: {}", i, done.error());
        right += *done;
    }
    os::print("{} of {} ended as planned, {} times something came back\n", right, *count,
              came_back->load());
    return right == *count && came_back->load() == 0 ? 0 : 1;
}
