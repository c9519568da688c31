// What logd and its reader agree on: where it works.
#pragma once

#include "user/options/options.hpp"

inline constexpr std::string_view run_directory = "/run/log";

inline constexpr Option run_option = {0, "run-directory", "of the FIFO, in place of /run/log",
                                      "DIRECTORY"};

/// A symbolic link to the directory of the files.
inline String place_link(std::string_view run) {
    return format("{}/files", run);
}
