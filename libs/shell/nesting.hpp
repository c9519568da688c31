// Bounds how deep the parser calls itself.
#pragma once

#include "libs/shell/parser.hpp"

namespace shell {

class Parser::Nesting {
public:
    explicit Nesting(Parser& parser) : parser_(parser) {
        if (++parser_.depth_ > deepest)
            parser_.fail(parser_.at_, "nested too deeply");
    }

    Nesting(Nesting const&) = delete;

    ~Nesting() { --parser_.depth_; }

private:
    Parser& parser_;
};

} // namespace shell
