// /proc/sys: the few settings that programs read.
#include "kernel/fs/proc/nodes.hpp"

namespace proc {

namespace {

Result<void> write_pid_max(TextSink& into) {
    format_to(into, "{}\n", process::Tree::most);
    return {};
}

Result<void> write_nr_open(TextSink& into) {
    format_to(into, "{}\n", process::Descriptors::most);
    return {};
}

/// Allocation never promises more than demand paging can later refuse: heuristic overcommit.
Result<void> write_overcommit(TextSink& into) {
    into.write("0\n");
    return {};
}

} // namespace

Result<Ref<vfs::Inode>> settings_directory(vfs::FileSystem& file_system) {
    auto const directory = [&] { return make_ref<vfs::FixedDirectory>(file_system, 0555); };
    auto root = directory();
    auto kernel = directory();
    kernel->add("pid_max", TRY(vfs::simple_file(file_system, 0444, write_pid_max)));
    auto files = directory();
    files->add("nr_open", TRY(vfs::simple_file(file_system, 0444, write_nr_open)));
    auto memory = directory();
    memory->add("overcommit_memory", TRY(vfs::simple_file(file_system, 0444, write_overcommit)));
    root->add("fs", std::move(files));
    root->add("kernel", std::move(kernel));
    root->add("vm", std::move(memory));
    return Ref<vfs::Inode>(std::move(root));
}

} // namespace proc
