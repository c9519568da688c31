// Command: what is to be started.
#include "user/os/process.hpp"

#include "user/abi/spawn.hpp"

namespace os {

Redirection inherit() {
    return {};
}

Redirection to_null() {
    return {.kind = Redirection::Kind::null};
}

Redirection from_file(std::string_view path) {
    return {.kind = Redirection::Kind::file, .path = path};
}

Redirection to_file(std::string_view path) {
    return {.kind = Redirection::Kind::file,
            .path = path,
            .flags = Open::write_only | Flags(Open::create) | Open::truncate};
}

Redirection append_to_file(std::string_view path) {
    return {.kind = Redirection::Kind::file,
            .path = path,
            .flags = Open::write_only | Flags(Open::create) | Open::append};
}

Redirection to_descriptor(Fd fd) {
    return {.kind = Redirection::Kind::descriptor, .fd = fd};
}

Redirection to_same_as(Fd fd_of_child) {
    return {.kind = Redirection::Kind::descriptor, .of_child = true, .fd = fd_of_child};
}

Command::Command(std::string_view program, std::initializer_list<std::string_view> arguments)
    : program_(program), name_(program) {
    for (auto const text : arguments)
        arguments_.push_back(text);
}

Command& Command::argument(std::string_view text) {
    arguments_.push_back(text);
    return *this;
}

Command& Command::name(std::string_view text) {
    name_ = text;
    return *this;
}

Command& Command::redirect(Fd fd, Redirection redirection) {
    auto const index = static_cast<usize>(fd);
    ensure(index < core::max_descriptors, "a redirection of a descriptor above 63");
    while (redirections_.size() <= index)
        redirections_.push_back({});
    redirections_[index] = std::move(redirection);
    return *this;
}

Command& Command::directory(std::string_view path) {
    directory_ = path;
    return *this;
}

Command& Command::variable(std::string_view assignment) {
    variables_.push_back(assignment);
    return *this;
}

Command& Command::empty_environment() {
    own_environment_ = false;
    return *this;
}

Command& Command::process_group(Pid leader) {
    group_ = leader;
    return *this;
}

Command& Command::foreground_of(Fd terminal) {
    foreground_ = terminal;
    return *this;
}

Command& Command::new_session(std::optional<Fd> terminal) {
    session_ = true;
    terminal_ = terminal;
    return *this;
}

Command& Command::user(Uid user, Gid group) {
    user_ = user;
    group_id_ = group;
    return *this;
}

Command& Command::open_file_limit(Limit limit) {
    open_files_ = limit;
    return *this;
}

Command& Command::default_signals() {
    default_signals_ = true;
    return *this;
}

} // namespace os
