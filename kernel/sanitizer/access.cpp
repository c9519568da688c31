// Describes a bad access: what its shadow says, and whose memory that is or was.
#include "kernel/mem/address_sanitizer.hpp"
#include "kernel/mem/heap_checks.hpp"
#include "kernel/runtime/backtrace.hpp"
#include "kernel/sanitizer/report.hpp"
#include "kernel/sanitizer/shadow.hpp"
#include "libs/base/format.hpp"
#include "libs/unwind/symbol_table.hpp"

#if defined(LINNET_KASAN)

namespace sanitizer {
namespace {

char const* name_of(u8 why) {
    switch (why) {
    case static_cast<u8>(mem::Hidden::red_zone):
        return "heap out of bounds";
    case static_cast<u8>(mem::Hidden::free_object):
        return "heap use after free";
    case static_cast<u8>(mem::Hidden::free_page):
        return "use of a free page";
    case stack_left:
    case stack_middle:
    case stack_right:
    case alloca_left:
    case alloca_right:
        return "stack out of bounds";
    case stack_out_of_scope:
        return "stack use after scope";
    case global_zone:
        return "global out of bounds";
    default:
        return "bad access";
    }
}

/// The reason behind a hidden byte; of one that follows a part of 8 it stands in the next.
u8 reason_at(u64 hidden) {
    u8 const* const shadow = arch::shadow::of(hidden);
    return *shadow < 8 && arch::shadow::is_tracked(hidden + 8) ? shadow[1] : *shadow;
}

void put_callers(TextSink& sink, char const* what, mem::Callers const& callers) {
    if (callers.front() == 0)
        return;
    format_to(sink, "KASAN: {}\n", what);
    for (u32 const low : callers) {
        if (low == 0)
            break;
        u64 const at = arch::layout::kernel_offset.value() | low;
        char name[unwind::SymbolTable::longest_name];
        auto const symbol = runtime::symbolise(VirtAddr(at - 1), name);
        format_to(sink, "    0x{:016x} {}+0x{:x}\n", at, symbol.name, symbol.offset + 1);
    }
}

void put_object(TextSink& sink, u64 at) {
    auto const object = mem::find_object(VirtAddr(at));
    if (!object)
        return;
    format_to(sink, "KASAN: byte {} of an object of {} bytes at {}\n", VirtAddr(at) - object->start,
              object->history.bytes, object->start);
    put_callers(sink, "allocated by", object->history.allocated);
    put_callers(sink, "freed by", object->history.freed);
}

/// The line of the access and one on each side, 8 bytes of shadow each.
void put_shadow(TextSink& sink, u64 at) {
    constexpr u64 line = 16 * 8;
    for (u64 start = align_down(at, line) - line; start <= at + line; start += line) {
        if (!arch::shadow::is_tracked(start) || !arch::shadow::is_tracked(start + line - 1))
            continue;
        format_to(sink, "KASAN: shadow of 0x{:x}:", start);
        for (u64 byte = start; byte < start + line; byte += 8)
            format_to(sink, "{}{:02x}", align_down(at, 8) == byte ? '>' : ' ',
                      *arch::shadow::of(byte));
        sink.write("\n");
    }
}

} // namespace

void report_access(u64 at, u64 bytes, char const* access, u64 caller) {
    u64 const found = find_hidden(at, bytes);
    u64 const hidden = found != 0 ? found : at; // another CPU may have shown it since
    char const* const what = name_of(reason_at(hidden));
    char buffer[2048];
    BufferSink text(buffer);
    format_to(text, "KASAN: {}: {} of {} bytes at 0x{:x}\n", what, access, bytes, at);
    put_object(text, hidden);
    put_shadow(text, hidden);
    report({.what = what, .instruction = caller, .address = at}, text.text());
}

} // namespace sanitizer
#endif
