// Reading unit files from a directory.
#pragma once

#include "user/init/outlet.hpp"

/// Every NAME.toml there, by name. What cannot be read is said, or a problem of its unit.
Vector<service::Unit> read_units(std::string_view directory, Outlet& outlet);
