// ls: lists directories and files.
#include "user/options/options.hpp"
#include "user/os/directory.hpp"
#include "user/os/special.hpp"
#include "user/os/system.hpp"
#include "user/os/terminal.hpp"
#include "user/os/time.hpp"
#include "user/tree/tree.hpp"

#include <algorithm>

namespace {

constexpr Option options[] = {{'a', "all", "names that begin with a dot, too"},
                              {'l', "long", "mode, links, owner, size, time of each"},
                              {'d', "directory", "directories themselves, not what is in them"},
                              {'h', "human", "sizes in K, M, G"},
                              {'t', "time", "the newest first"},
                              {'S', "size", "the largest first"},
                              {'r', "reverse", "the other way round"},
                              {'R', "recursive", "what is in the directories in them, too"},
                              {'1', "", "one to a line; so it is unless the output is a terminal"}};

struct Entry {
    String name;
    String path;
    os::FileStatus status;
};

char type_letter(os::FileType type) {
    switch (type) {
    case os::FileType::directory:
        return 'd';
    case os::FileType::symbolic_link:
        return 'l';
    case os::FileType::character_device:
        return 'c';
    case os::FileType::block_device:
        return 'b';
    case os::FileType::fifo:
        return 'p';
    case os::FileType::socket:
        return 's';
    default:
        return '-';
    }
}

String mode_text(os::FileStatus const& status) {
    auto const mode = static_cast<u32>(status.mode);
    char text[11] = "-rwxrwxrwx";
    text[0] = type_letter(status.type);
    for (unsigned bit = 0; bit < 9; ++bit)
        if ((mode >> (8 - bit) & 1) == 0)
            text[1 + bit] = '-';

    constexpr struct {
        u32 bit;
        unsigned place;
        char with, without; // the right to execute
    } special[] = {{04000, 3, 's', 'S'}, {02000, 6, 's', 'S'}, {01000, 9, 't', 'T'}};

    for (auto const& one : special)
        if ((mode & one.bit) != 0)
            text[one.place] = text[one.place] == 'x' ? one.with : one.without;
    return String(std::string_view(text, 10));
}

/// Three digits at most, and the unit: 999, 1.5K, 12M.
String human(u64 size) {
    constexpr std::string_view units = "KMGTPE";
    if (size < 1024)
        return format("{}", size);
    usize unit = 0;
    while (size >= 1024 * 1024) {
        size = (size + 512) / 1024;
        ++unit;
    }
    u64 const tenths = (size * 10 + 512) / 1024;
    return tenths < 100 ? format("{}.{}{}", tenths / 10, tenths % 10, units[unit])
                        : format("{}{}", (tenths + 5) / 10, units[unit]);
}

class Lister {
public:
    explicit Lister(CommandLine const& line)
        : line_(line),
          out_(os::out),
          long_(line.has('l')),
          columns_(!line.has('1') && !long_ && os::is_terminal(os::out.fd())) {
        if (columns_) {
            auto const size = os::window_size(os::out.fd());
            width_ = size && size->columns != 0 ? size->columns : 80;
        }
    }

    void add_file(Vector<Entry>& to, std::string_view name, std::string_view path,
                  os::Links links = os::Links::not_follow) {
        auto const status = os::status(path, links);
        if (status)
            to.push_back({name, path, *status});
        else
            complain(path, status.error());
    }

    void directory(std::string_view path, bool title) {
        auto const names = os::list_directory(path);
        if (!names)
            return complain(path, names.error());
        if (title) {
            out_.print("{}{}:\n", any_ ? "\n" : "", path);
            any_ = true;
        }
        Vector<Entry> entries;
        for (auto const& name : *names)
            if (line_.has('a') || !name.view().starts_with('.'))
                add_file(entries, name, tree::join(path, name));
        show(entries);
        if (line_.has('R'))
            for (auto const& entry : entries)
                if (entry.status.type == os::FileType::directory)
                    directory(entry.path, true);
    }

    void show(Vector<Entry>& entries) {
        sort(entries);
        any_ = any_ || !entries.empty();
        if (long_)
            show_long(entries);
        else if (columns_)
            show_columns(entries);
        else
            for (auto const& entry : entries)
                out_.print("{}\n", coloured(entry));
    }

private:
    void sort(Vector<Entry>& entries) const {
        auto const before = [&](Entry const& a, Entry const& b) {
            if (line_.has('t') && a.status.modified != b.status.modified)
                return a.status.modified > b.status.modified;
            if (line_.has('S') && a.status.size != b.status.size)
                return a.status.size > b.status.size;
            return a.name.view() < b.name.view();
        };
        std::sort(entries.begin(), entries.end(), before);
        if (line_.has('r'))
            std::reverse(entries.begin(), entries.end());
    }

