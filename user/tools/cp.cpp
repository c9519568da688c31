// cp: copies files and trees.
#include "user/options/options.hpp"
#include "user/tree/tree.hpp"

namespace {

constexpr Option options[] = {{'r', "recursive", "directories, too; links in them as links"},
                              {'p', "preserve", "keep owner, times and all mode bits"},
                              {'a', "archive", "the same as -r -p"},
                              {'n', "no-clobber", "leave what is there already"},
                              {'v', "verbose", "say what is copied"}};

} // namespace

int main() {
    CommandLine const line("FROM... TO", "Copies files to the name TO, or into the directory TO.",
                           options);
    line.need_operands(2);
    auto sources = line.operands();
    auto const target = sources.back();
    sources.pop_back();
    auto const there = os::status(target);
    if (sources.size() > 1 && (!there || there->type != os::FileType::directory)) {
        complain(target, there ? Error(Errno::enotdir) : there.error());
        return exit_status();
    }
    tree::CopyOptions const how = {.recursive = line.has('r') || line.has('a'),
                                   .keep = line.has('p') || line.has('a'),
                                   .keep_existing = line.has('n'),
                                   .verbose = line.has('v')};
    for (auto const source : sources)
        tree::copy(source, tree::destination(source, target), how);
    return exit_status();
}
