// The default root file system and the /init that starts a command.
#include "runner/initramfs.hpp"

#include "runner/archive.hpp"
#include "runner/console_unit.hpp"
#include "runner/failure.hpp"
#include "runner/os.hpp"

#include <gtest/gtest.h>

namespace {

using namespace runner;

TEST(Initramfs, HoldsDebiansBusyboxByteForByte) {
    auto const archive = base_initramfs();
    EXPECT_NE(archive.find(read_file("/bin/busybox")), std::string::npos);
    auto const listing = list_archive(archive);
    for (auto const* name : {"bin/sh", "bin/ls", "usr/bin/awk", "sbin/poweroff", "dev/console",
                             "etc/passwd", "tmp", "proc"})
        EXPECT_TRUE(listing.has(name)) << name;
    for (auto const* name : {"init", "usr/bin/svc", "usr/sbin/crond"})
        EXPECT_FALSE(listing.has(name)) << name;
    EXPECT_EQ(archive, base_initramfs());
}

TEST(Initramfs, HoldsProgramsWhereTheyAreSaidToBe) {
    auto const listing =
        list_archive(base_initramfs({"linnet/bin/ls=/bin/busybox", "linnet/bin/cat=/bin/busybox"}));
    for (auto const* name : {"linnet", "linnet/bin", "linnet/bin/ls", "linnet/bin/cat"})
        EXPECT_TRUE(listing.has(name)) << name;
    EXPECT_EQ(listing.modes.at("linnet/bin/ls") & 0777U, 0755U);
    auto const unit = list_archive(base_initramfs({"etc/services/x.toml=/etc/passwd"}));
    EXPECT_EQ(unit.modes.at("etc/services/x.toml") & 0777U, 0644U);
    EXPECT_THROW((void)base_initramfs({"linnet/bin/ls"}), Failure);
}

TEST(InitScript, IsShellAndQuotesTheCommand) {
    for (auto const streams : {Streams::terminal, Streams::separate}) {
        auto const script = init_script({"echo", "it's $HOME"}, streams, base_busybox, "xterm");
        EXPECT_TRUE(script.starts_with("#!/bin/busybox sh\n"));
        EXPECT_NE(script.find("echo 'it'\\''s $HOME'"), std::string::npos) << script;
        EXPECT_EQ(capture({"/bin/sh", "-n", "-c", script}, Echo::no).status, 0) << script;
    }
}

TEST(InitScript, ConnectsTheStreams) {
    auto const separate = init_script({"true"}, Streams::separate, base_busybox, "xterm");
    EXPECT_NE(separate.find("true </dev/vport0p1 >/dev/vport0p2 2>/dev/vport0p3\n"),
              std::string::npos);
    auto const terminal = init_script({"true"}, Streams::terminal, base_busybox, "xterm");
    EXPECT_NE(terminal.find("setsid -c true </dev/hvc0 >/dev/hvc0 2>&1\n"), std::string::npos);
}

TEST(InitOverlay, BringsABusyboxForRootsWithoutOne) {
    auto const with = list_archive(init_overlay({"true"}, Streams::separate, own_busybox, "dumb"));
    EXPECT_TRUE(with.has(".linnet/busybox"));
    EXPECT_EQ(with.modes.at("init") & 0777U, 0755U);
    auto const without =
        list_archive(init_overlay({"true"}, Streams::separate, base_busybox, "dumb"));
    EXPECT_FALSE(without.has(".linnet/busybox"));
}

TEST(ConsoleUnit, IsWhatTheCommandAndTheStreamsAskFor) {
    auto const terminal = console_unit({"say", "a \"b\" \\ c\n"}, Streams::terminal, "xterm");
    EXPECT_NE(terminal.find("command = [\"say\", \"a \\\"b\\\" \\\\ c\\u000a\"]\n"),
              std::string::npos)
        << terminal;
    EXPECT_NE(terminal.find("terminal = \"/dev/hvc0\"\n"), std::string::npos);
    EXPECT_NE(terminal.find("\"TERM=xterm\"]\n"), std::string::npos);
    EXPECT_NE(terminal.find("restart = \"crash\"\n"), std::string::npos);
    auto const separate = console_unit({"say"}, Streams::separate, "dumb");
    EXPECT_NE(separate.find("output = \"/dev/vport0p2\"\n"), std::string::npos);
    EXPECT_NE(separate.find("restart = \"never\"\n"), std::string::npos);
    auto const listing = list_archive(services_overlay({"say"}, Streams::console, "linux"));
    EXPECT_TRUE(listing.has("init"));
    EXPECT_TRUE(listing.has("etc/services/console.toml"));
}

} // namespace
