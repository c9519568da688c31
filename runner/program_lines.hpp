// Names and source lines of the frames of programs, by their files in the initramfs.
#pragma once

#include "runner/code_place.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace runner {

class ProgramLines {
public:
    /// `find` gives the content of a program or library by its name; empty when it has none.
    explicit ProgramLines(std::function<std::string(std::string const&)> find);
    ~ProgramLines();

    /// What follows a frame: a line per function, innermost first, by DWARF; else the name of the
    /// symbol and how far into it; nothing when the file does not say. `address` is as the file has
    /// it.
    std::string explain(std::string const& name, unsigned long address);

    /// The same in parts; without frames when the file does not say.
    CodePlace place(std::string const& name, unsigned long address);

    /// The file's content; empty when there is none.
    std::string const& file(std::string const& name);

private:
    struct Image;

    Image const& image(std::string const& name);

    std::function<std::string(std::string const&)> find_;
    std::map<std::string, std::unique_ptr<Image>> images_;
};

} // namespace runner
