// storm: many services that end at random and many orphans, and what init then still has of them.
//
//     storm load COUNT SECONDS UNITS RUN INIT   as many services, so long; INIT is init's number
//     storm orphans COUNT INIT                  as many processes whose parents end
//     storm daemon FILE MILLISECONDS            what such a service is
#include "user/os/directory.hpp"
#include "user/os/process.hpp"
#include "user/os/signal.hpp"
#include "user/os/system.hpp"
#include "user/os/time.hpp"
#include "user/tests/check.hpp"

#include <algorithm>
#include <charconv>

using test::value;

namespace {

u32 number(std::string_view text) {
    u32 result = 0;
    std::from_chars(text.begin(), text.end(), result);
    return result;
}

u32 random_below(u32 limit) {
    u32 drawn = 0;
    os::fill_random(std::as_writable_bytes(std::span(&drawn, 1)));
    return drawn % limit;
}

void sleep_up_to(u32 milliseconds) {
    os::sleep(Nanoseconds::milliseconds(random_below(milliseconds)));
}

/// A process whose parent ends at once.
void make_orphan(u32 milliseconds) {
    auto child = value(os::fork());
    if (!child) {
        if (!value(os::fork()))
            sleep_up_to(milliseconds);
        linnet_exit_now(0);
    }
    (void)value(child->wait());
}

/// It fills init's memory for its output once, so that this grows no more; then it ends in one of
/// many ways, and may leave somebody behind in its group.
[[noreturn]] void be_daemon(std::string_view file, u32 milliseconds) {
    if (!os::exists(file)) {
        os::BufferedOut out(os::out);
        for (u32 line = 0; line < 1400; ++line)
            out.print("{:50}\n", line);
        value(os::write_file(file, ""));
    }
    os::print("one line and a half\nthe half");
    if (random_below(4) == 0)
        make_orphan(100);
    if (random_below(4) == 0 && !value(os::fork()))
        os::sleep(Nanoseconds::seconds(1000));
    sleep_up_to(milliseconds);
    switch (random_below(5)) {
    case 0:
        os::exit(0);
    case 1:
        os::exit(3);
    case 2:
        (void)os::send_signal(os::process_id(), static_cast<int>(os::Signal::kill));
        [[fallthrough]];
    case 3:
        (void)os::send_signal(os::process_id(), static_cast<int>(os::Signal::segv));
        [[fallthrough]];
    default:
        linnet_abort();
    }
}

struct Stock {
    u32 descriptors = 0;
    u32 children = 0;
    u32 zombies = 0;
    u32 free_kilobytes = 0;
};

/// The word of `text` with this index.
std::string_view word(std::string_view text, u32 index) {
    while (index-- != 0)
        text.remove_prefix(std::min(text.size(), text.find(' ') + 1));
    return text.substr(0, text.find(' '));
}

/// What init has. Its directory of descriptors is there for root and its owner only.
Stock take_stock(std::string_view init) {
    Stock stock;
    stock.descriptors =
        static_cast<u32>(value(os::list_directory(format("/proc/{}/fd", init))).size());
    for (auto const& entry : value(os::list_directory("/proc"))) {
        if (entry[0] < '0' || entry[0] > '9')
            continue;
        auto const stat = os::read_file(format("/proc/{}/stat", entry));
        if (!stat)
            continue; // not any more
        auto const behind_name = stat->view().substr(stat->view().rfind(')') + 1);
        if (word(behind_name, 2) != init)
            continue;
        ++stock.children;
        stock.zombies += word(behind_name, 1) == "Z" ? 1 : 0;
    }
    auto const memory = value(os::read_file("/proc/meminfo"));
    auto rest = memory.view();
    rest.remove_prefix(rest.find("MemFree:") + 8);
    rest.remove_prefix(rest.find_first_not_of(' '));
    stock.free_kilobytes = number(rest);
    return stock;
}

/// As soon as init has so many children and so much memory is free, or in the end all the same: who
/// is left behind, or was killed with its group, may need a moment to end.
Stock take_stock_with(u32 children, std::string_view init, u32 free_kilobytes = 0) {
    for (auto const end = os::now() + Nanoseconds::seconds(20);;) {
        auto const stock = take_stock(init);
        bool const settled = stock.children == children && stock.free_kilobytes >= free_kilobytes;
        if (settled || os::now() >= end)
            return stock;
        os::sleep(Nanoseconds::milliseconds(50));
    }
}

/// The services, and svc to speak of them.
class Load {
public:
    Load(u32 count, std::string_view units, std::string_view run) : count_(count), run_(run) {
        auto const self = value(os::read_link("/proc/self/exe"));
        svc_ = self.view().substr(0, self.view().rfind('/') + 1);
        svc_.append("svc");
        files_ = format("/tmp/storm.{}", os::process_id());
        value(os::make_directory(files_));
        // All need this one, so one stop stops all.
        value(
            os::write_file(format("{}/storm.toml", units), "command = [\"sleep\", \"1000000\"]\n"));
        // So that one CPU has some time left.
        u32 const life = std::max(count * 30, u32{6000});
        for (u32 i = 0; i < count; ++i)
            value(os::write_file(format("{}/storm-{}.toml", units, i),
                                 format("command = [\"{}\", \"daemon\", \"{}/{}\", \"{}\"]\n"
                                        "needs = [\"storm\"]\n"
                                        "restart-delay = \"10ms\"\nrestart-delay-limit = \"2s\"\n"
                                        "restart-limit = 0\nlog = \"memory\"\n",
                                        self, files_, i, life)));
    }

