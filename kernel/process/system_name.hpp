// What uname(2) and /proc/sys/kernel say, and the names that may be changed.
#pragma once

#include "kernel/sync/locked.hpp"
#include "libs/base/string.hpp"

namespace process {

/// Programs compare these with Linux's: the release says whose system calls are here.
inline constexpr std::string_view system_name = "Linux";
inline constexpr std::string_view system_release = "6.1.0-linnet";
inline constexpr std::string_view system_version = "#1 SMP PREEMPT Linnet";
inline constexpr std::string_view machine_name = "x86_64";
inline constexpr usize longest_host_name = 64;

String host_name();
void set_host_name(std::string_view name);
String domain_name();
void set_domain_name(std::string_view name);

} // namespace process
