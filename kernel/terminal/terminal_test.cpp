// Tests of terminals over a device that remembers what it was shown.
#include "kernel/terminal/pty.hpp"
#include "kernel/terminal/terminal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace {

using namespace uapi::termios;
using terminal::Signal;

struct Screen final : terminal::Output {
    usize write(ConstBytes bytes) override {
        ensure(!fails, "the device's driver has a bug");
        usize const taken = std::min(bytes.size(), limit - text.size());
        text += text_of(bytes.first(taken));
        return taken;
    }

    usize room() override { return limit - text.size(); }

    void users_changed(u32 count) override { users = count; }

    std::string text;
    usize limit = 1000;
    u32 users = 0;
    bool fails = false;
};

/// One caller, in session 10; its group is 10 unless a test says otherwise.
struct Jobs final : terminal::JobControl {
    Pid session() override { return Pid{10}; }

    Pid group() override { return own_group; }

    bool is_session_leader() override { return leader; }

    bool blocks_or_ignores(Signal) override { return ignores; }

    bool group_is_orphaned() override { return orphaned; }

    bool group_in_session(Pid group, Pid) override { return group != Pid{99}; }

    bool is_known(Pid number) override { return number != Pid{98}; }

    terminal::FileOwner file_owner() override { return {}; }

    bool may_type_for_others() override { return false; }

    void signal_group(Pid group, Signal signal) override { sent.push_back({group, signal}); }

    void hang_up(Pid) override { hung_up = true; }

    Ref<terminal::Terminal> controlling_terminal() override { return terminal; }

    void set_controlling_terminal(Pid, Ref<terminal::Terminal> set) override {
        terminal = std::move(set);
    }

    struct Sent {
        Pid group;
        Signal signal;
        bool operator==(Sent const&) const = default;
    };

    Pid own_group{10};
    bool leader = true;
    bool ignores = false;
    bool orphaned = false;
    bool hung_up = false;
    std::vector<Sent> sent;
    Ref<terminal::Terminal> terminal;
};

struct TerminalTest : testing::Test {
    TerminalTest() { terminal::register_job_control(jobs); }

    ~TerminalTest() override { jobs.terminal = nullptr; }

    Result<std::string> read(usize most = 100) {
        std::string into(most, '\0');
        auto sink = mem::Sink::kernel(std::as_writable_bytes(std::span(into)));
        into.resize(TRY(terminal->read(sink, true)));
        return into;
    }

    Result<usize> write(std::string_view text) {
        auto source = mem::Source::kernel(bytes_of(text));
        return terminal->write(source, true);
    }

    Jobs jobs;
    Screen screen;
    Ref<terminal::Terminal> terminal =
        make_ref<terminal::Terminal>(vfs::DeviceNumber{4, 64}, "ttyS0", screen);
};

TEST_F(TerminalTest, ReadWaitsForALine) {
    EXPECT_EQ(read().error(), Errno::eagain);
    terminal->receive(bytes_of("ab"));
    EXPECT_EQ(read().error(), Errno::eagain);
    terminal->receive(bytes_of("c\r"));
    EXPECT_EQ(*read(), "abc\n");
    EXPECT_EQ(screen.text, "abc\r\n");
}

TEST_F(TerminalTest, GoesOnAfterABug) {
    terminal->receive(bytes_of("lost"));
    screen.fails = true;
    EXPECT_THROW(terminal->receive(bytes_of("x")), KernelBug);
    screen.fails = false;
    terminal->receive(bytes_of("new\r"));
    auto const line = *read();
    EXPECT_TRUE(line.ends_with("new\n")) << line;
}

TEST_F(TerminalTest, WriteProcessesOutputAndStopsWhenTheDeviceIsFull) {
    EXPECT_EQ(*write("a\nb"), 3u);
    EXPECT_EQ(screen.text, "a\r\nb");
    screen.limit = screen.text.size() + 10;
    EXPECT_EQ(*write("0123456789abcdef"), 10u);
    EXPECT_EQ(write("x").error(), Errno::eagain);
}

TEST_F(TerminalTest, EchoThatFindsNoRoomIsShownLater) {
    screen.limit = 1;
    terminal->receive(bytes_of("abc"));
    EXPECT_EQ(screen.text, "a");
    screen.limit = 100;
    terminal->receive(bytes_of("d"));
    EXPECT_EQ(screen.text, "abcd");
}