    Load(Load const&) = delete;
    Load& operator=(Load const&) = delete;

    ~Load() {
        for (u32 i = 0; i < count_; ++i)
            (void)os::remove(format("{}/{}", files_, i));
        (void)os::remove_directory(files_);
    }

    String ask(std::string_view verb, std::string_view name = {}) const {
        os::Command command(svc_, {"--run", run_, verb});
        if (!name.empty())
            command.argument(name);
        auto const began = os::now();
        auto const answer = value(os::output_of(std::move(command)));
        CHECK(answer.status.as_exit_code() == 0 || verb == "status");
        CHECK(os::now() - began < Nanoseconds::seconds(60));
        return answer.text;
    }

    void start_all() const {
        for (u32 i = 0; i < count_; ++i)
            ask("start", format("storm-{}", i));
    }

    void stop_all() const { ask("stop", "storm"); }

    /// Until each has run once.
    void wait_for_all() const {
        auto const end = os::now() + Nanoseconds::seconds(120);
        for (u32 i = 0; i < count_ && os::now() < end;)
            if (os::exists(format("{}/{}", files_, i)))
                ++i;
            else
                os::sleep(Nanoseconds::milliseconds(20));
        CHECK(os::now() < end);
    }

    u32 restarts() const {
        auto const table = ask("list");
        u32 sum = 0;
        for (auto rest = table.view(); !rest.empty();) {
            auto line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(rest.size(), line.size() + 1));
            for (int column = 0; column < 3; ++column) {
                line.remove_prefix(std::min(line.size(), line.find(' ')));
                line.remove_prefix(std::min(line.size(), line.find_first_not_of(' ')));
            }
            sum += number(line);
        }
        return sum;
    }

private:
    u32 count_;
    String run_;
    String svc_;
    String files_;
};

void run_load(os::Texts words) {
    u32 const count = number(words[2]);
    u32 const seconds = number(words[3]);
    auto const init = words[6];
    Load const load(count, words[4], words[5]);
    u32 const others = take_stock(init).children;
    load.ask("reload");
    load.wait_for_all();
    load.stop_all();
    auto const before = take_stock_with(others, init);
    u32 const first_restarts = load.restarts();
    load.start_all();
    for (auto const end = os::now() + Nanoseconds::seconds(seconds); os::now() < end;) {
        load.ask("status");
        os::sleep(Nanoseconds::seconds(1));
    }
    u32 const restarts = load.restarts() - first_restarts;
    load.stop_all();
    // Less than a page for each four restarts, but for what the kernel keeps at hand; elsewhere
    // others use memory, too.
    u32 const kept = restarts + 1024;
    u32 const least_free =
        init == "1" ? before.free_kilobytes - std::min(before.free_kilobytes, kept) : 0;
    auto const after = take_stock_with(others, init, least_free);
    os::print_error("{} restarts; {} and {} descriptors, {} and {} children, {} and {} KiB free\n",
                    restarts, before.descriptors, after.descriptors, others, after.children,
                    before.free_kilobytes, after.free_kilobytes);
    CHECK(restarts >= count / 4);
    CHECK(after.zombies == 0);
    CHECK(after.descriptors == before.descriptors);
    CHECK(after.children == others);
    CHECK(after.free_kilobytes >= least_free);
}

void run_orphans(os::Texts words) {
    u32 const count = number(words[2]);
    auto const init = words[3];
    u32 const others = take_stock(init).children;
    for (u32 i = 0; i < count; ++i)
        make_orphan(20);
    auto const after = take_stock_with(others, init);
    CHECK(after.zombies == 0);
    CHECK(after.children == others);
}

} // namespace

int main() {
    auto const words = os::arguments();
    if (words[1] == "daemon")
        be_daemon(words[2], number(words[3]));
    if (words[1] == "load")
        run_load(words);
    else if (words[1] == "orphans")
        run_orphans(words);
    return test::verdict();
}
