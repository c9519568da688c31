// The descriptor table: numbers to open files, shared by threads (CLONE_FILES).
#pragma once

#include "kernel/sync/locked.hpp"
#include "kernel/vfs/file.hpp"
#include "libs/base/id.hpp"
#include "libs/base/vector.hpp"

namespace process {

enum class OnExec : u8 { keep, close };

class Descriptors;

/// A number that nobody else can get, without a file yet. Given back unless install() was called.
class Reservation {
public:
    Reservation(Reservation&& other);
    Reservation& operator=(Reservation&&) = delete;
    ~Reservation();

    Fd number() const { return number_; }

    /// The descriptor starts to exist.
    Fd install(Ref<vfs::File> file) &&;

private:
    friend Descriptors;

    Reservation(Ref<Descriptors> table, Fd number, OnExec on_exec);

    Ref<Descriptors> table_;
    Fd number_;
    OnExec on_exec_;
};

/// What a system call that makes a descriptor returns: it exists only once nothing can fail.
class NewDescriptor {
public:
    NewDescriptor(Reservation slot, Ref<vfs::File> file)
        : slot_(std::move(slot)), file_(std::move(file)) {}

    Fd commit() { return std::move(slot_).install(std::move(file_)); }

    Fd number() const { return slot_.number(); }

private:
    Reservation slot_;
    Ref<vfs::File> file_;
};

/// For pipe2 and socketpair, with To<n>.
class NewDescriptorPair {
public:
    struct Numbers {
        i32 first;
        i32 second;
    };

    NewDescriptorPair(NewDescriptor first, NewDescriptor second)
        : first_(std::move(first)), second_(std::move(second)) {}

    Numbers abi() const {
        return {static_cast<i32>(first_.number()), static_cast<i32>(second_.number())};
    }

    int commit() {
        first_.commit();
        second_.commit();
        return 0;
    }

private:
    NewDescriptor first_;
    NewDescriptor second_;
};

class Descriptors : public RefCounted {
public:
    /// No table is larger, whatever RLIMIT_NOFILE says (fs.nr_open).
    static constexpr u64 most = 1048576;

    Descriptors() = default;
    ~Descriptors() override;

    /// A copy for fork, and for unsharing.
    Result<Ref<Descriptors>> clone();

    /// EBADF. Files opened with O_PATH only by find_any(), as in Linux's calls that allow them.
    Result<Ref<vfs::File>> find(Fd fd);
    Result<Ref<vfs::File>> find_any(Fd fd);

    /// The lowest free number from `lowest` on, below `limit`: EMFILE, or EINVAL if `lowest` is
    /// not below it.
    Result<Reservation> reserve(u64 limit, OnExec on_exec = OnExec::keep, int lowest = 0);
    /// dup2, dup3: makes `number` refer to `file`, closing what it was. EBADF beyond `limit`, EBUSY
    /// while another thread is just opening it.
    Result<Fd> replace(Fd number, Ref<vfs::File> file, OnExec on_exec, u64 limit);

    Result<void> close(Fd fd);
    /// close_range(2).
    void close_range(u32 first, u32 last);
    void set_close_on_exec_range(u32 first, u32 last);
    void close_all() noexcept;
    /// What execve does.
    void close_on_exec();

    Result<OnExec> on_exec(Fd fd);
    Result<void> set_on_exec(Fd fd, OnExec on_exec);

    /// Descriptors in use, in order, for /proc/PID/fd: the first at or after `from`.
    struct Used {
        Fd number;
        Ref<vfs::File> file;
        OnExec on_exec;
    };

    std::optional<Used> next_used(int from);
    usize slots();

private:
    friend Reservation;

    struct Slot {
        Ref<vfs::File> file;
        OnExec on_exec = OnExec::keep;
        bool reserved = false;
    };

    struct Table {
        Vector<Slot> slots;
        usize lowest_free = 0; ///< no free slot below
    };

    Result<void> grow(usize wanted);
    void give_back(Fd number);
    void install(Fd number, Ref<vfs::File> file, OnExec on_exec);
    Result<void> finish_close(Ref<vfs::File> const& file);

    ksync::SpinLocked<Table, ksync::Rank::descriptors> table_;
};

} // namespace process
