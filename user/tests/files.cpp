// Tests of files, names and directories, in the working directory.
#include "user/os/directory.hpp"
#include "user/os/memory.hpp"
#include "user/tests/check.hpp"

namespace {

using test::fails;
using test::value;

void reading_and_writing() {
    value(os::write_file("a", "one\ntwo\n"));
    CHECK(value(os::read_file("a")) == "one\ntwo\n");
    auto const file = value(os::File::open("a", os::Open::read_write));
    char buffer[16];
    auto const bytes = std::as_writable_bytes(std::span(buffer));
    CHECK(value(file.read(bytes.first(3))) == 3);
    CHECK(std::string_view(buffer, 3) == "one");
    CHECK(value(file.seek(-4, os::From::end)) == 4);
    CHECK(value(file.read_full(bytes)) == 4);
    CHECK(value(file.read(bytes)) == 0);
    CHECK(value(file.read_at(bytes.first(3), 4)) == 3);
    CHECK(std::string_view(buffer, 3) == "two");
    value(file.truncate(2));
    value(file.sync());
    auto const status = value(file.status());
    CHECK(status.size == 2 && status.type == os::FileType::regular && status.links == 1);
    CHECK(value(os::read_file("a")) == "on");
    CHECK(!value(os::read_file("/proc/self/status")).empty());
}

void names() {
    CHECK(fails(os::File::open("absent"), Errno::enoent));
    CHECK(fails(os::status("a/b"), Errno::enotdir));
    Vector<char> many(5000, 'n');
    CHECK(fails(os::status({many.data(), many.size()}), Errno::enametoolong));
    CHECK(fails(os::status({many.data(), 300}), Errno::enametoolong));
    CHECK(fails(os::status(std::string_view("a\0b", 3)), Errno::enoent));
    CHECK(fails(os::status(""), Errno::enoent));
    value(os::rename("a", "b"));
    CHECK(!os::exists("a") && os::exists("b"));
    value(os::make_link("b", "c"));
    CHECK(value(os::status("c")).links == 2);
    value(os::make_symbolic_link("b", "s"));
    CHECK(value(os::read_link("s")) == "b");
    CHECK(value(os::status("s")).type == os::FileType::regular);
    CHECK(value(os::status("s", os::Links::not_follow)).type == os::FileType::symbolic_link);
    value(os::change_mode("b", os::Mode(0640)));
    CHECK(value(os::status("b")).mode == os::Mode(0640));
    value(os::remove("s"));
    value(os::remove("c"));
    CHECK(fails(os::remove("c"), Errno::enoent));
}

void directories() {
    value(os::make_directories("d/e/f"));
    value(os::make_directories("d/e/f"));
    value(os::write_file("d/file", ""));
    CHECK(fails(os::make_directories("d/file/x"), Errno::enotdir));
    CHECK(fails(os::make_directory("d"), Errno::eexist));
    CHECK(fails(os::remove("d"), Errno::eisdir));
    CHECK(fails(os::remove_directory("d"), Errno::enotempty));
    auto directory = value(os::Directory::open("d"));
    int count = 0;
    while (auto const entry = value(directory.next())) {
        CHECK(entry->name == "e" || entry->name == "file");
        CHECK(entry->name != "e" || entry->type == os::FileType::directory);
        ++count;
    }
    CHECK(count == 2);
    for (int i = 0; i < 500; ++i) // more than one buffer of entries
        value(os::write_file(format("d/e/{:04}", i), ""));
    auto const list = value(os::list_directory("d/e"));
    CHECK(list.size() == 501 && list[0] == "0000" && list[499] == "0499" && list[500] == "f");
    CHECK(fails(os::Directory::open("b"), Errno::enotdir));
    String const before = value(os::working_directory());
    value(os::change_directory("d/e"));
    CHECK(value(os::working_directory()) == format("{}/d/e", before));
    value(os::change_directory(before));
}

void mappings() {
    auto memory = value(os::Mapping::anonymous(10'000));
    CHECK(memory.bytes().size() == 12'288);
    memory.bytes()[9'999] = std::byte{1};
    value(os::write_file("m", "mapped"));
    auto const file = value(os::File::open("m", os::Open::read_write));
    auto const of_file =
        value(os::Mapping::of_file(file, 0, 6, os::Access::read | Flags(os::Access::write)));
    CHECK(text_of(of_file.bytes().first(6)) == "mapped");
    of_file.bytes()[0] = std::byte{'M'};
    CHECK(value(os::read_file("m")) == "Mapped");
    CHECK(fails(os::Mapping::of_file(file, 1, 6, os::Access::read), Errno::einval));
}

/// A5.2: never more than was asked, also where not all finds room.
void short_writes() {
    auto const pipe = value(os::make_pipe(os::Open::nonblocking));
    auto const bytes = value(os::Mapping::anonymous(100'000));
    bool any_short = false;
    for (usize size = 1; size < 100'000; size = size * 3 + 1) {
        auto const written = pipe.write_end.write_some(bytes.bytes().first(size));
        CHECK(written ? *written <= size : written.error() == Errno::eagain);
        any_short = any_short || (written && *written < size);
    }
    CHECK(any_short);
}

} // namespace

int main() {
    os::set_creation_mask(os::Mode(022));
    reading_and_writing();
    names();
    directories();
    mappings();
    short_writes();
    return test::verdict();
}
