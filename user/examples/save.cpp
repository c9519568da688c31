// Files and errors: writes a file so that it is always whole, old or new, under its name.
#include "user/os/environment.hpp"
#include "user/os/file.hpp"

namespace {

Result<void> save(std::string_view path, std::string_view text) {
    String const fresh = format("{}.new", path);
    {
        auto const file = TRY(os::File::create(fresh));
        TRY(file.write(text));
        TRY(file.sync());
    } // closed here, whatever happens
    return os::rename(fresh, path);
}

} // namespace

int main() {
    auto const path = os::arguments()[1];
    if (auto const done = save(path, "saved\n"); !done)
        os::die(1, "{}: {}", path, done.error());
    os::print("{}", *os::read_file(path));
}
