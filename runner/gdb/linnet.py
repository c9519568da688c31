# gdb commands that know the kernel's data structures.
import gdb


class Linnet(gdb.Command):
    """linnet: list the commands for Linnet's kernel."""

    def __init__(self):
        super().__init__("linnet", gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        for command in commands:
            print(command.__doc__)


commands = [Linnet()]
