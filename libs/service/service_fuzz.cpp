// Fuzzes unit files, their graph, the supervisor and requests: any text, any order of events.
#include "libs/service/log_ring.hpp"
#include "libs/service/request.hpp"
#include "libs/service/supervisor.hpp"

#include <cstdlib>

namespace {

using namespace service;

void check(bool holds) {
    if (!holds)
        std::abort();
}

class FuzzedWorld final : public World {
public:
    Started start(Service const& service, u32) override {
        check(service.unit.problems.empty() && service.process == 0);
        ++starts_;
        if (starts_ % 7 == 3)
            return {0, "no", starts_ % 2 == 0};
        return {++process_, {}, false};
    }

    void signal(Service const& service, int) override { check(service.process != 0); }

    bool ready_file_is_there(Service const&, u32) override { return starts_ % 2 == 0; }

    void say(Level, std::string_view text) override { check(!text.empty()); }

private:
    int process_ = 0;
    int starts_ = 0;
};

/// Services that wait are behind what they wait for.
void check_order(Graph const& graph, usize units) {
    Vector<u32> place(units, UINT32_MAX);
    for (u32 i = 0; i < graph.order.size(); ++i)
        place[graph.order[i]] = i;
    for (u32 unit = 0; unit < units; ++unit) {
        check(graph.faults[unit].empty() == (place[unit] != UINT32_MAX));
        for (u32 const need : graph.links[unit].needs)
            check(place[need] < place[unit]);
        for (u32 const other : graph.links[unit].after)
            check(place[other] < place[unit] || place[other] == UINT32_MAX);
    }
}

void play(Supervisor& supervisor, std::string_view events) {
    Nanoseconds now;
    u32 const count = static_cast<u32>(supervisor.services().size());
    for (char const event : events.substr(0, 500)) {
        u32 const number = (static_cast<u8>(event) >> 3) % count;
        bool const runs = has_process(supervisor.services()[number].state);
        switch (event & 7) {
        case 0:
            supervisor.start(number, now);
            break;
        case 1:
            supervisor.stop(number, now);
            break;
        case 2:
            supervisor.restart(number, now);
            break;
        case 3:
            supervisor.ready(number, now);
            break;
        case 4:
        case 5:
            if (runs)
                supervisor.ended(number, {End::How::exit, event & 1}, now);
            break;
        default:
            now += Nanoseconds::milliseconds(event & 1 ? 100 : 40'000);
            supervisor.tick(now);
        }
    }
    supervisor.shut_down(now);
    for (u32 round = 0; round <= count; ++round)
        for (u32 number = 0; number < count; ++number)
            if (supervisor.services()[number].state == State::stopping)
                supervisor.ended(number, {End::How::signal, 15}, now);
    check(supervisor.all_stopped());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(u8 const* data, usize size) {
    std::string_view rest(reinterpret_cast<char const*>(data), size);

    RequestLines lines;
    lines.take(rest, [](std::string_view line) {
        if (auto const request = parse_request(line)) {
            auto const again = request_text(*request);
            check(parse_request(again.view().substr(1, again.size() - 2)).has_value());
        }
    });
    LogRing ring;
    ring.write(rest, [](std::string_view line) { check(line.size() <= LogRing::longest_line); });
    check(ring.text().size() <= LogRing::capacity);

    // Files "a", "b", ... with a zero byte between them; behind two, events.
    Vector<Unit> units;
    while (units.size() < 20) {
        auto const end = rest.find('\0');
        char const name = static_cast<char>('a' + units.size());
        units.push_back(parse_unit({&name, 1}, rest.substr(0, end)));
        rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
        if (rest.empty() || rest[0] == '\0')
            break;
    }
    check_order(make_graph(units), units.size());
    FuzzedWorld world;
    Supervisor supervisor(world);
    supervisor.load(std::move(units), {});
    supervisor.boot({});
    play(supervisor, rest);
    return 0;
}
