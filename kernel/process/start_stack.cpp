// Builds the stack that a new program starts with.
#include "kernel/process/start_stack.hpp"

#include "abi/process.hpp"

namespace process {

namespace {

/// Fills a block of bytes whose place in user memory is known.
class Writer {
public:
    Writer(Slice<std::byte> bytes, UserAddr start) : bytes_(bytes), at_(start), start_(start) {}

    void move_to(UserAddr at) { at_ = at; }

    UserAddr put(ConstBytes data) {
        UserAddr const here = at_;
        copy_bytes(bytes_.from(at_ - start_).first(data.size()), data);
        at_ += data.size();
        return here;
    }

    UserAddr put(std::string_view text) { return put(bytes_of(text)); }

    void put_word(u64 word) { put(object_bytes(word)); }

private:
    Slice<std::byte> bytes_;
    UserAddr at_;
    UserAddr start_;
};

void put_pointers(Writer& writer, UserAddr first, std::string_view strings) {
    for (usize offset = 0; offset < strings.size(); offset = strings.find('\0', offset) + 1)
        writer.put_word((first + offset).value());
    writer.put_word(0);
}

/// Not compiled into its caller, which owns the bytes: what adds addresses is noexcept.
[[gnu::noinline]] void put_all(Writer writer, StackContents const& contents,
                               Slice<AuxiliaryEntry const> auxiliary, UserAddr random_at,
                               UserAddr arguments_at) {
    UserAddr const environment_at = arguments_at + contents.arguments.size();
    writer.put_word(contents.argument_count);
    put_pointers(writer, arguments_at, contents.arguments);
    put_pointers(writer, environment_at, contents.environment);
    for (auto const& entry : auxiliary) {
        writer.put_word(entry.key);
        writer.put_word(entry.value);
    }
    writer.move_to(random_at);
    writer.put(contents.random);
    writer.put(contents.platform);
    writer.move_to(arguments_at);
    writer.put(contents.arguments);
    writer.put(contents.environment);
    writer.put(contents.file_name);
}

} // namespace

StackImage build_stack(UserAddr top, StackContents const& contents,
                       Vector<AuxiliaryEntry> auxiliary) {
    constexpr usize end_marker = 8;
    usize const names =
        contents.file_name.size() + 1 + contents.environment.size() + contents.arguments.size();
    UserAddr const names_start = top - end_marker - names;
    UserAddr const random_at =
        names_start - (contents.platform.size() + 1) - sizeof contents.random;
    UserAddr const platform_at = random_at + sizeof contents.random;

    UserAddr const arguments_at = names_start;
    UserAddr const environment_at = arguments_at + contents.arguments.size();
    UserAddr const file_name_at = environment_at + contents.environment.size();

    auxiliary.push_back({uapi::at_random, random_at.value()});
    auxiliary.push_back({uapi::at_execfn, file_name_at.value()});
    auxiliary.push_back({uapi::at_platform, platform_at.value()});
    auxiliary.push_back({uapi::at_null, 0});

    usize const pointers = 1 + contents.argument_count + 1 + contents.environment_count + 1;
    usize const words = pointers + 2 * auxiliary.size();
    UserAddr const stack(align_down(random_at.value() - words * sizeof(u64), 16));

    StackImage image;
    image.stack = stack;
    image.arguments_start = arguments_at;
    image.arguments_end = environment_at;
    image.environment_start = environment_at;
    image.environment_end = file_name_at;
    image.auxiliary_start = stack + pointers * sizeof(u64);
    image.auxiliary_end = stack + words * sizeof(u64);
    image.bytes.resize(top - stack); // last: copies of addresses are noexcept

    put_all(Writer(image.bytes, stack), contents, auxiliary, random_at, arguments_at);
    return image;
}

} // namespace process
