"""The sandbox of one submission: what its kernel may see, write, start and reach. Made with bubblewrap (`bwrap`).

A kernel sees Python, the system's libraries, and a folder with the assignment's checks, all read-only. It may write to
a scratch of 256 MB in memory, and to the folder of its sockets. It has no network, not even this machine's own
addresses, sees no process but its own, and is limited in memory, processes and the size of a file. Only the kernel is
inside: the grader, which sends it one cell at a time, is not.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

SCRATCH = "/tmp/scratch"
SECONDS, CELLS = 30, 10  # for one cell; a submission may take as long as so many cells
MEMORY, PROCESSES, FILE = 4_000_000_000, 200, 50_000_000
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/passwd", "/etc/localtime")
LIMITS = ["prlimit", f"--as={MEMORY}", f"--nproc={PROCESSES}", f"--fsize={FILE}", "--core=0"]

MISSING = """{why}

Students' code would run with your rights: it could read the solutions and the others' work, write files, and use the
network. So nothing was graded. Either install the sandbox (Debian and Ubuntu: apt-get install bubblewrap), or, on
a machine that holds nothing of value, add --unsafe."""


COVERED = """

In a container its covers over /proc are in the way: podman takes them off by --security-opt unmask='/proc/*'."""

ELSEWHERE = """Grading needs Linux: the sandbox (bubblewrap) and the limits of memory and time are Linux's. Here you can
make the release (`release`), the course for nbgrader (`course`) and the checks' answers (`answers`). To grade, use a
Linux machine: on Windows the Windows Subsystem for Linux, on macOS a virtual machine."""

COPY = """{copy} is a copy of the library, which students' code could import, and which may be older than this
checkout. So nothing was graded. Put the checkout itself in its place, from its folder:

    {python} -m pip install --no-deps -e ."""


def system() -> list[str]:
    """What of this machine a kernel sees: Python and the libraries."""
    return [path for path in (*SYSTEM, *{sys.prefix, sys.base_prefix}) if Path(path).exists()]


def jobs() -> int:
    """How many submissions run at a time: one for each core, if each can have the memory that it may take."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(len(os.sched_getaffinity(0)), memory // MEMORY))


def user() -> int:
    """Whom a kernel runs as where the teacher is root: of each process of the grader somebody else, since processes are
    counted by user."""
    return 200_000 + os.getpid() % 100_000


def copy_of_library(paths: Iterable[str], checkout: Path) -> Path | None:
    """The first `minirnn` on the paths of Python that is not the checkout's, or None."""
    found = [Path(path) / "minirnn" for path in paths if (Path(path) / "minirnn/__init__.py").is_file()]
    return next((folder for folder in found if not folder.samefile(Path(checkout) / "minirnn")), None)


def command(course: str | Path, sockets: str | Path, argv: list[str]) -> list[str]:
    """The command that runs `argv` in a sandbox that sees the folder `course` and writes to `sockets`."""
    root = os.geteuid() == 0
    visible = [*system(), str(course)]
    folders = sorted({str(p) for path in [*visible, str(sockets)] for p in Path(path).parents if str(p) != "/"})
    line = ["bwrap", "--die-with-parent", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    # who is root inside a namespace of users has no limit of processes; so root becomes another
    line += [] if root else ["--unshare-user", "--disable-userns"]
    for folder in folders:
        line += ["--dir", folder]
    for path in visible:
        line += ["--ro-bind", path, path]
    line += ["--bind", str(sockets), str(sockets), "--dev", "/dev", "--proc", "/proc"]
    line += ["--perms", "1777", "--size", "268435456", "--tmpfs", SCRATCH, "--chdir", SCRATCH, "--clearenv"]
    for key, value in environment(course).items():
        line += ["--setenv", key, value]
    if root:
        line += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--", "setpriv", f"--reuid={user()}"]
        line += [f"--regid={user()}", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]
    else:
        line += ["--"]
    return [*line, *LIMITS, *argv]


def environment(course: str | Path) -> dict[str, str]:
    """The variables of a kernel: nothing of the teacher's own, where it is safe."""
    return {
        "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
        "HOME": SCRATCH,
        "TMPDIR": SCRATCH,
        "IPYTHONDIR": f"{SCRATCH}/ipython",
        "MPLCONFIGDIR": f"{SCRATCH}/matplotlib",
        "PYTHONPATH": str(course),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "LANG": "C.UTF-8",
        "USER": "student",
    }


def unavailable(folder: Path, *hidden: Path) -> str | None:
    """Why there is no sandbox here, or None if a command runs in one and the `hidden` folders lie outside of it."""
    for tool in ("bwrap", "prlimit", *(["setpriv"] if os.geteuid() == 0 else [])):
        if not shutil.which(tool):
            return f"{tool} is not installed."
    for place in (Path(p).resolve() for p in hidden):
        if seen := next((path for path in system() if place.is_relative_to(Path(path).resolve())), None):
            return f"{place} lies in {seen}, which a sandbox sees, because Python or the system is there."
    line = command(folder, folder, [sys.executable, "-c", "import numpy, ipykernel"])
    tried = subprocess.run(line, capture_output=True, text=True, timeout=60)
    why = tried.stderr.strip()[-500:]
    return f"bwrap does not work here: {why}{COVERED * ('mount proc' in why)}" if tried.returncode else None
