// Runs the tests that the linker collected.
#include "kernel/ktest/ktest.hpp"

#include "libs/base/bug.hpp"

#include <new>

extern "C" {
extern ktest::Test const __ktests_start[], __ktests_end[];
}

namespace ktest {
namespace {

void print_failure(TextSink& sink, Test const& test, char const* reason,
                   std::source_location const& where) {
    char buffer[256];
    BufferSink line(buffer);
    format_to(line, "ktest FAIL {}: {} {}:{}\n", test.name, reason, where.file_name(),
              where.line());
    sink.write(line.text());
}

bool is_wanted(std::string_view name, std::string_view filter) {
    bool const apart = name.starts_with("halt_") || name.starts_with("long_");
    return apart ? name == filter : name.find(filter) != std::string_view::npos;
}

bool run(TextSink& sink, Test const& test) {
    try {
        test.run();
        char buffer[128];
        BufferSink line(buffer);
        format_to(line, "ktest ok {}\n", test.name);
        sink.write(line.text());
        return true;
    } catch (Failure const& failure) {
        print_failure(sink, test, failure.reason, failure.where);
    } catch (KernelBug const& bug) {
        print_failure(sink, test, bug.what, bug.where);
    } catch (std::bad_alloc const&) {
        print_failure(sink, test, "out of memory", {});
    }
    return false;
}

} // namespace

usize count() {
    return static_cast<usize>(__ktests_end - __ktests_start);
}

usize run_all(TextSink& sink, std::string_view filter) {
    usize passed = 0;
    usize failed = 0;
    for (Test const* test = __ktests_start; test != __ktests_end; ++test) {
        if (!is_wanted(test->name, filter))
            continue;
        if (run(sink, *test))
            ++passed;
        else
            ++failed;
    }
    char buffer[96];
    BufferSink line(buffer);
    format_to(line, "ktest done {} passed {} failed\n", passed, failed);
    sink.write(line.text());
    return failed;
}

} // namespace ktest
