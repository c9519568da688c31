// Control: answers svc, through a FIFO for requests and one for each answer.
//
// Nothing here waits for a client: a FIFO for an answer is opened and written without waiting, one
// that nobody reads any more is forgotten, and so is one that nobody empties. What is no request is
// skipped.
#pragma once

#include "libs/service/request.hpp"
#include "user/init/processes.hpp"

/// What is to become of the system.
enum class Ending : u8 { none, leave, power_off, halt, restart };

class Control {
public:
    Control(Options const& options, Outlet& outlet, Processes& processes,
            service::Supervisor& supervisor)
        : options_(options), outlet_(outlet), processes_(processes), supervisor_(supervisor) {}

    /// Makes the FIFO for requests. Errors are said; then there is no control.
    void open();

    void await(Vector<os::Awaited>& list) const;
    /// Takes what `list`, of await(), says is there.
    void take(std::span<os::Awaited const> list, Nanoseconds now);
    /// Answers those whose services got where they should, and forgets those who do not listen.
    void answer(Nanoseconds now);
    /// When answer() has something to do though nothing happens.
    Nanoseconds next_answer() const;

    /// What somebody asked for since the last call.
    Ending take_ending() { return std::exchange(ending_, Ending::none); }

    bool take_reload() { return std::exchange(reload_, false); }

private:
    struct Client {
        service::Verb verb;
        u32 service = 0;
        u64 runs = 0; ///< of the service when it asked
        Nanoseconds deadline;
        os::File reply;
        String text; ///< what is to be sent; empty while it is not known
        usize sent = 0;
    };

    void take_request(std::string_view line, Nanoseconds now);
    void begin(Client client, service::Request const& request, Nanoseconds now);
    /// Whether the service got where the client wants it, or will not.
    bool try_to_answer(Client& client, Nanoseconds now);
    /// False when there is nobody to send to, or nothing left.
    bool send(Client& client, Nanoseconds now);
    os::File open_reply(u32 id);

    Options const& options_;
    Outlet& outlet_;
    Processes& processes_;
    service::Supervisor& supervisor_;
    os::File requests_;
    service::RequestLines lines_;
    Vector<Client> clients_;
    Ending ending_ = Ending::none;
    bool reload_ = false;
};
