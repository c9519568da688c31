// Directories: the size of everything below a directory, by recursion and TRY.
#include "user/os/directory.hpp"
#include "user/os/environment.hpp"

namespace {

Result<u64> total(std::string_view path) {
    u64 sum = 0;
    auto directory = TRY(os::Directory::open(path));
    while (auto const entry = TRY(directory.next())) {
        String const name = format("{}/{}", path, entry->name);
        auto const status = TRY(os::status(name, os::Links::not_follow));
        sum += status.type == os::FileType::directory ? TRY(total(name)) : status.size;
    }
    return sum;
}

} // namespace

int main() {
    auto const sum = total(os::arguments()[1]);
    if (!sum)
        os::die(1, "{}", sum.error());
    os::print("{} bytes\n", *sum);
}
