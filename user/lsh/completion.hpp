// What Tab offers: commands, files and variables.
#pragma once

#include "libs/edit/editor.hpp"
#include "libs/shell/complete.hpp"
#include "user/lsh/shell.hpp"

namespace lsh {

class Completer final : public edit::Completer {
public:
    explicit Completer(Shell& shell) : shell_(shell) {}

    edit::Completions complete(std::string_view line, usize cursor) override;

private:
    void add(edit::Completions& into, std::string_view name, bool whole);
    void commands(edit::Completions& into);
    void files(edit::Completions& into);
    void variables(edit::Completions& into);
    String directory() const;

    Shell& shell_;
    shell::ToComplete what_;
};

} // namespace lsh
