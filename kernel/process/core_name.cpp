// Where core files go and what they are called: /proc/sys/kernel/core_pattern, as core(5) has it.
#include "kernel/process/core_name.hpp"

#include "kernel/process/system_name.hpp"
#include "libs/base/format.hpp"

#include <algorithm>

namespace process {

namespace {

struct Pattern {
    char text[longest_core_pattern + 1] = "core";
    usize size = 4;
    bool uses_pid = false;
};

constinit ksync::SpinLocked<Pattern, ksync::Rank::process> the_pattern;

Pattern snapshot() {
    return *the_pattern.lock();
}

/// A file's name must not become a path.
void append_name(String& to, std::string_view name) {
    for (char const character : name)
        to.push_back(character == '/' ? '!' : character);
}

String executable_path(Thread& self) {
    auto const file = self.process().executable();
    return file ? vfs::path_of(file->place(), self.fs().root()) : String();
}

/// False: nothing is known by this letter.
bool expand(String& path, char letter, Thread& self, Signal signal) {
    StringSink sink(path);
    auto const number = [&](auto value) {
        format_to(sink, "{}", static_cast<i64>(value));
        return true;
    };
    auto const who = self.credentials();
    switch (letter) {
    case '%':
        path.push_back('%');
        return true;
    case 'p':
    case 'P':
        return number(self.process().id());
    case 'i':
    case 'I':
        return number(self.id());
    case 'u':
        return number(who->uid);
    case 'g':
        return number(who->gid);
    case 'd':
        return number(1); // others are not dumped at all
    case 's':
        return number(signal);
    case 't':
        return number(vfs::wall_now().count() / 1'000'000'000);
    case 'h':
        append_name(path, host_name().view());
        return true;
    case 'e':
        append_name(path, self.name());
        return true;
    case 'f': {
        auto const whole = executable_path(self);
        append_name(path, whole.view().substr(whole.view().rfind('/') + 1));
        return true;
    }
    case 'E':
        append_name(path, executable_path(self).view());
        return true;
    case 'c':
        return number(self.process().soft_limit(uapi::Limit::core));
    default:
        return false;
    }
}

} // namespace

String core_pattern() {
    auto const pattern = snapshot();
    return String(std::string_view(pattern.text, pattern.size));
}

Result<void> set_core_pattern(std::string_view text) {
    if (text.size() > longest_core_pattern || text.starts_with('|'))
        return fail(Errno::einval);
    auto pattern = the_pattern.lock();
    pattern->size = text.size();
    copy_bytes(writable_object_bytes(pattern->text), bytes_of(text));
    return {};
}

bool core_uses_pid() {
    return snapshot().uses_pid;
}

void set_core_uses_pid(bool uses) {
    the_pattern.lock()->uses_pid = uses;
}

String core_path(Thread& self, Signal signal) {
    auto const pattern = snapshot();
    std::string_view const text(pattern.text, pattern.size);
    String path;
    bool has_pid = false;
    for (usize i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            path.push_back(text[i]);
        } else if (i + 1 < text.size()) { // what is unknown, and a % at the end, vanish
            ++i;
            has_pid |= expand(path, text[i], self, signal) && text[i] == 'p';
        }
    }
    if (!has_pid && pattern.uses_pid) {
        path.push_back('.');
        expand(path, 'p', self, signal);
    }
    return path;
}

String core_name(Thread& self) {
    String name("core.");
    append_name(name, self.name());
    name.push_back('.');
    expand(name, 'p', self, {});
    return name;
}

} // namespace process
