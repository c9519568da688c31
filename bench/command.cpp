// `linnet bench`: decides what to measure, keeps Linux's numbers, and prints the result.
#include "bench/command.hpp"

#include "bench/measure.hpp"
#include "bench/profile.hpp"
#include "bench/table.hpp"
#include "bench/unwind.hpp"
#include "runner/failure.hpp"
#include "runner/os.hpp"
#include "runner/run.hpp"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include <fmt/format.h>

namespace bench {
namespace {

std::vector<Row const*> wanted_rows(std::vector<std::string> const& names) {
    std::vector<Row const*> wanted;
    for (auto const& name : names) {
        auto const* row = find_row(name);
        if (row == nullptr) {
            std::string all;
            for (auto const& known : rows)
                all += fmt::format(" {}", known.name);
            throw runner::Failure(fmt::format("nothing is called '{}'", name),
                                  "choose from:" + all);
        }
        wanted.push_back(row);
    }
    if (names.empty())
        for (auto const& row : rows)
            wanted.push_back(&row);
    return wanted;
}

bool wants(std::vector<Row const*> const& wanted, Source source) {
    return std::ranges::any_of(wanted, [&](auto const* row) { return row->source == source; });
}

/// The measuring program's arguments for these rows: none when it is to do everything.
std::vector<std::string> arguments_for(std::vector<Row const*> const& wanted) {
    std::vector<std::string> names;
    if (!wants(wanted, Source::boot))
        for (auto const* row : wanted)
            if (row->source == Source::operation)
                names.emplace_back(row->name);
    return names;
}

Numbers measure(Subject const& subject, std::string const& base,
                std::vector<Row const*> const& wanted) {
    Numbers numbers;
    if (wants(wanted, Source::boot) || wants(wanted, Source::operation)) {
        fmt::print(stderr, "linnet: counting instructions of {}\n", subject.name);
        numbers = count_instructions(subject, arguments_for(wanted));
    }
    if (wants(wanted, Source::memory)) {
        fmt::print(stderr, "linnet: looking for the smallest memory of {}\n", subject.name);
        numbers["memory"] = smallest_memory(subject.kernel, base);
    }
    return numbers;
}

/// Linux's numbers repeat, so each is measured once for a kernel and an initramfs.
class LinuxNumbers {
public:
    LinuxNumbers(Subject const& subject, std::string const& directory)
        : path_(fmt::format(
              "{}/bench-{:016x}.txt", directory,
              std::hash<std::string>{}(subject.initramfs + runner::read_file(subject.kernel)))) {
        if (!std::filesystem::exists(path_))
            return;
        std::istringstream text(runner::read_file(path_));
        std::string name;
        for (double value = 0; text >> name >> value;)
            known_[name] = value;
    }

    bool knows(Row const& row) const { return known_.contains(std::string(row.name)); }

    void add(Numbers const& numbers) {
        std::string text;
        for (auto const& [name, value] : numbers)
            known_[name] = value;
        for (auto const& [name, value] : known_)
            text += fmt::format("{} {}\n", name, value);
        runner::write_file(path_, text);
    }

    Numbers const& all() const { return known_; }

private:
    std::string path_;
    Numbers known_;
};

std::string debian_linux(std::string const& directory) {
    auto const fetched = directory + "/vmlinuz";
    if (!std::filesystem::exists(fetched))
        runner::output_of({LINNET_FETCH_LINUX, directory});
    return fetched;
}

} // namespace

int bench(Options const& options) {
    if (options.names == std::vector<std::string>{"unwind"}) {
        fmt::print(stderr, "linnet: linking the kernel that halts\n");
        runner::output_of(
            {"cmake", "--build", runner::build_directory(), "--target", "linnet-halting.elf"});
        return bench_unwind(options.check);
    }
    auto const build = runner::build_directory();
    auto const base_path = build + "/initramfs.cpio";
    auto const initramfs = counting_initramfs(runner::read_file(base_path),
                                              runner::read_file(build + "/bench/bench-guest"));
    Subject const linnet{"Linnet", build + "/linnet.elf", initramfs};
    if (!options.profile.empty())
        return print_profile(linnet, options.profile, build + "/bench");

    auto const wanted = wanted_rows(options.names);
    auto const directory = build + "/linux";
    Subject const debian{
        "Linux", options.linux_kernel.empty() ? debian_linux(directory) : options.linux_kernel,
        initramfs};
    LinuxNumbers reference(debian, directory);
    std::vector<Row const*> unknown;
    for (auto const* row : wanted)
        if (row->source != Source::size && (options.fresh || !reference.knows(*row)))
            unknown.push_back(row);
    if (!unknown.empty())
        reference.add(measure(debian, base_path, unknown));

    auto numbers = measure(linnet, base_path, wanted);
    if (wants(wanted, Source::size))
        numbers["size"] = stripped_size(linnet.kernel, build + "/bench/linnet.stripped");
    auto const findings = compare(wanted, numbers, reference.all());
    fmt::print("{}", as_table(findings));
    if (!options.json.empty())
        runner::write_file(options.json, as_json(findings));
    bool const met = std::ranges::all_of(findings, &Finding::goal_met);
    return options.check && !met ? 1 : 0;
}

} // namespace bench
