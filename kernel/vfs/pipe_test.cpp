// Tests of pipes between host threads that the scheduler runs.
#include "kernel/vfs/pipe.hpp"

#include "kernel/arch/host/machine.hpp"
#include "kernel/task/test_machine.hpp"
#include "kernel/vfs/pipe_ring.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using enum Errno;
using uapi::Open;
using vfs::Poll;
using vfs::operator|;

class Pipe : public ::testing::Test {
protected:
    Pipe() { task::boot_once(); }

    static vfs::PipeEnds make(vfs::OpenFlags flags = Open::nonblocking) {
        return *vfs::create_pipe(flags, vfs::Credentials());
    }

    static Errno code(auto const& result) { return result ? Errno{} : result.error().code(); }

    static Result<usize> write(vfs::File& file, std::string_view text) {
        auto source = mem::Source::kernel(bytes_of(text));
        return file.write(source);
    }

    static std::string read(vfs::File& file, usize most) {
        std::string text(most, '?');
        auto sink = mem::Sink::kernel(std::as_writable_bytes(std::span(text)));
        auto const count = file.read(sink);
        if (!count)
            return uapi::errno_name(count.error().code());
        text.resize(*count);
        return text;
    }
};

TEST_F(Pipe, KeepsBytesInOrder) {
    auto const ends = make();
    EXPECT_EQ(write(*ends.writer, "hello ").value_or(0), 6u);
    EXPECT_EQ(write(*ends.writer, "world").value_or(0), 5u);
    EXPECT_EQ(read(*ends.reader, 3), "hel");
    EXPECT_EQ(read(*ends.reader, 100), "lo world");
    EXPECT_EQ(read(*ends.reader, 1), "EAGAIN");
}

TEST_F(Pipe, HoldsSixtyFourKibibytes) {
    auto const ends = make();
    EXPECT_EQ(write(*ends.writer, std::string(100000, 'x')).value_or(0), 65536u);
    EXPECT_EQ(code(write(*ends.writer, "y")), eagain);
    EXPECT_EQ(read(*ends.reader, 10), std::string(10, 'x'));
    EXPECT_EQ(code(write(*ends.writer, std::string(11, 'y'))), eagain) << "atomic up to PIPE_BUF";
    EXPECT_EQ(write(*ends.writer, std::string(10, 'y')).value_or(0), 10u);
    std::string const all = read(*ends.reader, 70000);
    EXPECT_EQ(all, std::string(65526, 'x') + std::string(10, 'y'));
}

TEST_F(Pipe, EndsTellEachOther) {
    auto ends = make();
    EXPECT_EQ(ends.reader->poll(nullptr), vfs::PollEvents());
    EXPECT_EQ(ends.writer->poll(nullptr), Poll::out | Poll::write_normal);
    ASSERT_TRUE(write(*ends.writer, "x"));
    EXPECT_EQ(ends.reader->poll(nullptr), Poll::in | Poll::read_normal);
    ends.writer = {};
    EXPECT_EQ(ends.reader->poll(nullptr), Poll::in | Poll::read_normal | Poll::hang_up);
    EXPECT_EQ(read(*ends.reader, 10), "x");
    EXPECT_EQ(read(*ends.reader, 10), "");
    ends = make();
    ends.reader = {};
    EXPECT_EQ(code(write(*ends.writer, "x")), epipe);
    EXPECT_TRUE(ends.writer->poll(nullptr).has(Poll::error));
}

TEST_F(Pipe, ChangesItsCapacityWithItsContents) {
    auto const ends = make();
    EXPECT_EQ(vfs::pipe_capacity(*ends.reader).value_or(0), 65536u);
    ASSERT_TRUE(write(*ends.writer, std::string(6000, 'a')));
    read(*ends.reader, 5000);
    ASSERT_TRUE(write(*ends.writer, std::string(6000, 'b')));
    EXPECT_EQ(code(vfs::set_pipe_capacity(*ends.writer, 4096, vfs::Credentials())), ebusy);
    EXPECT_EQ(vfs::set_pipe_capacity(*ends.writer, 5000, vfs::Credentials()).value_or(0), 8192u);
    EXPECT_EQ(read(*ends.reader, 10000), std::string(1000, 'a') + std::string(6000, 'b'));
    EXPECT_EQ(vfs::set_pipe_capacity(*ends.writer, 1, vfs::Credentials()).value_or(0), 4096u);
}

TEST_F(Pipe, OnlyReadsAndWritesInItsDirection) {
    auto const ends = make();
    EXPECT_EQ(code(write(*ends.reader, "x")), ebadf);
    EXPECT_EQ(read(*ends.writer, 1), "EBADF");
    EXPECT_EQ(code(ends.reader->seek(0, vfs::SeekFrom::current)), espipe);
    EXPECT_TRUE(ends.reader->place().dentry->name().view().starts_with("pipe:["));
}

TEST_F(Pipe, AnOpenSeesAnEndThatCameAndWent) {
    // The reader was counted, then the writer opened, wrote and closed before the reader waits.
    auto const pipe = make_ref<vfs::Pipe>();
    auto const seen = pipe->add(true, false);
    pipe->add(false, true);
    pipe->drop(false, true);
    EXPECT_EQ(code(pipe->wait_for_writer(seen)), Errno{});
    pipe->drop(true, false);
    // The writer was there first and goes before the reader waits.
    pipe->add(false, true);
    auto const later = pipe->add(true, false);
    pipe->drop(false, true);
    EXPECT_EQ(code(pipe->wait_for_writer(later)), Errno{});
    pipe->drop(true, false);
}

} // namespace
