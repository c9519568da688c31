// What a program is started with: arguments and environment; and its working directory.
#pragma once

#include "libs/base/string.hpp"
#include "user/abi/linnet.h"
#include "user/os/error.hpp"

#include <optional>

namespace os {

/// Texts that end with a null pointer, as main() has them: a range of std::string_view.
class Texts {
public:
    class Iterator {
    public:
        constexpr explicit Iterator(char* const* at) : at_(at) {}

        std::string_view operator*() const { return *at_; }

        constexpr Iterator& operator++() {
            ++at_;
            return *this;
        }

        bool operator==(std::nullptr_t) const { return at_ == nullptr || *at_ == nullptr; }

    private:
        char* const* at_;
    };

    constexpr explicit Texts(char* const* list) : list_(list) {}

    Iterator begin() const { return Iterator(list_); }

    constexpr std::nullptr_t end() const { return nullptr; }

    usize size() const;
    /// Empty when there are not so many.
    std::string_view operator[](usize index) const;

    char* const* data() const { return list_; }

    /// Without the first `count`, or with none.
    Texts from(usize count) const;

private:
    char* const* list_;
};

/// The program's name, then its arguments. Live as long as the process.
inline Texts arguments() {
    return Texts(linnet_process.arguments);
}

/// "NAME=value" each, as the process was started with.
inline Texts environment() {
    return Texts(linnet_process.environment);
}

/// The value of an environment variable; lives as long as the process.
std::optional<std::string_view> variable(std::string_view name);

/// The last component of the program's name, for messages.
std::string_view program_name();

Result<String> working_directory();
Result<void> change_directory(std::string_view path);
/// The same path from the root: it still holds when the working directory is another one.
String absolute_path(std::string_view path);

/// Ends the process after what at_exit() registered.
[[noreturn]] inline void exit(int status) {
    linnet_exit(status);
}

/// ENOMEM.
Result<void> at_exit(void (*function)(void*), void* argument = nullptr);

/// Prints "PROGRAM: text" to standard error.
template <class... Arguments>
void complain(Format<Arguments...> text, Arguments const&... arguments);

/// The same, and ends the process with `status`. Inlined, so that calls are of exit(), behind which
/// cmake/traps.h puts a trap by its name.
template <class... Arguments>
[[noreturn, gnu::always_inline]] inline void die(int status, Format<Arguments...> text,
                                                 Arguments const&... arguments) {
    complain(text, arguments...);
    exit(status);
}

} // namespace os

#include "user/os/stream.hpp"

template <class... Arguments>
void os::complain(Format<Arguments...> text, Arguments const&... arguments) {
    PrintSink sink(err);
    sink.write(program_name());
    sink.write(": ");
    format_to(sink, text, arguments...);
    sink.write("\n");
    sink.flush();
}
