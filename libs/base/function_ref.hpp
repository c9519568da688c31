// FunctionRef: a callable borrowed for the length of one call.
#pragma once

#include "libs/base/annotations.hpp"

#include <type_traits>
#include <utility>

template <class Signature>
class FunctionRef;

template <class Value, class... Arguments>
class FunctionRef<Value(Arguments...)> {
public:
    template <class Callable>
        requires(!std::is_same_v<std::remove_cvref_t<Callable>, FunctionRef> &&
                 std::is_invocable_r_v<Value, Callable&, Arguments...>)
    FunctionRef(Callable&& callable LIFETIME_BOUND)
        : object_(const_cast<void*>(static_cast<void const*>(std::addressof(callable)))),
          call_([](void* object, Arguments... arguments) -> Value {
              return (*static_cast<std::remove_reference_t<Callable>*>(object))(
                  std::forward<Arguments>(arguments)...);
          }) {}

    Value operator()(Arguments... arguments) const {
        return call_(object_, std::forward<Arguments>(arguments)...);
    }

private:
    void* object_;
    Value (*call_)(void*, Arguments...);
};
