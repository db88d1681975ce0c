"""Work that is killed in the middle: at a chosen effect on the disk, or after a chosen time."""

import os
import signal
import sys
import time

# a rename that replaces nothing is a system call of its own, which opens the C library first
EFFECTS = {
    "os.rename",
    "os.remove",
    "os.link",
    "os.mkdir",
    "os.rmdir",
    "os.truncate",
    "ctypes.dlopen",
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def killed_at(effect, work, *given):
    """Run ``work`` in a process that is killed just before its nth effect; whether it was."""

    def begin():
        left = effect

        def hook(event, arguments):
            nonlocal left
            if event in EFFECTS or (event == "open" and arguments[2] & WRITING):
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)

    return _killed(begin, work, *given)


def killed_after(seconds, work, *given):
    """Run ``work`` in a process that is killed after so long; whether it was."""

    def begin():
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # which ends a process at once
        signal.setitimer(signal.ITIMER_REAL, seconds)

    return _killed(begin, work, *given)


def seconds(work, *given):
    """How long ``work`` takes in a process of its own."""
    begun = time.monotonic()
    assert not _killed(lambda: None, work, *given)
    return time.monotonic() - begun


def _killed(begin, work, *given):
    child = os.fork()
    if child == 0:
        status = 1
        try:
            begin()
            work(*given)
            status = 0
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    assert os.WIFSIGNALED(ended) or os.WEXITSTATUS(ended) == 0
    return os.WIFSIGNALED(ended)
