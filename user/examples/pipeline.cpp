// Pipelines and redirections: the largest words of a file, as a shell would find them.
#include "user/os/process.hpp"

int main() {
    os::Command split("/bin/busybox", {"tr", "-s", " ", "\n"});
    split.input(os::from_file(os::arguments()[1]));
    os::Command const sort("/bin/busybox", {"sort", "-r"});
    os::Command const first("/bin/busybox", {"head", "-n", "2"});
    auto const status = os::run_pipeline({split, sort, first});
    if (!status)
        os::die(1, "{}", status.error());
    return status->as_exit_code();
}
