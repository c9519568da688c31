// What code built with -fsanitize=undefined calls when an operation has no defined result.
//
// Names and the records in `data` are those of LLVM's compiler-rt (lib/ubsan). Every entry is the
// variant that does not return. A value is the value itself up to 64 bits, else its address.
#include "kernel/sanitizer/report.hpp"
#include "libs/base/address.hpp"
#include "libs/base/format.hpp"

#include <iterator>

namespace {

struct Location {
    char const* file;
    u32 line;
    u32 column;
};

struct Type {
    u16 kind; ///< 0: integer
    u16 info; ///< integer: bit 0 signed, the rest the logarithm of its bits
    char name[1];

    bool is_integer() const { return kind == 0; }

    bool is_signed() const { return (info & 1) != 0; }

    u32 bits() const { return 1u << (info >> 1); }
};

struct LocationData {
    Location where;
};

struct TypeData {
    Location where;
    Type const& type;
};

struct TwoTypesData {
    Location where;
    Type const& first;
    Type const& second;
};

struct MismatchData {
    Location where;
    Type const& type;
    u8 log_alignment;
    u8 kind;
};

struct AssumptionData {
    Location where;
    Location assumption;
    Type const& type;
};

struct BuiltinData {
    Location where;
    u8 kind;
};

struct ArgumentData {
    Location where;
    Location attribute;
    i32 index;
};

/// A value of a type, to be printed.
struct Value {
    Type const& type;
    u64 handle;
};

void format_value(TextSink& sink, Value const& value, FormatSpec const&) {
    if (!value.type.is_integer()) {
        sink.write("<value>");
    } else if (value.type.bits() > 64) {
        auto const* const words = pointer_to<u64 const>(VirtAddr(value.handle));
        format_to(sink, "0x{:x}{:016x}", words[1], words[0]);
    } else if (value.type.is_signed()) {
        u32 const unused = 64 - value.type.bits();
        format_to(sink, "{}", static_cast<i64>(value.handle << unused) >> unused);
    } else {
        format_to(sink, "{}", value.handle);
    }
}

void format_value(TextSink& sink, Location const& where, FormatSpec const&) {
    std::string_view file(where.file != nullptr ? where.file : "?");
    while (file.starts_with("../")) // from the build directory
        file.remove_prefix(3);
    format_to(sink, "{}:{}:{}", file, where.line, where.column);
}

template <class... Arguments>
[[noreturn]] void found(u64 caller, Location const& where, char const* what,
                        Format<Arguments...> text, Arguments const&... arguments) {
    char buffer[256];
    BufferSink line(buffer);
    format_to(line, "UBSan: {}: {}: ", where, what);
    format_to(line, text, arguments...);
    sanitizer::report({.what = what, .instruction = caller}, line.text());
}

[[noreturn]] void overflow(u64 caller, TypeData const& data, u64 left, char const* operation,
                           u64 right) {
    found(caller, data.where,
          data.type.is_signed() ? "signed integer overflow" : "unsigned integer overflow",
          "{} {} {} cannot be represented in type {}", Value(data.type, left), operation,
          Value(data.type, right), data.type.name);
}

constexpr char const* accesses[] = {"load of",
                                    "store to",
                                    "reference binding to",
                                    "member access within",
                                    "member call on",
                                    "construction of",
                                    "downcast of",
                                    "downcast of",
                                    "upcast of",
                                    "cast to virtual base of",
                                    "_Nonnull binding to",
                                    "dynamic operation on"};

} // namespace

