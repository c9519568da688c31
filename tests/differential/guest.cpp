// Runs all cases inside one system under test and brings their results out over its serial console.
#include "tests/differential/guest.hpp"

#include "runner/archive.hpp"
#include "runner/session.hpp"

#include <array>
#include <cstdio>

#include <fmt/format.h>

namespace differential {
namespace {

// Each case has a directory and a session of its own and 20 seconds; what it leaves running is
// killed.
constexpr char const* driver = R"script(#!/bin/busybox sh
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root TERM=linux
mount -t devtmpfs devtmpfs /dev
mount -t proc proc /proc
mount -t sysfs sysfs /sys 2>/dev/null
mkdir -p /dev/pts /scratch
mount -t devpts devpts /dev/pts
hostname linnet
n=$(cat /cases/first)
while [ -f /cases/$n ]; do
    echo "@@start $n"
    mkdir /scratch/$n
    cd /scratch/$n
    timeout -s KILL 20 setsid sh /cases/$n </dev/null >/scratch/out 2>/scratch/err
    status=$?
    cd /
    kill -9 -1
    echo "@@result $n $status $(wc -c </scratch/out) $(wc -c </scratch/err)"
    base64 /scratch/out
    echo "@@error"
    base64 /scratch/err
    echo "@@end"
    rm -rf /scratch/$n
    n=$((n + 1))
done
echo "@@finished"
poweroff -f
)script";

// How long the console may be silent. Linux says nothing while it boots, and that takes a minute on
// a host with much else to do.
constexpr auto patience = std::chrono::seconds(180);

} // namespace

std::string decode_base64(std::string_view text) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    unsigned bits = 0;
    int count = 0;
    for (char const c : text) {
        auto const value = digits.find(c);
        if (value == std::string_view::npos)
            continue;
        bits = (bits << 6) | static_cast<unsigned>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes += static_cast<char>((bits >> count) & 0xff);
        }
    }
    return bytes;
}

void FrameReader::line(std::string const& text) {
    std::size_t number = 0;
    int status = 0;
    if (std::sscanf(text.c_str(), "@@start %zu", &number) == 1) {
        running = number;
        start_ = std::chrono::steady_clock::now();
        rest.clear();
        in_ = In::nothing;
    } else if (std::sscanf(text.c_str(), "@@result %zu %d %zu %zu", &number, &status, &output_size_,
                           &error_size_) == 4) {
        current_ = {};
        current_.status = status;
        in_ = In::output;
    } else if (text == "@@error") {
        in_ = In::error;
    } else if (text == "@@end" && in_ == In::error) {
        in_ = In::nothing;
        current_.output = decode_base64(current_.output);
        current_.error = decode_base64(current_.error);
        // A log line in the middle of ours can spoil a frame; the case is then run again.
        if (current_.output.size() == output_size_ && current_.error.size() == error_size_) {
            current_.log = rest;
            current_.seconds =
                std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
            if (rest.find("BUG: ") != std::string::npos)
                current_.failure = "a bug in the kernel\n" + rest;
            outcomes[running] = current_;
        }
    } else if (text == "@@finished") {
        finished = true;
    } else if (in_ != In::nothing && text.find(' ') == std::string::npos) {
        (in_ == In::output ? current_.output : current_.error) += text;
    } else {
        rest += text + "\n";
    }
}

std::string case_archive(std::vector<Case> const& cases, std::size_t first) {
    runner::ArchiveWriter archive;
    archive.directory("cases", 0755);
    for (std::size_t i = 0; i < cases.size(); ++i)
        archive.file(fmt::format("cases/{}", i), 0644, cases[i].script);
    archive.file("cases/first", 0644, fmt::format("{}\n", first));
    archive.file("init", 0755, driver);
    return archive.finish();
}

Outcomes run_cases(runner::Setup setup, std::string const& base, std::vector<Case> const& cases,
                   std::string_view who) {
    Outcomes outcomes;
    std::size_t first = 0;
    for (int boots = 0; first < cases.size(); ++boots) {
        auto const archive = runner::memory_file(base + case_archive(cases, first));
        setup.initrd = fmt::format("/proc/self/fd/{}", archive.number());
        FrameReader reader;
        reader.running = first;
        runner::Wiring wiring;
        wiring.idle = patience;
        wiring.on_log_line = [&](std::string const& line) {
            reader.line(line);
            if (line.starts_with("@@start ") && reader.running % 50 == 0)
                fmt::print(stderr, "{}: {} of {}\n", who, reader.running, cases.size());
        };
        auto const result = runner::run_session(setup, wiring);
        for (auto& [number, outcome] : reader.outcomes)
            outcomes.insert_or_assign(number, std::move(outcome));
        if (reader.finished && outcomes.size() == cases.size())
            return outcomes;

        // The first case without a result: garbled once (run again), or it broke the machine.
        std::size_t missing = first;
        while (outcomes.contains(missing))
            ++missing;
        if (missing == reader.running && !reader.finished) {
            auto const tail = reader.rest.size() > 4000 ? reader.rest.size() - 4000 : 0;
            outcomes[missing].failure = fmt::format(
                "{}\n{}",
                result.ending.kind == runner::Ending::Kind::timed_out ? "hung"
                                                                      : "the machine ended",
                reader.rest.substr(tail));
            fmt::print(stderr, "{}: {} broke the machine\n", who, cases[missing].name);
        } else if (missing == first && boots > 0) {
            outcomes[missing].failure = "its result came out garbled\n";
        }
        while (outcomes.contains(first))
            ++first;
        if (boots > 25) {
            for (; first < cases.size(); ++first)
                outcomes[first].failure = "not run: the machine broke too often\n";
        }
    }
    return outcomes;
}

} // namespace differential
