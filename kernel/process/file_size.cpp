// RLIMIT_FSIZE for the VFS.
#include "kernel/process/file_size.hpp"

#include "kernel/process/signals.hpp"
#include "kernel/vfs/file_size_limit.hpp"

namespace process {

namespace {

/// The calling thread, or nullptr when the kernel itself writes.
Thread* program_thread() {
    auto& current = task::Thread::current();
    return current.address_space() != nullptr ? static_cast<Thread*>(&current) : nullptr;
}

class Limit final : public vfs::FileSizeLimit {
public:
    u64 of_caller() override {
        auto* const thread = program_thread();
        return thread != nullptr ? thread->process().soft_limit(uapi::Limit::file_size)
                                 : uapi::unlimited;
    }

    bool keeps_set_id_bits() override {
        auto* const thread = program_thread();
        return thread == nullptr || thread->credentials()->has(vfs::Capability::fsetid);
    }

    void exceeded() override {
        if (auto* const thread = program_thread())
            raise(*thread, Signal::xfsz);
    }
};

constinit Limit limit;

} // namespace

void initialise_file_size_limit() {
    vfs::register_file_size_limit(limit);
}

} // namespace process