extern "C" {

[[noreturn]] void __ubsan_handle_add_overflow_abort(TypeData* data, u64 left, u64 right) {
    overflow(LINNET_CALLER, *data, left, "+", right);
}

[[noreturn]] void __ubsan_handle_sub_overflow_abort(TypeData* data, u64 left, u64 right) {
    overflow(LINNET_CALLER, *data, left, "-", right);
}

[[noreturn]] void __ubsan_handle_mul_overflow_abort(TypeData* data, u64 left, u64 right) {
    overflow(LINNET_CALLER, *data, left, "*", right);
}

[[noreturn]] void __ubsan_handle_divrem_overflow_abort(TypeData* data, u64 left, u64 right) {
    overflow(LINNET_CALLER, *data, left, "/", right);
}

[[noreturn]] void __ubsan_handle_negate_overflow_abort(TypeData* data, u64 value) {
    overflow(LINNET_CALLER, *data, 0, "-", value);
}

[[noreturn]] void __ubsan_handle_shift_out_of_bounds_abort(TwoTypesData* data, u64 value, u64 by) {
    found(LINNET_CALLER, data->where, "shift out of bounds", "{} of type {} by {}",
          Value(data->first, value), data->first.name, Value(data->second, by));
}

[[noreturn]] void __ubsan_handle_out_of_bounds_abort(TwoTypesData* data, u64 index) {
    found(LINNET_CALLER, data->where, "index out of bounds", "{} in type {}",
          Value(data->second, index), data->first.name);
}

[[noreturn]] void __ubsan_handle_local_out_of_bounds_abort() {
    found(LINNET_CALLER, {}, "index out of bounds", "of a local array");
}

[[noreturn]] void __ubsan_handle_type_mismatch_v1_abort(MismatchData* data, u64 pointer) {
    u64 const alignment = u64{1} << data->log_alignment;
    char const* const access =
        data->kind < std::size(accesses) ? accesses[data->kind] : "access to";
    char const* const what = pointer == 0                       ? "null pointer"
                             : (pointer & (alignment - 1)) != 0 ? "misaligned pointer"
                                                                : "object too small for its type";
    found(LINNET_CALLER, data->where, what, "{} type {} at 0x{:x}, which needs alignment {}",
          access, data->type.name, pointer, alignment);
}

[[noreturn]] void __ubsan_handle_alignment_assumption_abort(AssumptionData* data, u64 pointer,
                                                            u64 alignment, u64 offset) {
    found(LINNET_CALLER, data->where, "misaligned pointer",
          "0x{:x} of type {} is assumed to be aligned to {} at offset {}", pointer, data->type.name,
          alignment, offset);
}

[[noreturn]] void __ubsan_handle_pointer_overflow_abort(LocationData* data, u64 base, u64 result) {
    found(LINNET_CALLER, data->where, "pointer overflow", "0x{:x} became 0x{:x}", base, result);
}

[[noreturn]] void __ubsan_handle_load_invalid_value_abort(TypeData* data, u64 value) {
    found(LINNET_CALLER, data->where, "invalid value", "{} is none of type {}",
          Value(data->type, value), data->type.name);
}

[[noreturn]] void __ubsan_handle_vla_bound_not_positive_abort(TypeData* data, u64 bound) {
    found(LINNET_CALLER, data->where, "array without elements", "bound {}",
          Value(data->type, bound));
}

[[noreturn]] void __ubsan_handle_builtin_unreachable(LocationData* data) {
    found(LINNET_CALLER, data->where, "unreachable code", "was reached");
}

[[noreturn]] void __ubsan_handle_missing_return(LocationData* data) {
    found(LINNET_CALLER, data->where, "missing return", "at the end of a function with a result");
}

[[noreturn]] void __ubsan_handle_invalid_builtin_abort(BuiltinData* data) {
    found(LINNET_CALLER, data->where, "invalid builtin", "{}",
          data->kind == 2 ? "a false assumption" : "counting the zeros of zero");
}

[[noreturn]] void __ubsan_handle_nonnull_arg_abort(ArgumentData* data) {
    found(LINNET_CALLER, data->where, "null argument", "number {} must not be null", data->index);
}

[[noreturn]] void __ubsan_handle_nonnull_return_v1_abort(void*, Location* where) {
    found(LINNET_CALLER, *where, "null result", "of a function that returns none");
}
}
