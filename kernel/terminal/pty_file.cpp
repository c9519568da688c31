// /dev/ptmx, the master's file, and the list of pairs.
#include "kernel/terminal/pty.hpp"
#include "kernel/vfs/devices.hpp"
#include "libs/base/lazy.hpp"
#include "libs/base/scope.hpp"

namespace terminal {

namespace {

struct Pairs {
    Vector<Ref<Pty>> by_index; ///< empty where the number is free
    PtyListener* listener = nullptr;
};

/// A pair is in the list or is not, also after a bug.
struct PairList : Lazy<Pairs> {
    bool recover() const { return true; }
};

constinit ksync::SleepLocked<PairList, ksync::Rank::device_list> pairs;

Result<Ref<Pty>> create_pair() {
    static constexpr usize most_pairs = 4096;
    auto guard = pairs.lock();
    Pairs* const known = &**guard;
    usize index = 0;
    while (index < known->by_index.size() && known->by_index[index])
        ++index;
    if (index == most_pairs)
        return fail(Errno::enospc);
    Ref<Pty> pty = make_ref<Pty>(static_cast<u32>(index));
    if (index == known->by_index.size())
        known->by_index.push_back(nullptr);
    known->by_index[index] = pty;
    return pty;
}

PtyListener* listener() {
    return (*pairs.lock())->listener;
}

void remove_pair(Ref<Pty> const& pty) noexcept {
    insist([&] {
        Ref<Pty> gone; // released without the lock
        auto guard = pairs.lock();
        auto& known = (*guard)->by_index[pty->index()];
        if (known == pty)
            std::swap(gone, known);
    });
}

/// A pair whose master is open. In the end the terminal is hung up, devpts shows it no longer, and
/// its number is free, each whatever goes wrong with the others.
class OpenPair {
public:
    explicit OpenPair(Ref<Pty> pty) : pty_(std::move(pty)) {}

    OpenPair(OpenPair const&) = delete;
    OpenPair& operator=(OpenPair const&) = delete;

    ~OpenPair() {
        insist([&] { pty_->master_closed(); });
        insist([&] {
            if (PtyListener* const devpts = listener())
                devpts->removed(pty_->index());
        });
        remove_pair(pty_);
    }

    Pty* operator->() const { return pty_.operator->(); }

private:
    Ref<Pty> pty_;
};

class MasterFile final : public vfs::File {
public:
    MasterFile(vfs::Place place, vfs::OpenFlags flags, Ref<Pty> pty)
        : File(std::move(place), flags), pair_(std::move(pty)) {}

    bool is_stream() const override { return true; }

    Result<i64> control(u32 command, UserAddr argument) override {
        return pair_->master_control(command, argument);
    }

    vfs::PollEvents poll(vfs::PollWaiter* waiter) override { return pair_->master_poll(waiter); }

protected:
    Result<usize> read_bytes(mem::Sink& into, u64) override {
        return pair_->master_read(into, nonblocking());
    }

    Result<Written> write_bytes(mem::Source& from, u64) override {
        usize const written = TRY(pair_->master_write(from, nonblocking()));
        return Written{written, 0};
    }

private:
    OpenPair pair_;
};

Result<Ref<vfs::File>> open_slave(vfs::DeviceNumber number, vfs::Place const& place,
                                  vfs::OpenFlags flags) {
    Ref<Pty> pty;
    {
        auto guard = pairs.lock();
        Pairs* const known = &**guard;
        if (number.minor < known->by_index.size())
            pty = known->by_index[number.minor];
    }
    if (!pty || pty->locked())
        return fail(Errno::eio);
    return open_terminal(pty, place, flags);
}

} // namespace

Result<Ref<vfs::File>> open_master(vfs::DeviceNumber, vfs::Place const& place,
                                   vfs::OpenFlags flags) {
    Ref<Pty> pty = TRY(create_pair());
    Undo unused([&] noexcept { remove_pair(pty); });
    pty->prepare();
    Ref<vfs::File> file = make_ref<MasterFile>(place, flags, pty);
    unused.keep(); // its file does so
    if (PtyListener* const devpts = listener())
        devpts->added(pty, job_control() != nullptr ? job_control()->file_owner() : FileOwner());
    return file;
}

void listen_to_ptys(PtyListener& devpts) {
    (*pairs.lock())->listener = &devpts;
}

Result<void> register_ptys() {
    TRY(vfs::register_character_device(5, 2, "ptmx", open_master, 0666));
    return vfs::register_character_major(pty_slave_major, open_slave);
}

} // namespace terminal
