"""Runs a program on a terminal of a given size: on-terminal.py COLUMNS ROWS PROGRAM [ARGUMENT...]

What the program writes goes to stdout as it is. Each line of stdin is a command: `resize COLUMNS ROWS`, or `send TEXT` with
TEXT in hexadecimal, as if it was typed.
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def obey(terminal, command):
    verb, *arguments = command.split()
    if verb == "resize":
        resize(terminal, int(arguments[0]), int(arguments[1]))
    elif verb == "send":
        os.write(terminal, bytes.fromhex(arguments[0]))


def main():
    columns, rows = int(sys.argv[1]), int(sys.argv[2])
    pid, terminal = pty.fork()
    if pid == 0:
        resize(0, columns, rows)
        os.execvp(sys.argv[3], sys.argv[3:])
    sources, typed = [terminal, 0], b""
    while terminal in sources:
        ready, _, _ = select.select(sources, [], [])
        if terminal in ready:
            try:
                written = os.read(terminal, 65536)
            except OSError:
                written = b""
            if not written:
                break
            sys.stdout.buffer.write(written)
            sys.stdout.buffer.flush()
        if 0 in ready:
            given = os.read(0, 65536)
            if not given:
                sources.remove(0)
            *commands, typed = (typed + given).split(b"\n")
            for command in commands:
                obey(terminal, command.decode())
    _, status = os.waitpid(pid, 0)
    sys.exit(os.waitstatus_to_exitcode(status) % 256)


main()
