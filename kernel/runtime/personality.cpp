// The C++ personality routine and the accessors it uses (Itanium C++ ABI: Exception Handling).
#include "kernel/runtime/abi.hpp"
#include "kernel/runtime/exception.hpp"
#include "kernel/runtime/modules.hpp"
#include "kernel/runtime/type_info.hpp"
#include "libs/base/address.hpp"
#include "libs/unwind/lsda.hpp"

#include <bits/cxxabi_forced.h>

namespace {

using runtime::Exception;
using unwind::Action;
using unwind::CallSite;
using unwind::Lsda;

/// What a frame's handlers are asked to take.
struct Thrown {
    Exception* exception; ///< nullptr when it is foreign
    std::type_info const* type;
    void* object;

    bool is_bug() const noexcept { return exception != nullptr && exception->is_bug; }
};

/// What the tables say about it in this frame.
struct Verdict {
    enum Kind { pass, cleanup, handler, refuse } kind = pass;

    i64 selector = 0;
    void* adjusted = nullptr;
};

/// Whether the handler of a positive filter takes the exception.
bool filter_takes(Lsda const& lsda, i64 filter, Thrown const& thrown, void*& adjusted) noexcept {
    auto const entry = lsda.type(filter);
    auto const type = entry ? entry->resolve(runtime::KernelMemory()) : std::nullopt;
    if (!type)
        return false;
    adjusted = thrown.object;
    if (*type == 0)
        return true; // catch (...)
    return runtime::can_catch(*pointer_to<std::type_info const>(VirtAddr(*type)), *thrown.type,
                              thrown.object, adjusted);
}

/// Whether a dynamic exception specification lets the exception through.
bool specification_allows(Lsda const& lsda, i64 filter, Thrown const& thrown) noexcept {
    for (auto list = lsda.specification(filter); list.more();) {
        u64 const entry = list.uleb();
        void* adjusted = nullptr;
        if (entry == 0)
            break;
        if (filter_takes(lsda, static_cast<i64>(entry), thrown, adjusted))
            return true;
    }
    return false;
}

Verdict decide(Lsda const& lsda, CallSite const& site, Thrown const& thrown) noexcept {
    Verdict verdict;
    if (!site.covered) // noexcept; a bug skips the frame, anything else may not pass
        verdict.kind = thrown.is_bug() ? Verdict::pass : Verdict::refuse;
    if (site.landing_pad == 0)
        return verdict;
    if (site.action == 0) {
        verdict.kind = Verdict::cleanup;
        return verdict;
    }
    auto chain = lsda.actions(site);
    while (auto const action = chain.next()) {
        if (action->filter == 0)
            verdict.kind = Verdict::cleanup;
        else if (action->filter > 0
                     ? filter_takes(lsda, action->filter, thrown, verdict.adjusted)
                     : !thrown.is_bug() && !specification_allows(lsda, action->filter, thrown)) {
            verdict.kind = Verdict::handler;
            verdict.selector = action->filter;
            return verdict;
        }
    }
    if (!chain.ok())
        verdict.kind = Verdict::refuse;
    return verdict;
}

_Unwind_Reason_Code land(_Unwind_Context* context, _Unwind_Exception* unwinding, u64 pad,
                         i64 selector) noexcept {
    auto& registers = context->frame.registers;
    registers[unwind::rax] = address_of(unwinding).value();
    registers[unwind::rdx] = static_cast<u64>(selector);
    registers[unwind::rip] = pad;
    return _URC_INSTALL_CONTEXT;
}

/// A forced unwind and a foreign exception have no object, but types that handlers can name.
Thrown describe(_Unwind_Exception* unwinding, _Unwind_Action actions) noexcept {
    if ((actions & _UA_FORCE_UNWIND) != 0)
        return {nullptr, &typeid(__cxxabiv1::__forced_unwind), nullptr};
    if (Exception* const exception = Exception::of(unwinding))
        return {exception, exception->type, exception->object()};
    return {nullptr, &typeid(__cxxabiv1::__foreign_exception), nullptr};
}

} // namespace

extern "C" {

_Unwind_Reason_Code __gxx_personality_v0(int version, _Unwind_Action actions, u64,
                                         _Unwind_Exception* unwinding, _Unwind_Context* context) {
    if (version != 1)
        return _URC_FATAL_PHASE1_ERROR;
    Thrown const thrown = describe(unwinding, actions);
    bool const searching = (actions & _UA_SEARCH_PHASE) != 0;
    if ((actions & _UA_HANDLER_FRAME) != 0 && thrown.exception != nullptr)
        return land(context, unwinding, thrown.exception->landing_pad, thrown.exception->selector);

    auto const& where = context->where;
    if (where.frame.lsda == 0)
        return _URC_CONTINUE_UNWIND;
    auto const lsda = Lsda::parse(where.module->lsda, where.frame.lsda, where.frame.start);
    auto const site = lsda ? lsda->find(context->frame.instruction()) : std::nullopt;
    if (!site)
        return _URC_FATAL_PHASE1_ERROR;
    auto const verdict = decide(*lsda, *site, thrown);
    switch (verdict.kind) {
    case Verdict::pass:
        return _URC_CONTINUE_UNWIND;
    case Verdict::refuse:
        return _URC_FATAL_PHASE1_ERROR;
    case Verdict::cleanup:
        return searching ? _URC_CONTINUE_UNWIND : land(context, unwinding, site->landing_pad, 0);
    case Verdict::handler:
        break;
    }
    if (!searching) // of an exception of ours, phase 1 chose another: only the cleanups matter
        return land(context, unwinding, site->landing_pad,
                    thrown.exception == nullptr ? verdict.selector : 0);
    if (thrown.exception != nullptr) {
        thrown.exception->landing_pad = site->landing_pad;
        thrown.exception->selector = verdict.selector;
        thrown.exception->adjusted = verdict.adjusted;
    }
    return _URC_HANDLER_FOUND;
}

u64 _Unwind_GetIP(_Unwind_Context* context) {
    return context->frame.registers[unwind::rip];
}

u64 _Unwind_GetIPInfo(_Unwind_Context* context, int* before_instruction) {
    *before_instruction = context->frame.interrupted ? 1 : 0;
    return context->frame.registers[unwind::rip];
}

u64 _Unwind_GetGR(_Unwind_Context* context, int number) {
    return context->frame.registers.values.data()[number];
}

void _Unwind_SetGR(_Unwind_Context* context, int number, u64 value) {
    context->frame.registers.values.data()[number] = value;
}

void _Unwind_SetIP(_Unwind_Context* context, u64 value) {
    context->frame.registers[unwind::rip] = value;
}

u64 _Unwind_GetCFA(_Unwind_Context* context) {
    return context->frame.registers[unwind::rsp]; // as libgcc and LLVM's libunwind have it
}

u64 _Unwind_GetLanguageSpecificData(_Unwind_Context* context) {
    return context->where.frame.lsda;
}

u64 _Unwind_GetRegionStart(_Unwind_Context* context) {
    return context->where.frame.start;
}

} // extern "C"
