// A QEMU plugin that counts how often each block of guest code ran, for `linnet bench --profile`.
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <string>

// QEMU 7's interface for plugins (qemu-plugin.h, which Debian does not package), version 1.
extern "C" {
struct qemu_plugin_tb;

enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };

using qemu_plugin_id_t = std::uint64_t;
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t,
                                           void (*)(qemu_plugin_id_t, qemu_plugin_tb*));
void qemu_plugin_register_vcpu_tb_exec_inline(qemu_plugin_tb*, qemu_plugin_op, void*,
                                              std::uint64_t);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, void*), void*);
std::size_t qemu_plugin_tb_n_insns(qemu_plugin_tb const*);
std::uint64_t qemu_plugin_tb_vaddr(qemu_plugin_tb const*);

[[gnu::visibility("default")]] int qemu_plugin_version = 1;
[[gnu::visibility("default")]] int qemu_plugin_install(qemu_plugin_id_t, void const*, int, char**);
}

namespace {

struct Block {
    std::uint64_t address;
    std::uint64_t instructions; ///< executed: each run adds the block's length
};

// Never destroyed, as QEMU calls at_exit() after this library's destructors. QEMU keeps pointers
// to the blocks.
auto& blocks = *new std::deque<Block>;
auto& output = *new std::string;

void translated(qemu_plugin_id_t, qemu_plugin_tb* tb) {
    auto& block = blocks.emplace_back(qemu_plugin_tb_vaddr(tb), 0);
    qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &block.instructions,
                                             qemu_plugin_tb_n_insns(tb));
}

void at_exit(qemu_plugin_id_t, void*) {
    std::FILE* const file = std::fopen(output.c_str(), "w");
    if (file == nullptr)
        return;
    for (auto const& block : blocks)
        if (block.instructions != 0)
            std::fprintf(file, "%" PRIx64 " %" PRIu64 "\n", block.address, block.instructions);
    std::fclose(file);
}

} // namespace

int qemu_plugin_install(qemu_plugin_id_t id, void const*, int count, char** words) {
    for (int i = 0; i < count; ++i)
        if (std::string_view const word = words[i]; word.starts_with("out="))
            output = word.substr(4);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, at_exit, nullptr);
    return 0;
}
