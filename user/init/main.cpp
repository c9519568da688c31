// init: starts services, sees to it that they run, and adopts orphans. Process 1, or a supervisor
// of some services.
#include "user/init/ending.hpp"
#include "user/init/mounts.hpp"
#include "user/init/units.hpp"
#include "user/os/system.hpp"

#include <algorithm>

using os::Signal;
using service::Level;
using service::State;

namespace {

constexpr os::SignalSet watched = {Signal::chld, Signal::term, Signal::interrupt,
                                   Signal::usr1, Signal::usr2, Signal::hup};

class Init {
public:
    explicit Init(Options options)
        : options_(std::move(options)),
          outlet_(options_),
          processes_(outlet_),
          supervisor_(processes_),
          control_(options_, outlet_, processes_, supervisor_) {}

    void prepare();
    /// Until everything is stopped, because somebody wished it.
    void run();
    [[noreturn]] void leave();

private:
    void load();
    void wait();
    void take_signals();
    void reap();
    void take_wishes();
    void begin_end(Ending ending);

    // From the first moment: a signal that comes before the first wait() ends it, too.
    os::BlockedSignals blocked_{watched};
    Options options_;
    Outlet outlet_;
    Processes processes_;
    service::Supervisor supervisor_;
    Control control_;
    Vector<os::Awaited> awaited_;
    Nanoseconds give_up_ = Nanoseconds::never(); ///< on services that do not stop
    Ending ending_ = Ending::none;
    int status_ = 0;
    bool more_to_reap_ = false;
};

void Init::prepare() {
    for (auto const signal :
         {Signal::chld, Signal::term, Signal::interrupt, Signal::usr1, Signal::usr2, Signal::hup})
        if (auto const caught = os::catch_signal(signal); !caught)
            outlet_.print(Level::error, "a signal cannot be caught: {}", caught.error());
    (void)os::ignore_signal(Signal::pipe); // can be ignored always
    if (options_.system) {
        mount_all(outlet_);
        if (auto const name = os::read_file("/etc/hostname"))
            (void)os::set_host_name(
                name->view().substr(0, name->view().find('\n'))); // else as it was
    } else if (!options_.first) {
        if (auto const done = os::adopt_orphans(); !done)
            outlet_.print(Level::warning, "orphans go elsewhere: {}", done.error());
    }
    raise_descriptor_limit();
    control_.open();
    load();
}

void Init::load() {
    auto const now = os::now();
    supervisor_.load(read_units(options_.units, outlet_), now);
    supervisor_.boot(now);
}

void Init::run() {
    for (;;) {
        take_wishes();
        control_.answer(os::now());
        if (ending_ != Ending::none && (supervisor_.all_stopped() || os::now() >= give_up_))
            return;
        wait();
        take_signals();
        reap();
        supervisor_.tick(os::now());
    }
}

void Init::wait() {
    awaited_.clear();
    control_.await(awaited_);
    usize const first_process = awaited_.size();
    processes_.await(awaited_);
    auto now = os::now();
    auto const next = std::min({supervisor_.next_tick(now), control_.next_answer(), give_up_});
    auto const patience = more_to_reap_                  ? Nanoseconds()
                          : next == Nanoseconds::never() ? next
                                                         : std::max(next - now, Nanoseconds());
    std::span const list(awaited_.data(), awaited_.size());
    if (!os::poll(list, patience, blocked_.before()))
        return; // a signal
    now = os::now();
    processes_.take(list.subspan(first_process), supervisor_.services(),
                    [&](u32 number) { supervisor_.ready(number, now); });
    control_.take(list.first(first_process), now);
}

void Init::take_signals() {
    auto const caught = os::caught_signals();
    if (caught.has(Signal::hup))
        load();
    if (!options_.system) {
        if (caught.has(Signal::term) || caught.has(Signal::interrupt))
            begin_end(Ending::leave);
        return;
    }
    // As busybox's halt, poweroff and reboot ask; INT is Ctrl-Alt-Del.
    if (caught.has(Signal::usr1))
        begin_end(Ending::halt);
    else if (caught.has(Signal::usr2))
        begin_end(Ending::power_off);
    else if (caught.has(Signal::term) || caught.has(Signal::interrupt))
        begin_end(Ending::restart);
}

void Init::reap() {
    constexpr int fair_share = 256;
    more_to_reap_ = false;
    for (int i = 0; i < fair_share; ++i) {
        auto const ended = os::ended_child();
        if (!ended || !*ended)
            return;
        auto const number = supervisor_.find_process(static_cast<int>(**ended));
        // What it leaves in its group would be in the way of its next run. Its number is its own
        // until it is waited for.
        if (number)
            processes_.signal(supervisor_.services()[*number], static_cast<int>(Signal::kill));
        auto const waited = os::wait_any(os::WaitFor::no_hang, **ended);
        if (!number || !waited || !*waited)
            continue;
        processes_.drain(supervisor_.services()[*number], *number);
        auto const status = (*waited)->status;
        supervisor_.ended(*number,
                          status.signal()
                              ? service::End{service::End::How::signal, *status.signal()}
                              : service::End{service::End::How::exit, *status.code()},
                          os::now());
    }
    more_to_reap_ = true;
}

void Init::take_wishes() {
    if (control_.take_reload())
        load();
    if (auto const wish = supervisor_.wish_to_shut_down(); wish && ending_ == Ending::none) {
        status_ = wish->as_exit_code();
        begin_end(Ending::leave);
    }
    if (auto const asked = control_.take_ending(); asked != Ending::none)
        begin_end(asked);
}

void Init::begin_end(Ending ending) {
    if (ending_ != Ending::none)
        return;
    constexpr auto patience = Nanoseconds::seconds(60);
    ending_ = ending;
    give_up_ = os::now() + patience;
    outlet_.say(Level::information, "stopping all services");
    supervisor_.shut_down(os::now());
}

void Init::leave() {
    if (options_.system)
        end_system(ending_, status_, outlet_);
    os::exit(status_);
}

} // namespace

int main() {
    Init init(read_options());
    init.prepare();
    init.run();
    init.leave();
}
