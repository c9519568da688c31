# gdb commands that know the kernel: tasks, stack PID, waits, areas PID, pagetable ADDRESS, locks,
# objects SIZE.
import gdb
import os
import struct
import subprocess

PAGE = 4096
SECTION_PAGES, CHUNK_PAGES = 4096, 1024  # kernel/mem/page.hpp
PRESENT, WRITABLE, USER, LARGE = 1 << 0, 1 << 1, 1 << 2, 1 << 7
NO_EXECUTE = 1 << 63
ADDRESS = 0x000FFFFFFFFFF000


def loaded(value):
    """The content of an Atomic<T>."""
    return value["value_"]


def threads():
    """Every thread of a program, in order of its number."""
    space = gdb.parse_and_eval("'process::(anonymous namespace)::space'")
    blocks = space["tree_"]["value_"]["blocks_"]
    first, last = blocks.type.range()
    for index in range(first, last + 1):
        if int(blocks[index]) == 0:
            continue
        entries = blocks[index].dereference()["entries"]
        low, high = entries.type.range()
        for at in range(low, high + 1):
            if int(entries[at]["thread"]) != 0:
                yield entries[at]["thread"].dereference()


def online_queues():
    """The run queue of each CPU that is up."""
    queues = gdb.parse_and_eval("task::run_queues")
    low, high = queues.type.range()
    for cpu in range(low, high + 1):
        if bool(loaded(queues[cpu]["online"])):
            yield cpu, queues[cpu]


def name_of(thread):
    return thread["name_"].string("ascii", "replace", int(thread["name_size_"]))


def number_of(value):
    return int(value.cast(gdb.lookup_type("int")))


def held_locks(thread):
    """The locks a thread holds, innermost first."""
    held = thread["held"]["innermost"]
    while int(held) != 0:
        lock = held["lock"]
        yield "%s (%s)%s" % (
            str(held["role"]["rank"]).split("::")[-1],
            str(held["kind"]).split("::")[-1],
            " poisoned" if bool(loaded(lock["poisoned_"])) else "",
        )
        held = held["next"]