TEST_F(TerminalTest, OpeningGivesASessionLeaderItsTerminal) {
    terminal->adopt_by_opening();
    EXPECT_EQ(terminal->session(), Pid{10});
    EXPECT_EQ(terminal->foreground(), Pid{10});
    EXPECT_EQ(jobs.terminal, terminal);
}

TEST_F(TerminalTest, SignalCharactersReachTheForegroundGroup) {
    terminal->adopt_by_opening();
    terminal->receive(bytes_of("\003\032"));
    ASSERT_EQ(jobs.sent.size(), 2u);
    EXPECT_EQ(jobs.sent[0], (Jobs::Sent{Pid{10}, Signal::interrupt}));
    EXPECT_EQ(jobs.sent[1], (Jobs::Sent{Pid{10}, Signal::tstp}));
}

TEST_F(TerminalTest, BackgroundReadersAreStoppedOrRefused) {
    terminal->adopt_by_opening();
    terminal->receive(bytes_of("line\n"));
    jobs.own_group = Pid{20};
    EXPECT_EQ(read().error(), Errno::erestartsys);
    EXPECT_EQ(jobs.sent.back(), (Jobs::Sent{Pid{20}, Signal::ttin}));
    jobs.orphaned = true;
    EXPECT_EQ(read().error(), Errno::eio);
    jobs.own_group = Pid{10};
    EXPECT_EQ(*read(), "line\n");
}

TEST_F(TerminalTest, WindowSizeChangesAreSignalledOnce) {
    terminal->adopt_by_opening();
    terminal->set_window_size({.rows = 24, .columns = 80});
    terminal->set_window_size({.rows = 24, .columns = 80});
    ASSERT_EQ(jobs.sent.size(), 1u);
    EXPECT_EQ(jobs.sent[0].signal, Signal::winch);
}

TEST_F(TerminalTest, HangUpEndsReadsAndFailsWrites) {
    terminal->adopt_by_opening();
    terminal->receive(bytes_of("typed before\n"));
    terminal->hang_up();
    EXPECT_TRUE(jobs.hung_up);
    EXPECT_FALSE(jobs.terminal);
    EXPECT_EQ(*read(), "");
    EXPECT_EQ(write("x").error(), Errno::eio);
    EXPECT_TRUE(terminal->poll(nullptr).has(vfs::Poll::hang_up));
}

struct PtyTest : testing::Test {
    PtyTest() { terminal::register_job_control(jobs); }

    std::string master_read() {
        std::string into(100, '\0');
        auto sink = mem::Sink::kernel(std::as_writable_bytes(std::span(into)));
        auto const count = pty->master_read(sink, true);
        into.resize(count ? *count : 0);
        return into;
    }

    Result<usize> type(std::string_view text) {
        auto source = mem::Source::kernel(bytes_of(text));
        return pty->master_write(source, true);
    }

    Jobs jobs;
    Ref<terminal::Pty> pty = make_ref<terminal::Pty>(3u);
};

TEST_F(PtyTest, MasterTypesAndSeesEchoAndOutput) {
    EXPECT_EQ(*type("ls\n"), 3u);
    EXPECT_EQ(master_read(), "ls\r\n");
    auto source = mem::Source::kernel(bytes_of("out\n"));
    EXPECT_EQ(*static_cast<terminal::Terminal&>(*pty).write(source, true), 4u);
    EXPECT_TRUE(pty->master_poll(nullptr).has(vfs::Poll::in));
    EXPECT_EQ(master_read(), "out\r\n");
}

TEST_F(PtyTest, MasterSeesWhenTheLastSlaveCloses) {
    pty->add_user();
    EXPECT_FALSE(pty->master_poll(nullptr).has(vfs::Poll::hang_up));
    pty->remove_user();
    EXPECT_TRUE(pty->master_poll(nullptr).has(vfs::Poll::hang_up));
    std::byte byte[1];
    auto sink = mem::Sink::kernel(byte);
    EXPECT_EQ(pty->master_read(sink, true).error(), Errno::eio);
}

TEST_F(PtyTest, MasterIsHeldUpWhileReadersLag) {
    std::string const lines(5000, '\n');
    auto const typed = type(lines);
    ASSERT_TRUE(typed);
    EXPECT_LT(*typed, lines.size());
    EXPECT_EQ(type("x").error(), Errno::eagain);
    std::byte buffer[100];
    auto sink = mem::Sink::kernel(buffer);
    EXPECT_EQ(*pty->read(sink, true), 1u);
    EXPECT_EQ(*type("x"), 1u);
}

} // namespace
