// Arguments, environment, working directory.
#include "user/os/environment.hpp"

#include "user/abi/internal.hpp"
#include "user/os/path.hpp"

namespace os {

usize Texts::size() const {
    usize count = 0;
    for (auto at = begin(); at != end(); ++at)
        ++count;
    return count;
}

std::string_view Texts::operator[](usize index) const {
    auto const found = from(index).begin();
    return found == nullptr ? std::string_view() : *found;
}

Texts Texts::from(usize count) const {
    auto* const* at = list_;
    for (; count != 0 && at != nullptr && *at != nullptr; --count)
        ++at;
    return Texts(at);
}

std::optional<std::string_view> variable(std::string_view name) {
    for (auto const entry : environment())
        if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
            return entry.substr(name.size() + 1);
    return std::nullopt;
}

std::string_view program_name() {
    return core::program_name();
}

Result<String> working_directory() {
    char buffer[path_limit];
    auto const size = TRY(checked(core::call(core::Syscall::getcwd, buffer, sizeof buffer)));
    return String({buffer, size - 1});
}

Result<void> change_directory(std::string_view path) {
    return succeeded(core::call(core::Syscall::chdir, CString(path).data()));
}

String absolute_path(std::string_view path) {
    auto const here = path.starts_with('/') ? Result<String>(String()) : working_directory();
    return here && !here->empty() ? format("{}/{}", *here, path) : String(path);
}

Result<void> at_exit(void (*function)(void*), void* argument) {
    return succeeded(linnet_at_exit(function, argument));
}

} // namespace os
