// What execve makes of scripts and strings, and the stack a program starts with.
#include "abi/process.hpp"
#include "kernel/process/exec.hpp"
#include "kernel/process/script.hpp"
#include "kernel/process/start_stack.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

using namespace process;

namespace {

Result<ScriptLine> parse(std::string_view text) {
    return parse_script(bytes_of(text));
}

/// Reads a stack image as a program would.
class Reader {
public:
    explicit Reader(StackImage const& image) : image_(image) {}

    u64 word(u64 at) const {
        u64 value = 0;
        std::memcpy(&value, image_.bytes.data() + (at - image_.stack.value()), sizeof value);
        return value;
    }

    std::string text(u64 at) const {
        // Safe because the image ends with zero bytes.
        return reinterpret_cast<char const*>(image_.bytes.data() + (at - image_.stack.value()));
    }

private:
    StackImage const& image_;
};

} // namespace

TEST(Script, InterpreterAndOneArgument) {
    auto const line = parse("#! /bin/sh  -e  x \nrest");
    ASSERT_TRUE(line);
    EXPECT_EQ(line->interpreter, "/bin/sh");
    EXPECT_EQ(line->argument, "-e  x");
    EXPECT_EQ(parse("#!/bin/sh\n")->argument, "");
    EXPECT_EQ(parse("#!/bin/sh")->interpreter, "/bin/sh");
}

TEST(Script, WithoutInterpreterItIsNoProgram) {
    EXPECT_EQ(parse("#!\n").error(), Errno::enoexec);
    EXPECT_EQ(parse("#!   \n/bin/sh").error(), Errno::enoexec);
    EXPECT_EQ(parse("echo").error(), Errno::enoexec);
}

TEST(Script, APathThatIsCutOffIsRefusedButACutArgumentIsNot) {
    std::string const long_path = "#!/" + std::string(program_start_size, 'x');
    EXPECT_EQ(parse(std::string_view(long_path).substr(0, program_start_size)).error(),
              Errno::enoexec);
    std::string const long_argument = "#!/bin/sh " + std::string(program_start_size, 'x');
    EXPECT_TRUE(parse(std::string_view(long_argument).substr(0, program_start_size)));
}

TEST(Strings, ScriptsPutTheInterpreterInFront) {
    Strings strings;
    ASSERT_TRUE(strings.add("./script"));
    ASSERT_TRUE(strings.add("one"));
    strings.remove_front();
    strings.insert_front("/tmp/script");
    strings.insert_front("/bin/sh");
    EXPECT_EQ(strings.count(), 3u);
    EXPECT_EQ(strings.bytes(), std::string_view("/bin/sh\0/tmp/script\0one\0", 24));
}

TEST(Strings, OneStringHasALimit) {
    Strings strings;
    EXPECT_TRUE(strings.add(std::string(Strings::longest - 1, 'x')));
    EXPECT_EQ(strings.add(std::string(Strings::longest, 'x')).error(), Errno::e2big);
}

TEST(Strings, TheirTotalFollowsTheStackLimit) {
    EXPECT_EQ(argument_limit(8_MiB), 2_MiB);
    EXPECT_EQ(argument_limit(uapi::unlimited), 6_MiB);
    EXPECT_EQ(argument_limit(4096), 128_KiB);
}

TEST(StartStack, HoldsWhatTheAbiSays) {
    StackContents contents;
    contents.arguments = std::string_view("prog\0two\0", 9);
    contents.argument_count = 2;
    contents.environment = std::string_view("A=1\0", 4);
    contents.environment_count = 1;
    contents.file_name = "/bin/prog";
    UserAddr const top(0x7fff'0000'0000);
    auto const image = build_stack(top, contents, {{uapi::at_pagesz, 4096}});
    Reader const stack(image);

    u64 at = image.stack.value();
    EXPECT_EQ(at % 16, 0u);
    EXPECT_EQ(image.stack + image.bytes.size(), top);
    EXPECT_EQ(stack.word(at), 2u);
    EXPECT_EQ(stack.text(stack.word(at + 8)), "prog");
    EXPECT_EQ(stack.text(stack.word(at + 16)), "two");
    EXPECT_EQ(stack.word(at + 24), 0u);
    EXPECT_EQ(stack.text(stack.word(at + 32)), "A=1");
    EXPECT_EQ(stack.word(at + 40), 0u);

    std::map<u64, u64> auxiliary;
    for (at += 48; stack.word(at) != uapi::at_null; at += 16)
        auxiliary[stack.word(at)] = stack.word(at + 8);
    EXPECT_EQ(auxiliary[uapi::at_pagesz], 4096u);
    EXPECT_EQ(stack.text(auxiliary[uapi::at_execfn]), "/bin/prog");
    EXPECT_EQ(stack.text(auxiliary[uapi::at_platform]), "x86_64");
    EXPECT_NE(auxiliary[uapi::at_random], 0u);
    EXPECT_EQ(image.arguments_end - image.arguments_start, 9u);
    EXPECT_EQ(image.environment_end - image.environment_start, 4u);
}

TEST(StartStack, IsAlignedWhateverItHolds) {
    std::string environment;
    for (usize count = 0; count < 20; ++count) {
        StackContents contents;
        contents.environment = environment;
        contents.environment_count = count;
        contents.file_name = "x";
        EXPECT_EQ(build_stack(UserAddr(0x10'0000), contents, {}).stack.value() % 16, 0u);
        environment += std::string("v", 1) + std::to_string(count) + '\0';
    }
}
