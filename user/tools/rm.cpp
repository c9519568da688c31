// rm: removes files and trees.
#include "user/options/options.hpp"
#include "user/tree/tree.hpp"

namespace {

constexpr Option options[] = {{'r', "recursive", "directories, too, with everything in them"},
                              {'f', "force", "it is no error when there is no such file"},
                              {'v', "verbose", "say what is removed"}};

} // namespace

int main() {
    CommandLine const line("FILE...", "Removes files. Links are removed, not what they lead to.",
                           options);
    if (!line.has('f'))
        line.need_operands(1);
    for (auto const path : line.operands()) {
        auto const name = tree::base_name(path);
        auto const status = os::status(path, os::Links::not_follow);
        if (!status) {
            if (!line.has('f') || !(status.error() == Errno::enoent))
                complain(path, status.error());
        } else if (name == "." || name == ".." || name == "/")
            complain(path, "is not removed");
        else if (status->type == os::FileType::directory && !line.has('r'))
            complain(path, "is a directory; -r removes those");
        else
            tree::remove(path, line.has('v'));
    }
    return exit_status();
}
