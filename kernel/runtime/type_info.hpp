// The run-time type information classes whose objects the compiler emits (Itanium C++ ABI, 2.9.5).
#pragma once

#include "libs/base/types.hpp"

#include <typeinfo>

// Names and layouts are the ABI's. Only the virtual functions behind libstdc++'s type_info are
// used.
namespace __cxxabiv1 {

/// Types without structure: int, and so on.
class __fundamental_type_info : public std::type_info {
public:
    ~__fundamental_type_info() override;
};

class __array_type_info : public std::type_info {
public:
    ~__array_type_info() override;
};

class __function_type_info : public std::type_info {
public:
    ~__function_type_info() override;
    bool __is_function_p() const override;
};

class __enum_type_info : public std::type_info {
public:
    ~__enum_type_info() override;
};

/// What pointers and pointers to members share.
class __pbase_type_info : public std::type_info {
public:
    ~__pbase_type_info() override;
    u32 flags; ///< 1 const, 2 volatile, 4 restrict, 64 noexcept: of what is pointed to
    std::type_info const* pointee;
};

class __pointer_type_info : public __pbase_type_info {
public:
    ~__pointer_type_info() override;
    bool __is_pointer_p() const override;
    bool __do_catch(std::type_info const* thrown, void** object, unsigned outer) const override;
};

class __pointer_to_member_type_info : public __pbase_type_info {
public:
    ~__pointer_to_member_type_info() override;
    std::type_info const* context;
};

/// A class without bases.
class __class_type_info : public std::type_info {
public:
    ~__class_type_info() override;
    bool __do_catch(std::type_info const* thrown, void** object, unsigned outer) const override;
    bool __do_upcast(__class_type_info const* target, void** object) const override;
};

/// A class with one public, non-virtual base at offset 0.
class __si_class_type_info : public __class_type_info {
public:
    ~__si_class_type_info() override;
    __class_type_info const* base;
};

/// What handlers may name to catch exceptions of other languages.
class __foreign_exception {
public:
    virtual ~__foreign_exception();
    virtual void never_by_value() = 0;
};

struct __base_class_type_info {
    __class_type_info const* type;
    long offset_and_flags; ///< bit 0 virtual, bit 1 public, offset from bit 8
};

/// Any other class with bases.
class __vmi_class_type_info : public __class_type_info {
public:
    ~__vmi_class_type_info() override;
    u32 flags;
    u32 base_count;
    __base_class_type_info bases[1];
};

} // namespace __cxxabiv1
