// The system as a whole.
#include "user/os/system.hpp"

#include "abi/process.hpp"
#include "user/os/path.hpp"

#include <charconv>

namespace os {

using core::call;
using core::Syscall;

Result<void> mount(std::string_view source, std::string_view target, std::string_view type,
                   Flags<MountFlag> flags, std::string_view data) {
    return succeeded(call(Syscall::mount, CString(source).data(), CString(target).data(),
                          CString(type).data(), flags.bits(), CString(data).data()));
}

Result<void> unmount(std::string_view target, Unmount how) {
    return succeeded(call(Syscall::umount2, CString(target).data(), how));
}

Result<SystemName> system_name() {
    uapi::SystemName raw;
    TRY(succeeded(call(Syscall::uname, &raw)));
    return SystemName{raw.system, raw.node, raw.release, raw.version, raw.machine};
}

Result<void> set_host_name(std::string_view name) {
    return succeeded(call(Syscall::sethostname, name.data(), name.size()));
}

Result<SystemStatus> system_status() {
    uapi::SystemInformation raw;
    TRY(succeeded(call(Syscall::sysinfo, &raw)));
    u64 const unit = raw.unit;
    return SystemStatus{.uptime = Nanoseconds::seconds(raw.uptime),
                        .memory = raw.total * unit,
                        .free_memory = raw.free * unit,
                        .processes = raw.processes};
}

Uid user_id() noexcept {
    return Uid(static_cast<u32>(call(Syscall::getuid)));
}

Uid effective_user_id() noexcept {
    return Uid(static_cast<u32>(call(Syscall::geteuid)));
}

Gid group_id() noexcept {
    return Gid(static_cast<u32>(call(Syscall::getgid)));
}

Result<void> become(Uid user, Gid group) {
    TRY(succeeded(call(Syscall::setgroups, 1, &group)));
    TRY(succeeded(call(Syscall::setgid, group)));
    return succeeded(call(Syscall::setuid, user));
}

namespace {

std::string_view take_field(std::string_view& rest, char separator) {
    auto const end = rest.find(separator);
    auto const field = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    return field;
}

std::optional<u32> number(std::string_view text) {
    u32 value = 0;
    auto const parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()
               ? std::optional(value)
               : std::nullopt;
}

std::optional<User> find_line(auto const& wanted) {
    auto const text = read_file("/etc/passwd");
    if (!text)
        return std::nullopt;
    for (auto rest = text->view(); !rest.empty();) {
        auto line = take_field(rest, '\n');
        auto const name = take_field(line, ':');
        take_field(line, ':'); // the password
        auto const id = number(take_field(line, ':'));
        auto const group = number(take_field(line, ':'));
        auto const full_name = take_field(line, ':');
        auto const home = take_field(line, ':');
        if (id && group && wanted(name, Uid(*id)))
            return User{name, Uid(*id), Gid(*group), full_name, home, line};
    }
    return std::nullopt;
}

} // namespace

std::optional<User> find_user(std::string_view name) {
    return find_line([&](std::string_view other, Uid) { return other == name; });
}

std::optional<User> find_user(Uid id) {
    return find_line([&](std::string_view, Uid other) { return other == id; });
}

void fill_random(Bytes into) noexcept {
    while (!into.empty()) {
        long const count = call(Syscall::getrandom, into.data(), into.size(), 0);
        if (!core::failed(count))
            into = into.subspan(static_cast<usize>(count));
    }
}

Error power(Power what) {
    long const answer = call(Syscall::reboot, 0xfee1dead, 672274793, what, nullptr);
    return Error(static_cast<Errno>(-answer));
}

void sync() noexcept {
    call(Syscall::sync);
}

Result<String> kernel_log() {
    constexpr int read_all = 3;
    constexpr int buffer_size = 10;
    usize const size = TRY(checked(call(Syscall::syslog, buffer_size, nullptr, 0)));
    Vector<char> buffer(size);
    usize const count = TRY(checked(call(Syscall::syslog, read_all, buffer.data(), size)));
    return String({buffer.data(), count});
}

} // namespace os
