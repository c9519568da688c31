// Supervisor: which service starts, stops, starts again, and when. It does nothing itself: World
// does.
//
//     stopped --> waiting --> starting --> running --> (its end)
//                    ^            |            |           |
//                    |            v            v           v
//                 resting <--- (its end)    stopping    resting, done, failed
//
// A service whose unit has a fault is broken, and stays so until its file is mended.
#pragma once

#include "libs/service/graph.hpp"
#include "libs/service/restart.hpp"

namespace service {

enum class State : u8 {
    stopped,  ///< nobody wants it
    waiting,  ///< for those that it needs or comes after
    starting, ///< it runs, and is not ready
    running,  ///< it runs and is ready
    resting,  ///< between two runs
    stopping, ///< it has been told to end
    done,     ///< it ended, which is fine
    failed,   ///< it ended, or could not start, and is given up
    broken,   ///< its unit has a fault
};

std::string_view state_name(State state);

struct Service {
    Unit unit;
    State state = State::stopped;
    bool wanted = false;
    bool again = false;  ///< starts after it has stopped
    bool late = false;   ///< is being stopped because it was not ready in time
    bool gone = false;   ///< its file is
    int process = 0;     ///< 0: none
    u32 restarts = 0;    ///< by the supervisor
    u64 runs = 0;        ///< how often its program was started
    Nanoseconds since;   ///< when the state began
    Nanoseconds started; ///< when its last run began
    Nanoseconds deadline = Nanoseconds::never();
    End last;   ///< of its last run
    String why; ///< of failed and broken
    Backoff backoff;
};

enum class Level : u8 { error = 3, warning = 4, information = 6 };

/// What the supervisor has done for it.
class World {
public:
    struct Started {
        int process = 0; ///< 0: it could not be started
        String why;
        bool may_go_better = false;
    };

    virtual Started start(Service const& service, u32 number) = 0;
    /// Sends a signal to the service and what it started in its process group.
    virtual void signal(Service const& service, int signal) = 0;
    /// Whether the file that tells that it is ready is there, and was not before the start.
    virtual bool ready_file_is_there(Service const& service, u32 number) = 0;
    virtual void say(Level level, std::string_view text) = 0;

protected:
    ~World() = default;
};

class Supervisor {
public:
    explicit Supervisor(World& world) : world_(world) {}

    /// Takes over what is known of all units now: new ones are added, known ones have the new unit
    /// from their next start on, others are gone. What is wrong with them is said.
    void load(Vector<Unit> units, Nanoseconds now);
    /// Starts what starts at boot and was not there at the last call.
    void boot(Nanoseconds now);

    /// What is told from outside.
    void ended(u32 number, End end, Nanoseconds now);
    void ready(u32 number, Nanoseconds now);
    void tick(Nanoseconds now);
    /// When tick() has something to do.
    Nanoseconds next_tick(Nanoseconds now) const;

    /// Wishes. A start is one of all that it needs, too, a stop one of all that need it.
    void start(u32 number, Nanoseconds now);
    void stop(u32 number, Nanoseconds now);
    void restart(u32 number, Nanoseconds now);
    /// Stops all, each before those that it needs; nothing starts any more.
    void shut_down(Nanoseconds now);

    bool shutting_down() const { return closing_; }

    /// A service with at-end = "shutdown" has ended so.
    std::optional<End> wish_to_shut_down() const { return wish_; }

    bool all_stopped() const;

    Slice<Service const> services() const { return services_; }

    std::optional<u32> find(std::string_view name) const { return names_.find(name); }

    std::optional<u32> find_process(int process) const;

private:
    enum class Readiness : u8 { wait, go, never };

    Readiness readiness(u32 number, u32& blocker) const;
    bool followers_have_ended(u32 number) const;
    void settle(Nanoseconds now);
    void line_up(u32 number, Nanoseconds now);
    void launch(u32 number, Nanoseconds now);
    void begin_stop(u32 number, Nanoseconds now);
    void after_run(u32 number, End const& end, Nanoseconds ran, Nanoseconds now);
    void enter(u32 number, State state, Nanoseconds now,
               Nanoseconds deadline = Nanoseconds::never());
    void fail(u32 number, std::string_view why, Nanoseconds now);
    void want(u32 number, Nanoseconds now);
    void unwant(u32 number);

    template <class... Arguments>
    void say(Level level, Format<Arguments...> text, Arguments const&... arguments) {
        String made;
        StringSink sink(made);
        format_to(sink, text, arguments...);
        world_.say(level, made);
    }

    World& world_;
    Vector<Service> services_;
    Names names_;
    Graph graph_;
    std::optional<End> wish_;
    u32 booted_ = 0; ///< services before this were there at the last boot()
    bool closing_ = false;
};

/// Whether there is a process of it.
constexpr bool has_process(State state) {
    return state == State::starting || state == State::running || state == State::stopping;
}

/// Whether something will come of it without a wish.
constexpr bool is_under_way(State state) {
    return state == State::waiting || state == State::starting || state == State::resting ||
           state == State::stopping;
}

} // namespace service
