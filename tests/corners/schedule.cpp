// Corner cases of scheduling: priorities, policies, affinity, and what capabilities allow.
#include "tests/corners/corners.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <linux/capability.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace corners {
namespace {

void priorities() {
    SHOW(syscall(SYS_getpriority, PRIO_PROCESS, 0));
    SHOW(setpriority(PRIO_PROCESS, 0, 5));
    SHOW(syscall(SYS_getpriority, PRIO_PROCESS, 0));
    SHOW(setpriority(PRIO_PROCESS, 0, 100));
    SHOW(syscall(SYS_getpriority, PRIO_PROCESS, 0));
    SHOW(setpriority(PRIO_PROCESS, 0, -100));
    SHOW(syscall(SYS_getpriority, PRIO_PROCESS, 0));
    SHOW(setpriority(PRIO_PROCESS, 0, 0));
    SHOW(syscall(SYS_getpriority, 9, 0));
    SHOW(syscall(SYS_getpriority, PRIO_PROCESS, 999999));
    SHOW(syscall(SYS_getpriority, PRIO_PGRP, 999999));
    SHOW(syscall(SYS_getpriority, PRIO_USER, 12345));
    SHOW(syscall(SYS_getpriority, PRIO_PROCESS, -1));
    SHOW(setpriority(PRIO_PROCESS, 999999, 0));
    SHOW(setpriority(static_cast<__priority_which>(9), 0, 0));
    pid_t const parent = getpid();
    in_child([=] {
        setpgid(0, 0);
        SHOW(setpriority(PRIO_PGRP, 0, 7));
        SHOW(syscall(SYS_getpriority, PRIO_PROCESS, 0));
        SHOW(syscall(SYS_getpriority, PRIO_PROCESS, parent));
        become_nobody();
        SHOW(setpriority(PRIO_PROCESS, 0, 9));
        SHOW(setpriority(PRIO_PROCESS, 0, 8));
        SHOW(setpriority(PRIO_PROCESS, static_cast<id_t>(parent), 9));
        rlimit const nice{.rlim_cur = 0, .rlim_max = 0};
        SHOW(setrlimit(RLIMIT_NICE, &nice));
        SHOW(syscall(SYS_getpriority, PRIO_USER, 0));
    });
    SHOW(syscall(SYS_ioprio_get, 1, 0));
    SHOW(syscall(SYS_ioprio_set, 1, 0, (2 << 13) | 3));
    SHOW(syscall(SYS_ioprio_get, 1, 0));
    SHOW(syscall(SYS_ioprio_set, 1, 0, (2 << 13) | 9));
    SHOW(syscall(SYS_ioprio_set, 1, 0, 5 << 13));
    SHOW(syscall(SYS_ioprio_get, 9, 0));
    SHOW(syscall(SYS_ioprio_get, 1, 999999));
}

void policies() {
    sched_param parameter{};
    for (int policy = 0; policy < 8; ++policy) {
        std::printf("%d: ", policy);
        show("maximum", sched_get_priority_max(policy));
        show("minimum", sched_get_priority_min(policy));
    }
    SHOW(sched_get_priority_max(-1));
    SHOW(sched_getscheduler(0));
    SHOW(sched_getscheduler(-1));
    SHOW(sched_getscheduler(999999));
    SHOW(sched_getparam(0, &parameter));
    say("priority", parameter.sched_priority);
    SHOW(sched_getparam(0, nullptr));
    SHOW(sched_setscheduler(0, SCHED_BATCH, &parameter));
    SHOW(sched_getscheduler(0));
    SHOW(sched_setscheduler(0, SCHED_IDLE, &parameter));
    SHOW(sched_getscheduler(0));
    in_child([] { SHOW(sched_getscheduler(0)); });
    SHOW(sched_setscheduler(0, SCHED_OTHER, &parameter));
    SHOW(sched_setscheduler(0, SCHED_BATCH | SCHED_RESET_ON_FORK, &parameter));
    SHOW(sched_getscheduler(0));
    in_child([] { SHOW(sched_getscheduler(0)); });
    SHOW(sched_setscheduler(0, SCHED_OTHER, &parameter));
    SHOW(sched_setscheduler(0, 77, &parameter));
    SHOW(sched_setscheduler(0, -1, &parameter));
    SHOW(sched_setscheduler(0, SCHED_OTHER, nullptr));
    parameter.sched_priority = 5;
    SHOW(sched_setscheduler(0, SCHED_OTHER, &parameter));
    SHOW(sched_setparam(0, &parameter));
    parameter.sched_priority = 0;
    SHOW(sched_setparam(0, &parameter));
    SHOW(sched_setparam(999999, &parameter));
    timespec interval{};
    SHOW(sched_rr_get_interval(999999, &interval));
    SHOW(sched_rr_get_interval(-1, &interval));
    SHOW(sched_rr_get_interval(0, nullptr));
    SHOW(sched_yield());
}

void affinity() {
    unsigned long mask[16] = {};
    SHOW(syscall(SYS_sched_getaffinity, 0, 4, mask));
    SHOW(syscall(SYS_sched_getaffinity, 0, 9, mask));
    SHOW(syscall(SYS_sched_getaffinity, 0, sizeof mask, mask) >= 8);
    say("this CPU", static_cast<long>(mask[0]));
    SHOW(syscall(SYS_sched_getaffinity, 0, sizeof mask, nullptr));
    SHOW(syscall(SYS_sched_getaffinity, 999999, sizeof mask, mask));
    mask[0] = 0;
    SHOW(syscall(SYS_sched_setaffinity, 0, sizeof mask, mask));
    mask[0] = 1UL << 60;
    SHOW(syscall(SYS_sched_setaffinity, 0, sizeof mask, mask));
    mask[0] = ~0UL;
    SHOW(syscall(SYS_sched_setaffinity, 0, sizeof mask, mask));
    SHOW(syscall(SYS_sched_setaffinity, 0, 1, mask));
    SHOW(syscall(SYS_sched_setaffinity, 0, 0, mask));
    SHOW(syscall(SYS_sched_setaffinity, 0, 8, nullptr));
    SHOW(syscall(SYS_sched_setaffinity, 999999, 8, mask));
    pid_t const parent = getpid();
    in_child([&] {
        become_nobody();
        SHOW(syscall(SYS_sched_setaffinity, parent, 8, mask));
        SHOW(syscall(SYS_sched_setaffinity, 0, 8, mask));
    });
}

void print_capabilities() {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    __user_cap_data_struct data[2] = {};
    SHOW(syscall(SYS_capget, &header, data));
    std::printf("effective %08x%08x permitted %08x%08x inheritable %08x%08x\n", data[1].effective,
                data[0].effective, data[1].permitted, data[0].permitted, data[1].inheritable,
                data[0].inheritable);
}

void capabilities() {
    print_capabilities();
    __user_cap_header_struct header{.version = 1, .pid = 0};
    __user_cap_data_struct data[2] = {};
    SHOW(syscall(SYS_capget, &header, data));
    std::printf("version %x\n", header.version);
    SHOW(syscall(SYS_capget, &header, nullptr));
    header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = -1};
    SHOW(syscall(SYS_capget, &header, data));
    header.pid = 999999;
    SHOW(syscall(SYS_capget, &header, data));
    SHOW(syscall(SYS_capset, &header, data));
    header.pid = 0;
    in_child([&] {
        data[0] = {.effective = 1, .permitted = 1 | (1 << CAP_KILL), .inheritable = 0};
        data[1] = {};
        SHOW(syscall(SYS_capset, &header, data));
        print_capabilities();
        SHOW(kill(1, 0));
        SHOW(chown("/", 0, 0));
        SHOW(setuid(5));
        SHOW(sethostname("x", 1));
        data[0].permitted |= 1 << CAP_SETUID;
        SHOW(syscall(SYS_capset, &header, data));
        data[0] = {.effective = 1 << CAP_KILL, .permitted = 0, .inheritable = 0};
        SHOW(syscall(SYS_capset, &header, data));
        data[0] = {.effective = 0, .permitted = 1, .inheritable = 1};
        SHOW(syscall(SYS_capset, &header, data));
        print_capabilities();
    });
    in_child([] {
        become_nobody();
        print_capabilities();
        SHOW(kill(1, 0));
        SHOW(kill(getppid(), 0));
    });
    in_child([] {
        SHOW(seteuid(5));
        print_capabilities();
        SHOW(seteuid(0));
        print_capabilities();
    });
}

constexpr Section sections[] = {
    {"priorities", priorities},
    {"policies", policies},
    {"affinity", affinity},
    {"capabilities", capabilities},
};

} // namespace

std::span<Section const> const schedule_sections = sections;

} // namespace corners
