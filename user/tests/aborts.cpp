// aborts COUNT: children that abort with everything in hand; who talked to them hears of it.
#include "libs/base/vector.hpp"
#include "user/abi/linnet.h"
#include "user/options/options.hpp"
#include "user/os/memory.hpp"
#include "user/os/process.hpp"
#include "user/os/signal.hpp"
#include "user/os/thread.hpp"

namespace {

struct Counts {
    u64 aborted = 0;
    u64 ends_read = 0;    ///< readers who saw the end of the file
    u64 pipes_broken = 0; ///< writers who got EPIPE
    u64 destructors = 0;
};

/// Shared with the children.
u64* destructors_run;

struct Loud {
    ~Loud() { ++*destructors_run; }
};

[[noreturn]] void abort_with_everything(os::File const& to_parent) {
    Loud const local;
    auto const memory = os::Mapping::anonymous(usize{64} << 10);
    if (memory)
        std::memset(memory->bytes().data(), 1, memory->bytes().size());
    auto const file = os::File::create("held");
    auto const pipe = os::make_pipe();
    os::Guarded<int> guarded;
    auto const held = guarded.lock();
    auto const thread = os::Thread::start([&guarded] { (void)guarded.lock(); }, usize{16} << 10);
    // Only one that has all of it counts.
    if (memory && file && pipe && thread)
        (void)to_parent.write("x");
    linnet_abort();
}

Result<void> one(Counts& counts) {
    auto from_child = TRY(os::make_pipe());
    auto to_child = TRY(os::make_pipe());
    auto child = TRY(os::fork());
    if (!child) {
        to_child.write_end = os::File();
        from_child.read_end = os::File();
        abort_with_everything(from_child.write_end);
    }
    from_child.write_end = os::File();
    to_child.read_end = os::File();
    std::byte bytes[8];
    bool const complete = TRY(from_child.read_end.read(bytes))
    == 1;
    counts.ends_read += complete && TRY(from_child.read_end.read(bytes))
    == 0;
    if (TRY(child->wait()).signal() == 6)
        ++counts.aborted;
    auto const written = to_child.write_end.write("late");
    counts.pipes_broken += !written && written.error() == Errno::epipe;
    return {};
}

} // namespace

int main() {
    auto const count =
        os::arguments().size() == 2 ? parse_number(os::arguments()[1]) : std::nullopt;
    auto const shared = os::Mapping::shared(page_size);
    if (!count || !shared)
        os::die(2, "usage: aborts COUNT");
    // Safe because the page is zeroed and aligned.
    destructors_run = reinterpret_cast<u64*>(shared->bytes().data());
    (void)os::ignore_signal(uapi::Signal::pipe);
    Counts counts;
    for (u64 i = 0; i < *count; ++i)
        if (auto const done = one(counts); !done)
            os::die(1, "child {}: {}", i, done.error());
    os::print("{} aborted, {} ends read, {} pipes broken, {} destructors run\n", counts.aborted,
              counts.ends_read, counts.pipes_broken, *destructors_run);
}
