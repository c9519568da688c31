// What all Vectors have in common: growing and moving their words.
#include "libs/base/vector.hpp"

#include "libs/base/scope.hpp"

#include <cstring>

void VectorWords::grow(usize wanted, usize element_size, std::align_val_t alignment) {
    if (wanted > SIZE_MAX / element_size)
        throw_out_of_memory();
    usize const grown = std::max(wanted, capacity_ * 2);
    void* const old = data_;
    usize const used = size_ * element_size;
    void* const fresh = ::operator new(grown * element_size, alignment);
    void* unused = fresh;
    Undo const end([&]() noexcept { ::operator delete(unused, alignment); });
    if (used != 0)
        std::memcpy(fresh, old, used);
    data_ = fresh;
    unused = old;
    capacity_ = grown;
}

void VectorWords::take(VectorWords& other) {
    VectorWords const words = other;
    *this = words; // is nothing yet, as its constructor has not come to its end
    Undo restore([&]() noexcept { other = words; });
    other = VectorWords();
    restore.keep();
}

void VectorWords::exchange(VectorWords& other) {
    VectorWords const mine = *this;
    VectorWords const theirs = other;
    Undo restore([&]() noexcept {
        *this = mine;
        other = theirs;
    });
    *this = theirs;
    other = mine;
    restore.keep();
}