    String coloured(Entry const& entry) const {
        std::string_view colour;
        auto const type = entry.status.type;
        if (type == os::FileType::directory)
            colour = colours_.directory();
        else if (type == os::FileType::symbolic_link)
            colour = os::exists(entry.path) ? colours_.link() : colours_.bad();
        else if (type != os::FileType::regular)
            colour = colours_.device();
        else if ((static_cast<u32>(entry.status.mode) & 0111) != 0)
            colour = colours_.program();
        return format("{}{}{}", colour, entry.name, colour.empty() ? "" : colours_.end());
    }

    /// Down, then across, in as many columns as fit.
    void show_columns(Vector<Entry> const& entries) {
        usize longest = 0;
        for (auto const& entry : entries)
            longest = std::max(longest, entry.name.size());
        usize const across = std::max<usize>(1, (width_ + 2) / (longest + 2));
        usize const down = (entries.size() + across - 1) / across;
        for (usize row = 0; row < down; ++row) {
            for (usize i = row; i < entries.size(); i += down) {
                out_.write(coloured(entries[i]));
                if (i + down < entries.size())
                    for (usize k = entries[i].name.size(); k < longest + 2; ++k)
                        out_.write(" ");
            }
            out_.write("\n");
        }
    }

    void show_long(Vector<Entry> const& entries) {
        struct Texts {
            String links, owner, group, size;
        };

        Vector<Texts> texts;
        usize widths[4] = {};
        for (auto const& entry : entries) {
            auto const& status = entry.status;
            bool const device = status.type == os::FileType::character_device ||
                                status.type == os::FileType::block_device;
            auto const& last = texts.push_back(
                {format("{}", status.links), owner(status.owner), format("{}", status.group),
                 device           ? format("{}, {}", os::major_number(status.special_device),
                                           os::minor_number(status.special_device))
                 : line_.has('h') ? human(status.size)
                                  : format("{}", status.size)});
            usize const sizes[] = {last.links.size(), last.owner.size(), last.group.size(),
                                   last.size.size()};
            for (usize i = 0; i < 4; ++i)
                widths[i] = std::max(widths[i], sizes[i]);
        }
        for (usize i = 0; i < entries.size(); ++i) {
            auto const& entry = entries[i];
            auto const date = os::date_of(entry.status.modified.count() / 1'000'000'000);
            out_.write(mode_text(entry.status));
            pad_left(texts[i].links, widths[0] + 1);
            out_.print(" {}", texts[i].owner);
            pad_left("", widths[1] - texts[i].owner.size());
            pad_left(texts[i].group, widths[2] + 1);
            pad_left(texts[i].size, widths[3] + 1);
            out_.print(" {:04}-{:02}-{:02} {:02}:{:02} {}", date.year, date.month, date.day,
                       date.hour, date.minute, coloured(entry));
            if (entry.status.type == os::FileType::symbolic_link)
                if (auto const target = os::read_link(entry.path))
                    out_.print(" -> {}", *target);
            out_.write("\n");
        }
    }

    void pad_left(std::string_view text, usize width) {
        for (usize i = text.size(); i < width; ++i)
            out_.write(" ");
        out_.write(text);
    }

    String owner(Uid id) {
        for (auto const& known : owners_)
            if (known.id == id)
                return known.name;
        auto found = os::find_user(id);
        if (!found) {
            found.emplace();
            found->id = id;
            found->name = format("{}", id);
        }
        return owners_.push_back(*found).name;
    }

    CommandLine const& line_;
    os::BufferedOut out_;
    Colours colours_;
    Vector<os::User> owners_;
    bool long_;
    bool columns_;
    usize width_ = 0;
    bool any_ = false;
};

} // namespace

int main() {
    CommandLine const line(
        "[FILE]...", "Lists files, and what is in directories. Without FILE, the current one.",
        options);
    {
        Lister lister(line);
        auto names = line.operands();
        if (names.empty())
            names.push_back(".");
        Vector<Entry> files;
        Vector<std::string_view> directories;
        for (auto const name : names) {
            auto const status =
                os::status(name, line.has('l') ? os::Links::not_follow : os::Links::follow);
            if (status && status->type == os::FileType::directory && !line.has('d'))
                directories.push_back(name);
            else
                lister.add_file(files, name, name);
        }
        lister.show(files);
        for (auto const directory : directories)
            lister.directory(directory, names.size() > 1 || line.has('R'));
    }
    return exit_status();
}
