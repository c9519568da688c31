// Processes: the services' programs, and what they write.
#pragma once

#include "user/init/outlet.hpp"
#include "user/os/poll.hpp"
#include "user/os/process.hpp"

/// The supervisor's world. Every service has a session of its own; what it writes comes by a pipe
/// that lives as long as init, so that nothing that is still in it when a run ends is lost.
class Processes final : public service::World {
public:
    explicit Processes(Outlet& outlet) : outlet_(outlet) {}

    Started start(service::Service const& service, u32 number) override;
    void signal(service::Service const& service, int signal) override;
    bool ready_file_is_there(service::Service const& service, u32 number) override;

    void say(service::Level level, std::string_view text) override { outlet_.say(level, text); }

    /// Adds what is to be waited for.
    void await(Vector<os::Awaited>& list) const;
    /// Takes what `list`, of await(), says is there; names each service that said it is ready.
    void take(std::span<os::Awaited const> list, Slice<service::Service const> services,
              FunctionRef<void(u32)> ready);
    /// After its end: the rest of what it wrote.
    void drain(service::Service const& service, u32 number);

    /// What it wrote last.
    String log_of(u32 number) const;

private:
    struct Runtime {
        os::File log;    ///< its lines are read here
        os::File writer; ///< and written here by the service
        os::File notify; ///< while it is not ready
        service::LogRing ring;
        u64 inode = 0; ///< of the file that tells readiness, before the start
        Nanoseconds changed;
    };

    struct Streams;

    Runtime& runtime(u32 number);
    Result<void> connect(service::Unit const& unit, Runtime& runtime, os::Command& command,
                         Streams& streams);
    void read_log(service::Service const& service, Runtime& runtime, usize at_most);

    Outlet& outlet_;
    Vector<Runtime> runtimes_; ///< index is the service's number
};

/// Raises the limit of open files as far as it goes: a service needs two or three. Services get the
/// limit of before.
void raise_descriptor_limit();
