// docs/syscalls.md is what the table says. With LINNET_WRITE_DOCS set the test writes it instead.
#include "kernel/syscall/table.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

namespace {

constexpr char const* path = LINNET_SOURCE "/docs/syscalls.md";

char const* kind_of(sys::Argument const& argument) {
    switch (argument.shape) {
    case sys::Shape::string:
        return "string";
    case sys::Shape::bytes_in:
        return "bytes in";
    case sys::Shape::bytes_out:
        return "bytes out";
    case sys::Shape::array:
        return "array";
    case sys::Shape::address:
        return "address";
    default:
        return argument.after ? "result" : "value";
    }
}

std::string document() {
    std::ostringstream text;
    std::ostringstream missing;
    int there = 0;
    text << "# System calls\n\n"
            "Made from the table in `kernel/syscall/table.cpp`; `kernel/syscall/table_test.cpp` "
            "says\n"
            "how to make it anew. Arguments: a value (a number, flags, a structure that is copied "
            "in),\n"
            "a result (a structure that is copied out), strings, bytes, arrays and addresses.\n\n"
            "| number | name | arguments | what differs from Linux |\n|---|---|---|---|\n";
    for (auto const& known : uapi::syscall_names) {
        auto const number = static_cast<u64>(known.number);
        auto const* const row = sys::find_row(number);
        if (row == nullptr) {
            missing << (missing.tellp() == 0 ? "" : ", ") << known.name;
            continue;
        }
        ++there;
        text << "| " << number << " | " << known.name << " | ";
        for (usize i = 0; i < row->entry.arguments.count; ++i)
            text << (i == 0 ? "" : ", ") << kind_of(row->entry.arguments.items[i]);
        text << " | " << row->note << " |\n";
    }
    text << "\n"
         << there << " of " << std::size(uapi::syscall_names)
         << ". Not there, so that they return ENOSYS and are logged once:\n\n"
         << missing.str() << "\n";
    return text.str();
}

TEST(Table, IsDocumented) {
    if (std::getenv("LINNET_WRITE_DOCS") != nullptr)
        std::ofstream(path) << document();
    std::ifstream file(path);
    std::stringstream written;
    written << file.rdbuf();
    EXPECT_EQ(written.str(), document())
        << "make it anew: LINNET_WRITE_DOCS=1 ctest --test-dir build/host -R unit.syscall";
}

} // namespace
