// Tests of processes, pipelines, signals and terminals.
#include "user/os/poll.hpp"
#include "user/os/process.hpp"
#include "user/os/system.hpp"
#include "user/os/terminal.hpp"
#include "user/os/time.hpp"
#include "user/tests/check.hpp"

namespace {

using os::Command;
using os::Signal;
using test::fails;
using test::value;

Command shell(std::string_view script) {
    return Command("sh", {"-c", script});
}

void statuses() {
    CHECK(value(shell("exit 3").run()).code() == 3);
    CHECK(value(shell("kill -TERM $$").run()).signal() == static_cast<int>(Signal::term));
    CHECK(value(shell("kill -KILL $$").run()).as_exit_code() == 137);
    CHECK(value(Command("true").run()).succeeded());
    CHECK(fails(Command("no-such-program").start(), Errno::enoent));
    CHECK(fails(Command("/etc/passwd").start(), Errno::eacces));
    CHECK(fails(Command("./absent").start(), Errno::enoent));
    CHECK(fails(Command("true").directory("absent").start(), Errno::enoent));
    auto child = value(Command("true").start());
    value(child.wait());
    CHECK(fails(child.wait(), Errno::echild)); // none is left, not even of failed starts
    auto sleeper = value(Command("sleep", {"1000"}).start());
    CHECK(!value(sleeper.poll()));
    value(sleeper.kill(static_cast<int>(Signal::kill)));
    CHECK(value(sleeper.wait()).signal() == 9);
}

void redirections() {
    value(os::write_file("in", "b\na\n"));
    value(Command("sort").input(os::from_file("in")).output(os::to_file("out")).run());
    CHECK(value(os::read_file("out")) == "a\nb\n");
    value(Command("echo", {"c"}).output(os::append_to_file("out")).run());
    CHECK(value(os::read_file("out")) == "a\nb\nc\n");
    auto const both = value(
        os::output_of(shell("echo one; echo two >&2; echo three").error(os::to_same_as(Fd(1)))));
    CHECK(both.text == "one\ntwo\nthree\n" && both.status.succeeded());
    CHECK(value(os::output_of(Command("cat").input(os::to_null()))).text.empty());
    // Each to the other's place, and a seventh.
    auto const first = value(os::File::create("first"));
    auto const second = value(os::File::create("second"));
    value(shell("echo 1; echo 2 >&2; echo 7 >&7")
              .output(os::to_descriptor(first.fd()))
              .error(os::to_descriptor(second.fd()))
              .redirect(first.fd(), os::to_descriptor(second.fd()))
              .redirect(second.fd(), os::to_descriptor(first.fd()))
              .redirect(Fd(7), os::to_file("seventh"))
              .run());
    CHECK(value(os::read_file("first")) == "1\n" && value(os::read_file("second")) == "2\n");
    CHECK(value(os::read_file("seventh")) == "7\n");
    CHECK(fails(Command("true").input(os::from_file("absent")).start(), Errno::enoent));
}

void surroundings() {
    auto const text = value(os::output_of(shell("echo $A ${HOME-none}; pwd")
                                              .directory("/")
                                              .empty_environment()
                                              .variable("A=b")))
                          .text;
    CHECK(text == "b none\n/\n");
    // Its name says what busybox is.
    CHECK(value(os::output_of(Command("/bin/busybox", {"a"}).name("echo"))).text == "a\n");
    auto child = value(Command("sleep", {"1000"}).process_group().start());
    value(os::send_signal(Pid(-static_cast<int>(child.pid())), 15)); // its group has its number
    CHECK(value(child.wait()).signal() == 15);
}

void pipelines() {
    CHECK(value(os::run_pipeline({Command("echo", {"one two"}), Command("tr", {" ", "\n"}),
                                  Command("sort", {"-r"}).output(os::to_file("piped"))}))
              .succeeded());
    CHECK(value(os::read_file("piped")) == "two\none\n");
    // Larger than a pipe, and nobody holds an end too long.
    CHECK(value(os::run_pipeline({shell("yes | head -n 100000"),
                                  Command("wc", {"-l"}).output(os::to_file("piped"))}))
              .succeeded());
    CHECK(value(os::read_file("piped")).view().find("100000") != std::string_view::npos);
    CHECK(fails(os::run_pipeline({Command("yes"), Command("no-such-program")}), Errno::enoent));
    CHECK(fails(os::wait_any(), Errno::echild));
    auto const child = value(os::fork());
    if (!child)
        linnet_exit_now(9);
    CHECK(value(os::wait_any())->status.code() == 9);
}

void signals() {
    value(os::catch_signal(Signal::usr1));
    value(os::send_signal(os::process_id(), static_cast<int>(Signal::usr1)));
    CHECK(os::caught_signals().has(Signal::usr1));
    CHECK(os::caught_signals().empty());
    {
        os::BlockedSignals const blocked({Signal::usr1, Signal::usr2});
        value(os::send_signal(os::process_id(), static_cast<int>(Signal::usr2)));
        auto const taken = value(os::wait_for_signal({Signal::usr2}));
        CHECK(taken && taken->signal == Signal::usr2 && Pid(taken->sender) == os::process_id());
        CHECK(!value(os::wait_for_signal({Signal::usr2}, Nanoseconds::milliseconds(10))));
        value(os::send_signal(os::process_id(), static_cast<int>(Signal::usr1)));
        CHECK(os::caught_signals().empty());
        // poll() lets it in.
        CHECK(fails(os::poll({}, Nanoseconds::never(), blocked.before()), Errno::eintr));
        CHECK(os::caught_signals().has(Signal::usr1));
    }
    CHECK(!os::blocked_signals().has(Signal::usr1));
    // What is handled here is not handled there; what is ignored stays ignored.
    value(os::ignore_signal(Signal::usr2));
    CHECK(os::is_ignored(Signal::usr2));
    CHECK(value(shell("kill -USR1 $$").run()).signal() == static_cast<int>(Signal::usr1));
    CHECK(value(shell("kill -USR2 $$").run()).succeeded());
    CHECK(value(shell("kill -USR2 $$").default_signals().run()).signal() ==
          static_cast<int>(Signal::usr2));
    value(os::default_signal(Signal::usr2));
    CHECK(os::signal_name(9) == "SIGKILL" && os::signal_name(40) == "SIG40");
    CHECK(os::signal_number("TERM") == 15 && os::signal_number("SIGHUP") == 1);
    CHECK(os::signal_number("17") == 17 && !os::signal_number("x") && !os::signal_number(""));
}

void waiting() {
    auto const pipe = value(os::make_pipe());
    os::Awaited list[] = {{pipe.read_end.fd(), os::Ready::in}};
    auto const start = os::now();
    CHECK(value(os::poll(list, Nanoseconds::milliseconds(20))) == 0);
    CHECK(os::now() - start >= Nanoseconds::milliseconds(20));
    value(pipe.write_end.write("x"));
    CHECK(value(os::poll(list)) == 1 && list[0].readable());
    os::sleep(Nanoseconds::milliseconds(5));
    CHECK(os::now() - start >= Nanoseconds::milliseconds(25));
}

void terminals() {
    auto pair = value(os::open_pseudo_terminal());
    CHECK(os::is_terminal(pair.terminal.fd()) && !os::is_terminal(Fd(99)));
    value(os::set_window_size(pair.controller.fd(), {.rows = 24, .columns = 80}));
    CHECK(value(os::window_size(pair.terminal.fd())).columns == 80);
    value(pair.controller.write("line\n"));
    char buffer[64];
    auto const bytes = std::as_writable_bytes(std::span(buffer));
    CHECK(value(pair.terminal.read(bytes)) == 5);
    CHECK(value(pair.controller.read(bytes)) == 6); // echoed, with a carriage return
    {
        auto const raw = value(os::RawMode::enter(pair.terminal.fd()));
        value(pair.controller.write("\x03"));
        CHECK(value(pair.terminal.read(bytes)) == 1 && buffer[0] == 3);
    }
    CHECK((value(os::terminal_settings(pair.terminal.fd())).local & uapi::termios::icanon) != 0);
    // A child with it as controlling terminal, killed by its interrupt character.
    auto child = value(Command("cat")
                           .input(os::to_descriptor(pair.terminal.fd()))
                           .output(os::to_descriptor(pair.terminal.fd()))
                           .new_session(pair.terminal.fd())
                           .start());
    value(pair.controller.write("\x03"));
    CHECK(value(child.wait()).signal() == static_cast<int>(Signal::interrupt));
}

void system() {
    CHECK(value(os::system_name()).machine == "x86_64");
    CHECK(value(os::system_status()).memory > 1'000'000);
    CHECK(os::find_user("root")->id == Uid(0) && os::find_user(Uid(0))->home == "/root");
    CHECK(!os::find_user("nobody-of-this-name"));
    u64 a = 0;
    u64 b = 0;
    os::fill_random(writable_object_bytes(a));
    os::fill_random(writable_object_bytes(b));
    CHECK(a != b);
    auto const date = os::date_of(951'782'400 + 3'661); // 2000-02-29
    CHECK(date.year == 2000 && date.month == 2 && date.day == 29 && date.weekday == 2);
    CHECK(date.hour == 1 && date.minute == 1 && date.second == 1);
    for (i64 day = -800'000; day < 800'000; day += 13) {
        auto const seconds = day * 86'400 + 7;
        if (os::seconds_of(os::date_of(seconds)) != seconds)
            CHECK(!"a date there and back");
    }
    CHECK(os::date_of(-1).year == 1969 && os::date_of(-1).weekday == 3);
}

} // namespace

int main() {
    statuses();
    redirections();
    surroundings();
    pipelines();
    signals();
    waiting();
    terminals();
    system();
    return test::verdict();
}
