// What is due when a clock goes on, and when it is set.
#include "libs/cron/agenda.hpp"
#include "libs/cron/test_times.hpp"

namespace {

using namespace cron;
using namespace cron::test;

/// An agenda and a clock that is set.
class Clocks : public testing::Test {
protected:
    void at(char const* wall) {
        now_ = {seconds(wall) * 1000, 5'000'000};
        agenda_.emplace(Zone(), now_);
    }

    void add(char const* line) { agenda_->add(schedule_of(line)); }

    /// What runs till then, with the daemon waking when something is due.
    std::string pass(i64 minutes) {
        std::string ran;
        i64 const until = now_.wall + minutes * 60'000;
        while (auto const next = agenda_->next()) {
            i64 const step = std::max<i64>(*next * 1000 - now_.wall, 0);
            if (now_.wall + step > until)
                break;
            now_ = {now_.wall + step, now_.steady + step};
            ran += take();
        }
        now_ = {until, now_.steady + (until - now_.wall)};
        return ran + take();
    }

    std::string set(char const* wall) {
        now_.wall = seconds(wall) * 1000;
        return take();
    }

    std::string take() {
        std::string ran;
        for (usize const index : agenda_->take_due(now_))
            ran.push_back(static_cast<char>('a' + index));
        return ran;
    }

    Moment now_ = {};
    std::optional<Agenda> agenda_;
};

TEST_F(Clocks, GoOn) {
    at("2026-05-05 11:58");
    add("0 12 * * *");
    add("* * * * *");
    EXPECT_EQ(pass(4), "babbb");
}

TEST_F(Clocks, AreSetForwardALittle) {
    at("2026-05-05 11:00");
    add("30 12 * * *");
    add("45 * * * *");
    add("0 15 * * *");
    EXPECT_EQ(pass(10), "");
    EXPECT_EQ(set("2026-05-05 13:00"), "a"); // skipped, once; 11:45 and 12:45 are not made up
    EXPECT_EQ(pass(120), "bbc");
}

TEST_F(Clocks, AreSetForwardByMinutes) {
    at("2026-05-05 11:00:30");
    add("* * * * *");
    EXPECT_EQ(pass(1), "a");
    EXPECT_EQ(set("2026-05-05 11:04:30"), "a");
    EXPECT_EQ(pass(0), "aa"); // as many as there were minutes
}

TEST_F(Clocks, AreSetForwardMuch) {
    at("2026-05-05 11:00");
    add("30 12 * * *");
    add("0 16 * * *");
    add("0 * * * *");
    EXPECT_EQ(set("2026-05-05 16:00:20"), "bc"); // the minute that it is, not what was skipped
    EXPECT_EQ(pass(60), "c");
}

TEST_F(Clocks, AreSetBackALittle) {
    at("2026-05-05 11:59");
    add("0 12 * * *");
    add("15 * * * *");
    EXPECT_EQ(pass(20), "ab");
    EXPECT_EQ(set("2026-05-05 11:10"), "");
    EXPECT_EQ(pass(120), "bb"); // 12:00 was, 11:15 and 12:15 are
    EXPECT_EQ(pass(24 * 60 - 60), std::string(23, 'b') + "a");
}

TEST_F(Clocks, AreSetBackAndJobsAreReadAgain) {
    at("2026-05-05 11:59");
    add("0 12 * * *");
    EXPECT_EQ(pass(20), "a");
    EXPECT_EQ(set("2026-05-05 11:10"), "");
    agenda_->clear();
    add("0 12 * * *");
    add("30 12 * * *");
    EXPECT_EQ(pass(120), "b");
}

TEST_F(Clocks, AreSetBackMuch) {
    at("2026-05-05 11:59");
    add("0 12 * * *");
    EXPECT_EQ(pass(20), "a");
    EXPECT_EQ(set("2026-05-05 07:00"), "");
    EXPECT_EQ(pass(6 * 60), "a");
}

TEST_F(Clocks, AreSteeredWithoutRunningAnythingTwice) {
    at("2026-05-05 11:59:58");
    add("* * * * *");
    add("0 12 * * *");
    now_ = {now_.wall + 2'000, now_.steady + 2'000};
    EXPECT_EQ(take(), "ab");
    now_.wall -= 900;
    EXPECT_EQ(take(), "");
    now_.wall -= 5'000; // set, but within moments
    EXPECT_EQ(take(), "");
    EXPECT_EQ(pass(1), "a");
}

TEST_F(Clocks, StandStillWhileTheDaemonIsStopped) {
    at("2026-05-05 11:00");
    add("* * * * *");
    add("15,30 12 * * *");
    now_ = {now_.wall + 2 * 3'600'000, now_.steady + 2 * 3'600'000};
    EXPECT_EQ(take(), "ab");
    EXPECT_EQ(take(), "");
    EXPECT_EQ(pass(1), "a");
}

TEST_F(Clocks, RunWhatWasAddedSinceTheLastTime) {
    at("2026-05-05 11:59:30");
    now_ = {now_.wall + 30'000, now_.steady + 30'000};
    add("0 12 * * *"); // read again in the moment when it is due
    EXPECT_EQ(take(), "a");
}

} // namespace