class Tasks(gdb.Command):
    """tasks: the threads of all programs, and what each CPU runs."""

    def __init__(self):
        super().__init__("tasks", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        print("  TID   PID CPU STATE            NAME")
        for thread in threads():
            scheduling = thread["scheduling_"]
            process = thread["process_"]["object_"].dereference()
            print("%5d %5d %3d %-16s %s" % (
                number_of(thread["id_"]), number_of(process["pid_"]),
                int(loaded(scheduling["cpu"])),
                str(loaded(scheduling["state"])).split("::")[-1], name_of(thread)))
        for cpu, queue in online_queues():
            current = queue["current"]
            print("CPU %d runs %s" % (cpu, name_of(current) if int(current) != 0 else "nothing yet"))


class Stack(gdb.Command):
    """stack [PID]: the stacks of a process or thread, running or sleeping, from the kernel into its
    program; without PID those of the CPUs; `stack all` those of all tasks.

    `linnet bt` reads them: QEMU talks to one debugger at a time, so gdb makes way for a moment."""

    def __init__(self):
        super().__init__("stack", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        words = {"": [], "all": ["--all"]}.get(argument.strip())
        if words is None:
            words = ["--pid", str(int(gdb.parse_and_eval(argument)))]
        thread = gdb.selected_thread().num
        gdb.execute("disconnect", to_string=True)
        try:
            done = subprocess.run(
                [os.environ["LINNET_RUNNER"], "bt", "--leave-stopped", "--machine",
                 os.environ["LINNET_MACHINE"]] + words, capture_output=True, text=True)
        finally:
            gdb.execute("target remote " + os.environ["LINNET_GDB"], to_string=True)
            gdb.execute("thread %d" % thread, to_string=True)
        if done.returncode != 0:
            raise gdb.GdbError(done.stderr.strip())
        print(done.stderr + done.stdout, end="")


class Waits(gdb.Command):
    """waits [TID]: where the threads that do not run were switched away, those in one place together."""

    def __init__(self):
        super().__init__("waits", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        running = {int(queue["current"]) for _, queue in online_queues()}
        places = {}
        for thread in threads():
            number = number_of(thread["id_"])
            if int(thread.address) in running or (argument and int(argument) != number):
                continue
            places.setdefault(tuple(self.frames(thread)), []).append(number)
        for frames, numbers in sorted(places.items(), key=lambda place: -len(place[1])):
            print("%d: %s%s" % (len(numbers), " ".join(map(str, numbers[:8])),
                                " ..." if len(numbers) > 8 else ""))
            for frame in frames:
                print("    " + frame)

    def frames(self, thread):
        """As gdb unwinds from the registers that switch_stack() pushed; the CPU's own come back."""
        word = gdb.lookup_type("unsigned long").pointer()
        stack = int(thread["context_"]["stack_pointer"])
        saved = gdb.Value(stack).cast(word)
        there = {name: int(saved[i]) for i, name in
                 enumerate(("r15", "r14", "r13", "r12", "rbx", "rbp", "rip"))}
        there["rsp"] = stack + 7 * 8
        here = {name: int(gdb.parse_and_eval("(unsigned long)$" + name)) for name in there}
        try:
            self.load(there)
            frame = gdb.newest_frame()
            while frame is not None and frame.is_valid():
                yield frame.name() or hex(frame.pc())
                frame = frame.older()
        except gdb.error as error:
            yield "(%s)" % error
        finally:
            self.load(here)

    def load(self, registers):
        gdb.execute("frame 0", to_string=True)
        for name, value in registers.items():
            gdb.execute("set $%s = %#x" % (name, value))


class Locks(gdb.Command):
    """locks: who holds which locks, innermost first."""

    def __init__(self):
        super().__init__("locks", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        seen = {}
        for cpu, queue in online_queues():
            for which in ("current", "idle"):
                if int(queue[which]) != 0:
                    seen[int(queue[which])] = queue[which].dereference()
        for thread in threads():
            seen.setdefault(int(thread.address), thread)
        any_held = False
        for thread in seen.values():
            held = list(held_locks(thread))
            if held:
                any_held = True
                print("%-16s %s" % (name_of(thread), ", ".join(held)))
        if not any_held:
            print("no thread holds a lock")


def find_field(value, name, depth=8):
    """The member `name`, however deep Boost has put it."""
    if depth == 0 or value.type.strip_typedefs().code != gdb.TYPE_CODE_STRUCT:
        return None
    for field in value.type.strip_typedefs().fields():
        if not hasattr(field, "bitpos"):
            continue
        if field.name == name:
            return value[field]
        found = find_field(value[field], name, depth - 1)
        if found is not None:
            return found
    return None


def areas_in_order(area_map):
    """In-order walk of the red-black tree; the colour is in the lowest bit of parent_."""
    header = find_field(area_map["areas_"], "holder", 12)["root"]
    node_pointer = header["parent_"].type
    area_pointer = gdb.lookup_type("mem::Area").pointer()

    def walk(node):
        if int(node) == 0:
            return
        yield from walk(node["left_"])
        yield node.cast(area_pointer).dereference()
        yield from walk(node["right_"])

    root = gdb.Value(int(header["parent_"]) & ~1).cast(node_pointer)
    yield from walk(root)


class Areas(gdb.Command):
    """areas PID: the memory areas of a program."""

    def __init__(self):
        super().__init__("areas", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        wanted = int(gdb.parse_and_eval(argument)) if argument else 1
        for thread in threads():
            process = thread["process_"]["object_"].dereference()
            if number_of(process["pid_"]) != wanted:
                continue
            space = process["own_"]["value_"]["space"]["object_"]
            if int(space) == 0:
                print("process %d has no memory any more" % wanted)
                return
            contents = space["state_"].dereference()["contents"]["value_"]
            for area in areas_in_order(contents["areas"]):
                source = area["source"]["object_"]
                print("%016x-%016x access %d %-7s %s%s" % (
                    int(area["start"]["value_"]), int(area["end"]["value_"]),
                    int(area["access"]["bits_"]),
                    "shared" if str(area["sharing"]).endswith("shared") else "private",
                    area["label"].string() if int(area["label"]) else "",
                    " source 0x%x page %d" % (int(source), int(area["source_page"]))
                    if int(source) else ""))
            return
        print("there is no process %d" % wanted)


def physical_word(address):
    text = gdb.execute("monitor xp /1gx 0x%x" % address, to_string=True)
    return int(text.split(":")[1].strip(), 16)


class PageTable(gdb.Command):
    """pagetable ADDRESS: how this CPU's page table translates an address, level by level."""

    def __init__(self):
        super().__init__("pagetable", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError("pagetable needs an address")
        address = int(gdb.parse_and_eval(argument)) & (1 << 64) - 1
        table = int(gdb.parse_and_eval("(unsigned long)$cr3")) & ADDRESS
        for level in (4, 3, 2, 1):
            shift = 12 + 9 * (level - 1)
            slot = table + 8 * (address >> shift & 511)
            entry = physical_word(slot)
            flags = "".join((
                "w" if entry & WRITABLE else "-", "u" if entry & USER else "-",
                "-" if entry & NO_EXECUTE else "x"))
            if not entry & PRESENT:
                print("level %d at %#x: %#018x not present" % (level, slot, entry))
                return
            print("level %d at %#x: %#018x %s" % (level, slot, entry, flags))
            if level == 1 or level < 4 and entry & LARGE:
                offset = address & (1 << shift) - 1
                print("%#x -> physical %#x" % (address, (entry & ADDRESS & -(1 << shift)) + offset))
                return
            table = entry & ADDRESS


def pages_with_descriptors():
    """(frame number, state, order, frame that follows in a list) of every managed frame."""
    directory = gdb.parse_and_eval("mem::sections::directory")
    memory = gdb.selected_inferior()
    size = gdb.lookup_type("mem::Page").sizeof
    for high in range(directory.type.strip_typedefs().range()[1] + 1):
        leaf = directory[high]["value_"]
        if int(leaf) == 0:
            break  # memory is never that sparse below its end
        entries = leaf.dereference()["entries"]
        for low in range(entries.type.strip_typedefs().range()[1] + 1):
            entry = int(entries[low]["value_"])
            chunks = entry & PAGE - 1
            if not chunks:
                continue
            data = memory.read_memory(entry & -PAGE, SECTION_PAGES * size)
            for index in range(SECTION_PAGES):
                if chunks >> index // CHUNK_PAGES & 1:
                    yield (high * 512 + low) * SECTION_PAGES + index, data[index * size:][:size]


class Objects(gdb.Command):
    """objects SIZE: the heap's objects of a size class, alike ones together: by the type that their
    first word gives away, else by that word."""

    def __init__(self):
        super().__init__("objects", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        classes = gdb.parse_and_eval("mem::class_sizes._M_elems")
        sizes = [int(classes[i]) for i in range(classes.type.strip_typedefs().range()[1] + 1)]
        if not argument or int(argument) not in sizes:
            raise gdb.GdbError("objects needs one of the sizes " + " ".join(map(str, sizes)))
        size, wanted = int(argument), sizes.index(int(argument))
        slab = int(gdb.parse_and_eval("(int)mem::Page::State::slab"))
        mark = int(gdb.parse_and_eval("mem::FreeObject::mark"))
        direct_map = int(gdb.parse_and_eval("arch::detail::direct_map_start.value_"))
        order = 0
        while PAGE << order < size * 8:
            order += 1
        alike = {}
        for number, page in pages_with_descriptors():
            if page[4][0] != slab or page[5][0] != wanted:
                continue
            start = direct_map + number * PAGE
            data = gdb.selected_inferior().read_memory(start, PAGE << order).tobytes()
            for at in range(0, len(data) - size + 1, size):
                words = struct.unpack_from("<2Q", data, at)
                if words[1] != (start + at) ^ mark:
                    alike.setdefault(self.kind(words[0]), []).append(start + at)
        for kind, addresses in sorted(alike.items(), key=lambda item: -len(item[1]))[:40]:
            print("%7d %-50s %s" % (len(addresses), kind,
                                    " ".join(hex(address) for address in addresses[:3])))

    def kind(self, word):
        text = gdb.execute("info symbol %#x" % word, to_string=True)
        return hex(word) if text.startswith("No symbol") else text.split(" + ")[0].split(" in ")[0]


for command in (Tasks, Stack, Waits, Locks, Areas, PageTable, Objects):
    command()
print("Linnet: tasks, stack PID, waits, areas PID, pagetable ADDRESS, locks, objects SIZE; see help NAME")
