// RLIMIT_FSIZE.
#pragma once

namespace process {

/// Tells the VFS what each process may write.
void initialise_file_size_limit();

} // namespace process
