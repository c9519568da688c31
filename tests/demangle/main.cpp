// Demangles every symbol of the ELF files that it is given, on a small stack and in little memory,
// and compares with the C++ library's demangler (A14.1).
#include "libs/demangle/demangle.hpp"
#include "libs/symbols/elf_file.hpp"
#include "runner/os.hpp"

#include <algorithm>
#include <cstdlib>
#include <cxxabi.h>
#include <fmt/core.h>
#include <malloc.h>
#include <memory>
#include <new>
#include <pthread.h>
#include <set>

namespace {

constexpr std::size_t stack_size = 64 * 1024;
constexpr std::size_t most_memory = 64 * 1024;

/// What this thread holds of the heap, and the most it ever did.
thread_local std::size_t held = 0;
thread_local std::size_t most_held = 0;

void* counted(std::size_t size, std::size_t alignment) {
    void* const block =
        std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (block == nullptr)
        throw std::bad_alloc();
    held += malloc_usable_size(block);
    most_held = std::max(most_held, held);
    return block;
}

void give_back(void* block) {
    held -= malloc_usable_size(block);
    std::free(block);
}

struct Work {
    std::string name;
    std::string text = "-";
    std::size_t memory = 0;
};

/// Only our own part runs on the small stack: the library's takes more for long names.
void* demangle_all(void* argument) {
    for (auto& work : *static_cast<std::vector<Work>*>(argument)) {
        held = most_held = 0;
        auto const result = demangle::name(work.name);
        work.memory = most_held;
        if (result)
            work.text = result->view();
    }
    return nullptr;
}

void on_small_stack(std::vector<Work>& all) {
    pthread_attr_t attributes;
    pthread_t thread;
    if (pthread_attr_init(&attributes) != 0 ||
        pthread_attr_setstacksize(&attributes, stack_size) != 0 ||
        pthread_create(&thread, &attributes, demangle_all, &all) != 0 ||
        pthread_join(thread, nullptr) != 0) {
        fmt::print("no thread\n");
        std::exit(1);
    }
}

std::string by_library(std::string const& mangled) {
    int status = 0;
    std::unique_ptr<char, decltype(&std::free)> const found(
        abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &status), &std::free);
    return found ? found.get() : "-";
}

/// Why the library of GCC 12 may say something else of the same function, or nothing.
bool is_excused(Work const& work, std::string const& library) {
    auto const has = [&](std::string_view part) { return work.name.contains(part); };
    if (library == "-")
        return has("UlDp")    // it knows no packs in the parameters of lambdas,
               || has("UlT")  // nor templates of lambdas,
               || has("_ZGR") // nor how the ABI numbers temporaries,
               || has("Tn")   // nor kinds of template arguments,
               || has("DC")   // nor structured bindings,
               || has(".");   // nor suffixes of objects
    if (work.text.contains(
            "::~{")) // it names a lambda's destructor by the last name that it has read
        return true;
    if (demangle::shorten(work.text) != demangle::shorten(library))
        return false;
    if (library.contains("( const")) // of a function, where it means nothing
        return true;
    // It takes T_ of a template for that of another, around or within.
    return has("Z") && (has("RT") || has("OT"));
}

std::string repeated(std::string const& part, int times) {
    std::string result;
    for (; times > 0; --times)
        result += part;
    return result;
}

/// The deepest and largest that there can be.
std::vector<Work> hostile() {
    std::vector<Work> all;
    for (std::string const open :
         {"P",       "K",    "PF",   "M1A",     "1AI",       "N1AI",     "1AIX",
          "1AILZ1f", "1AIJ", "Z1f",  "Z1fvEUl", "Z1fvEUlTt", "N1AcvT_I", "DTng",
          "DTcl",    "DTdt", "DTqu", "DTnw",    "DTsr",      "DTsr1aI",  "DTfl",
          "DTcv",    "DTtl", "A",    "Dv_",     "DOng",      "U1xI",     "1AIPF"})
        for (int const times : {10, 30, 45, 60, 80, 95, 150, 2000})
            for (std::string const close : {"", "i", "iE", "Li1E", "v"})
                all.push_back({.name = "_Z1f" + repeated(open, times) + close});
    for (std::string const& name :
         {"_Z1f" + repeated("i", 1500), "_Z1f" + repeated("1AIiE", 1000),
          "_ZN" + repeated("1a", 150) + "E", "_ZN" + repeated("1a", 150) + "C1Ev",
          "_Z15000" + std::string(15000, 'a')})
        all.push_back({.name = name});
    std::string pairs = "_Z1f1AIiE";
    for (char index = '0'; index < '9'; ++index)
        pairs += std::string("S_IS") + index + "_S" + index + "_E";
    all.push_back({.name = pairs});
    return all;
}

} // namespace

void* operator new(std::size_t size) {
    return counted(size, alignof(std::max_align_t));
}

void* operator new(std::size_t size, std::align_val_t alignment) {
    return counted(size, static_cast<std::size_t>(alignment));
}

void operator delete(void* block) noexcept {
    give_back(block);
}

void operator delete(void* block, std::size_t) noexcept {
    give_back(block);
}

void operator delete(void* block, std::align_val_t) noexcept {
    give_back(block);
}

void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
    give_back(block);
}

int main(int argc, char** argv) {
    std::size_t wrong = 0;
    std::size_t memory = 0;
    auto const check_memory = [&](Work const& work) {
        memory = std::max(memory, work.memory);
        if (work.memory > most_memory) {
            ++wrong;
            fmt::print("{} bytes of memory: {:.200}\n", work.memory, work.name);
        }
    };
    for (int each = 1; each < argc; ++each) {
        auto const file = runner::read_file(argv[each]);
        std::set<std::string> names;
        for_each_symbol(file, [&](Elf64_Sym const&, std::string_view name) {
            if (name.starts_with("_Z"))
                names.emplace(name.substr(0, name.find('@')));
        });
        std::vector<Work> all;
        for (auto const& name : names)
            all.push_back({.name = name});
        on_small_stack(all);
        std::size_t excused = 0;
        for (auto const& work : all) {
            check_memory(work);
            auto const library = by_library(work.name);
            if (work.text == library)
                continue;
            if (work.text != "-" && is_excused(work, library)) {
                ++excused;
                continue;
            }
            ++wrong;
            fmt::print("{}\n  library {}\n  ours    {}\n", work.name, library, work.text);
        }
        fmt::print("{}: {} names, {} that the library gets wrong\n", argv[each], all.size(),
                   excused);
        if (all.size() < 50) {
            fmt::print("too few to mean anything\n");
            ++wrong;
        }
    }
    auto worst = hostile();
    on_small_stack(worst);
    for (auto const& work : worst)
        check_memory(work);
    fmt::print("at most {} bytes of memory\n", memory);
    return wrong == 0 ? 0 : 1;
}
