// Sinks and sources over user pieces and kernel memory, with faults in the middle.
#include "kernel/mem/transfer.hpp"

#include "kernel/mem/space_fixture.hpp"

namespace {

using mem::Sink;
using mem::Source;
using mem::UserRange;

class Transfers : public InSpace {};

TEST_F(Transfers, WriteGoesThroughAllPieces) {
    auto const at = map(2);
    UserRange const pieces[] = {{at + 10, 3}, {at + 100, 0}, {at + page_size - 2, 4}, {at, 5}};
    Sink sink{Slice<UserRange const>(pieces)};
    EXPECT_EQ(sink.left(), 12u);
    EXPECT_EQ(*sink.write(bytes_of("abcde")), 5u);
    EXPECT_EQ(*sink.write(bytes_of("fghij")), 5u);
    EXPECT_EQ(sink.left(), 2u);
    EXPECT_EQ(*sink.write(bytes_of("klmn")), 2u);
    EXPECT_EQ(*sink.write(bytes_of("x")), 0u);
    EXPECT_EQ(sink.done(), 12u);
    EXPECT_EQ(load(at + 10), 'a');
    EXPECT_EQ(load(at + page_size - 2), 'd');
    EXPECT_EQ(load(at + page_size + 1), 'g');
    EXPECT_EQ(load(at + 4), 'l');
}

TEST_F(Transfers, AFaultIsShortAndThenAnError) {
    auto const at = map(1);
    Sink sink(UserRange{at + page_size - 3, 10});
    EXPECT_EQ(*sink.write(bytes_of("12345")), 3u);
    EXPECT_EQ(sink.write(bytes_of("45")).error().code(), Errno::efault);
    EXPECT_EQ(*sink.write({}), 0u);
    Source source(UserRange{at + page_size - 3, 10});
    char got[6] = {};
    EXPECT_EQ(*source.read(std::as_writable_bytes(std::span(got))), 3u);
    EXPECT_STREQ(got, "123");
    EXPECT_EQ(source.read(std::as_writable_bytes(std::span(got))).error().code(), Errno::efault);
}

TEST_F(Transfers, KernelMemoryNeverFaults) {
    char buffer[8] = "zzzzzzz";
    auto sink = Sink::kernel(std::as_writable_bytes(std::span(buffer)));
    EXPECT_EQ(*sink.write(bytes_of("abc")), 3u);
    EXPECT_EQ(*sink.write_zeros(2), 2u);
    EXPECT_EQ(*sink.write(bytes_of("123456")), 3u);
    EXPECT_EQ(std::string_view(buffer, 8), std::string_view("abc\0\0"
                                                            "123",
                                                            8));
    auto source = Source::kernel(bytes_of("hello"));
    char got[4];
    EXPECT_EQ(*source.read(std::as_writable_bytes(std::span(got))), 4u);
    EXPECT_EQ(*source.read(std::as_writable_bytes(std::span(got))), 1u);
    EXPECT_EQ(got[0], 'o');
    EXPECT_EQ(*source.read(std::as_writable_bytes(std::span(got))), 0u);
}

TEST_F(Transfers, ZerosReachUserMemory) {
    auto const at = map(1);
    store(at + 1, 5);
    Sink sink(UserRange{at, 100});
    EXPECT_EQ(*sink.write_zeros(1000), 100u);
    EXPECT_EQ(load(at + 1), 0);
}

TEST_F(Transfers, FaultsOffStopsInsteadOfSleeping) {
    auto const at = map(1);
    arch::FaultsOff const off;
    Sink sink(UserRange{at, 10});
    EXPECT_EQ(sink.write(bytes_of("x")).error().code(), Errno::efault);
}

TEST_F(Transfers, StringsEndOrAreTooLong) {
    auto const at = map(1);
    arch::copy_to_user(at + page_size - 6, std::as_bytes(std::span("hello")));
    char text[16];
    EXPECT_EQ(*arch::copy_string_from_user(text, at + page_size - 6), 5u);
    EXPECT_EQ(
        arch::copy_string_from_user(std::span(text).first(5), at + page_size - 6).error().code(),
        Errno::enametoolong);
    store(at + page_size - 1, 'x');
    EXPECT_EQ(arch::copy_string_from_user(text, at + page_size - 6).error().code(), Errno::efault);
}

TEST_F(Transfers, FutexWordsAreAtomic) {
    auto const at = map(1);
    EXPECT_EQ(*arch::load_user(at), 0u);
    EXPECT_EQ(*arch::compare_exchange_user(at, 0, 7), 0u);
    EXPECT_EQ(*arch::compare_exchange_user(at, 0, 8), 7u);
    EXPECT_EQ(*arch::load_user(at), 7u);
    EXPECT_EQ(arch::load_user(UserAddr(8)).error().code(), Errno::efault);
}

} // namespace
