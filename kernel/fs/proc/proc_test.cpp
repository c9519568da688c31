// Tests of what /proc says about a process, and to whom.
#include "kernel/fs/proc/nodes.hpp"
#include "kernel/fs/proc/proc.hpp"
#include "kernel/mem/memory_fixture.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace {

using process::Process;
using process::Thread;
using Words = std::vector<std::string>;

Words words_of(std::string const& text) {
    std::istringstream stream(text);
    return {std::istream_iterator<std::string>(stream), {}};
}

/// One process with one thread that never runs.
class Proc : public FreshMemory {
protected:
    Proc() : pid_(std::move(*process::ReservedPid::take())) {
        process_ = make_ref<Process>(pid_.pid(), make_ref<process::SignalHandlers>());
        process_->set_credentials(make_ref<vfs::Credentials>());
        thread_ =
            make_ref<Thread>("odd ) (name", std::move(*mem::KernelStack::allocate("test")), nullptr,
                             pid_.pid(), process_, make_ref<process::Descriptors>(), nullptr);
        auto reference = process_;
        auto tree = process::pid_space().lock();
        pid_.keep(tree);
        process_->enter(tree, reference);
        process_->link_thread(tree, *thread_);
    }

    ~Proc() override {
        process::Gone gone;
        auto tree = process::pid_space().lock();
        process_->unlink_thread(tree, *thread_);
        process_->leave(tree, gone);
    }

    std::string text(proc::Generate generate, proc::Subject const& subject) {
        String into;
        StringSink sink(into);
        EXPECT_TRUE(generate(subject, sink));
        return std::string(into.view());
    }

    std::string text(proc::Generate generate) { return text(generate, {process_, thread_}); }

    /// The value behind "NAME:" in /proc/PID/status.
    std::string status(std::string const& name) {
        std::istringstream lines(text(proc::write_status));
        for (std::string line; std::getline(lines, line);)
            if (line.starts_with(name + ":\t"))
                return line.substr(name.size() + 2);
        return "missing";
    }

    process::ReservedPid pid_;
    Ref<Process> process_;
    Ref<Thread> thread_;
};

TEST(ParsePid, TakesPlainNumbersOnly) {
    EXPECT_EQ(proc::parse_pid("1"), Pid{1});
    EXPECT_EQ(proc::parse_pid("32768"), Pid{32768});
    for (auto const* const bad : {"", "0", "01", "+1", "-1", "1x", "self", "4294967297", " 1"})
        EXPECT_FALSE(proc::parse_pid(bad)) << bad;
}

TEST_F(Proc, StatHasAllFieldsBehindAnyName) {
    auto const stat = text(proc::write_stat);
    auto const name_end = stat.rfind(')'); // as programs look for it
    EXPECT_EQ(stat.substr(0, name_end + 1),
              std::to_string(static_cast<int>(process_->id())) + " (odd ) (name)");
    auto const fields = words_of(stat.substr(name_end + 1));
    EXPECT_EQ(fields.size(), 50u) << "proc(5) knows 52";
    EXPECT_EQ(fields[17], "1") << "threads";
    EXPECT_EQ(stat.back(), '\n');
}

TEST_F(Proc, AZombieHasANameAndAStatusButNoMemory) {
    thread_->set_name("gone");
    {
        auto tree = process::pid_space().lock();
        process_->unlink_thread(tree, *thread_);
    }
    process_->zombie = true;
    process_->status = process::Status::exited(3);
    auto const stat = text(proc::write_stat, {process_, nullptr});
    auto const fields = words_of(stat.substr(stat.rfind(')') + 1));
    ASSERT_EQ(fields.size(), 50u);
    EXPECT_EQ(stat.substr(0, stat.find(')') + 1).substr(stat.find('(')), "(gone)");
    EXPECT_EQ(fields[0], "Z");
    EXPECT_EQ(fields[20], "0") << "vsize";
    EXPECT_EQ(fields[49], std::to_string(3 << 8));
    auto tree = process::pid_space().lock();
    process_->link_thread(tree, *thread_);
}

TEST_F(Proc, StatusTellsSignalsAndUsers) {
    {
        auto actions = process_->handlers()->lock();
        (*actions)[uapi::Signal::hup].handler = uapi::sig_ign;
        (*actions)[uapi::Signal::term].handler = 0x1000;
    }
    EXPECT_EQ(status("SigIgn"), "0000000000000001");
    EXPECT_EQ(status("SigCgt"), "0000000000004000");
    EXPECT_EQ(status("Name"), "odd ) (name");
    EXPECT_EQ(status("Uid"), "0\t0\t0\t0");
    EXPECT_EQ(status("Threads"), "1");
    EXPECT_EQ(status("VmSize"), "missing") << "it has no program";
}

TEST_F(Proc, LimitsHaveLinuxsColumns) {
    process_->set_limit(uapi::Limit::open_files, {1024, ~u64{0}});
    auto const limits = text(proc::write_limits);
    EXPECT_EQ(std::ranges::count(limits, '\n'), 17);
    EXPECT_NE(
        limits.find("Max open files            1024                 unlimited            files"),
        std::string::npos)
        << limits;
}

TEST_F(Proc, OnlyTheOwnerAndRootMayLookInside) {
    proc::Subject const subject{process_, thread_};
    vfs::Credentials other;
    other.uid = other.euid = other.suid = other.fsuid = Uid{1000};
    other.permitted = other.effective = {};
    EXPECT_EQ(proc::check_insight(subject, other).error(), Errno::eacces);
    EXPECT_TRUE(proc::check_insight(subject, vfs::Credentials()));
    process_->set_credentials(make_ref<vfs::Credentials>(other));
    other.gid = other.egid = other.sgid = other.fsgid = process_->credentials()->gid;
    EXPECT_TRUE(proc::check_insight(subject, other));
}

TEST_F(Proc, ASubjectIsFoundWhileItLives) {
    auto const found = proc::find_subject(process_->id());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->process.raw(), process_.raw());
    EXPECT_EQ(found->thread.raw(), thread_.raw());
    EXPECT_TRUE(proc::find_thread_subject(process_->id(), process_->id()));
    EXPECT_EQ(proc::find_subject(Pid{31999}).error(), Errno::esrch);
}

} // namespace
