// mv: renames files, or moves them from one file system to another.
#include "user/options/options.hpp"
#include "user/tree/tree.hpp"

namespace {

constexpr Option options[] = {{'n', "no-clobber", "leave what is there already"},
                              {'v', "verbose", "say what is moved"}};

void move(std::string_view from, std::string_view to, CommandLine const& line) {
    if (line.has('n') && os::status(to, os::Links::not_follow))
        return;
    auto renamed = os::rename(from, to);
    if (!renamed && renamed.error() == Errno::exdev) {
        // Where renaming would have refused, so does this.
        auto const there = os::status(to, os::Links::not_follow);
        if (there && there->type != os::FileType::directory)
            (void)os::remove(to);
        if (!tree::copy(from, to, {.recursive = true, .keep = true}))
            return;
        tree::remove(from, false);
        renamed = {};
    }
    if (!renamed)
        complain(from, format("to {}: {}", to, renamed.error()));
    else if (line.has('v'))
        os::print("{} -> {}\n", from, to);
}

} // namespace

int main() {
    CommandLine const line("FROM... TO",
                           "Renames a file to TO, or moves files into the directory TO.", options);
    line.need_operands(2);
    auto sources = line.operands();
    auto const target = sources.back();
    sources.pop_back();
    auto const there = os::status(target);
    if (sources.size() > 1 && (!there || there->type != os::FileType::directory)) {
        complain(target, there ? Error(Errno::enotdir) : there.error());
        return exit_status();
    }
    for (auto const source : sources)
        move(source, tree::destination(source, target), line);
    return exit_status();
}
