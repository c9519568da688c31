// What the parts of the corners guest program share: it tries the corner cases of system calls and
// prints what each brings. The same static binary runs on Linux, which says what is right.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace corners {

/// One group of corner cases. It starts in an empty directory, as root.
struct Section {
    char const* name;
    void (*run)();
};

extern std::span<Section const> const attribute_sections;
extern std::span<Section const> const child_sections;
extern std::span<Section const> const descriptor_sections;
extern std::span<Section const> const event_sections;
extern std::span<Section const> const exec_sections;
extern std::span<Section const> const file_sections;
extern std::span<Section const> const memory_sections;
extern std::span<Section const> const name_sections;
extern std::span<Section const> const process_sections;
extern std::span<Section const> const schedule_sections;
extern std::span<Section const> const session_sections;
extern std::span<Section const> const shell_sections;
extern std::span<Section const> const signal_sections;
extern std::span<Section const> const terminal_sections;
extern std::span<Section const> const time_sections;
extern std::span<Section const> const trace_sections;
extern std::span<Section const> const transfer_sections;

/// Prints "call = 3" or "call = EBADF" by errno, and returns the result.
long show(char const* call, long result);

/// Prints a call and what it brought.
#define SHOW(call) ::corners::show(#call, static_cast<long>(call))

/// Prints a name and a number, or some text.
void say(char const* name, long value);
void say(char const* name, std::string_view text);

/// A new file with this content; its descriptor, open for reading and writing.
int file_with(char const* name, std::string_view content);

/// The whole file from its beginning, zeroes as '.'.
std::string content(int file);

/// Forks, runs `work` in the child, which then exits with 0, and returns its wait status.
int in_child(std::function<void()> const& work);

/// How a child ended: "exit 3", "signal 11".
std::string ending(int status);

/// Becomes the user 65534 without groups or capabilities.
void become_nobody();

inline constexpr unsigned nobody = 65534;

/// Waits until the process or thread has this state letter in /proc.
void await_state(int process, char state);

} // namespace corners
