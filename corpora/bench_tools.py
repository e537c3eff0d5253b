# SPDX-License-Identifier: BSD-3-Clause
"""The compressors that are compared, and one measured run of one of them."""

import collections
import filecmp
import hashlib
import os
import re
import shutil
import subprocess

# A tool compresses the file "input" to "packed" and restores it to "restored",
# all in the current folder. What a command writes to standard output goes to
# the file it should make.
Tool = collections.namedtuple("Tool", "name ours compress restore")

# One thread each; the first of the programs that is there is taken.
PEERS = (
    ("gzip -9", "gzip", "-9 -c input", "-d -c packed"),
    ("zstd -3", "zstd", "-3 -q -T1 -c input", "-d -q -c packed"),
    ("zstd -19 --long=27", "zstd", "-19 --long=27 -q -T1 -c input",
     "-d --long=27 -q -c packed"),
    ("brotli -q 11 -w 24", "brotli", "-q 11 -w 24 -c input", "-d -c packed"),
    ("xz -9e", "xz", "-9e -T1 -c input", "-d -T1 -c packed"),
    ("bzip3 -b 32", "bzip3", "-e -b 32 -c input", "-d -c packed"),
    ("7z PPMd -mo=16", "7z 7zz 7za",
     "a -bd -y -mmt=1 -m0=PPMd:o=16:mem=256m packed.7z input",
     "x -bd -so packed.7z"),
    ("zpaq -m5", "zpaq", "add packed.zpaq input -m5 -t1",
     "extract packed.zpaq input -to restored -t1"),
)
# Those left out of a quick run, for their time.
SLOW_PEERS = ("brotli -q 11 -w 24", "zpaq -m5")

# What could change the tools' settings behind our back.
SETTINGS = ("BROTLI", "GZIP", "MIDICOTH_OPT", "XZ_DEFAULTS", "XZ_OPT",
            "ZSTD_CLEVEL", "ZSTD_NBTHREADS")

# Seconds of user and system CPU, and KiB of peak resident memory.
Cost = collections.namedtuple("Cost", "seconds kib")
# What one round trip took, and the size in between.
Trip = collections.namedtuple("Trip", "packed compress restore")


class Failure(Exception):
    """A tool failed, or did not restore the file."""


def environment():
    """The environment the tools run in."""
    clean = {k: v for k, v in os.environ.items() if k not in SETTINGS}
    clean["LC_ALL"] = "C"
    return clean


def peers(quick=False):
    """The peers that are installed, as a list of Tool."""
    found = []
    for name, programs, compress, restore in PEERS:
        paths = [path for path in map(shutil.which, programs.split()) if path]
        if paths and not (quick and name in SLOW_PEERS):
            found.append(Tool(name, False, [paths[0]] + compress.split(),
                              [paths[0]] + restore.split()))
    return found


def levels(text):
    """The options in a text such as "-1 9 9 --format=bytes", as a list of
    texts: each level begins one, and long options belong to it."""
    found = []
    for word in text.replace(",", " ").split():
        if word.startswith("--") and found:
            found[-1] += " " + word
        else:
            found.append("-" + word if word.isdigit() else word)
    return found


def ours(midicoth, options):
    """The Tool that is the program midicoth with these options."""
    return Tool("midicoth " + options, True,
                [midicoth] + options.split() + ["-T1", "-c", "input"],
                [midicoth, "-d", "-T1", "-c", "packed"])


def accepts(midicoth, options):
    """Whether the program midicoth knows these options."""
    return subprocess.run(
        [midicoth] + options.split() + ["-c"], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=environment(), check=False).returncode == 0


def identity(tool):
    """A short digest of the tool's program, the shared libraries it loads and
    its arguments: runs are comparable as long as it stays the same."""
    program = tool.compress[0]
    try:
        listed = subprocess.run(["ldd", program], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True,
                                env=environment(), check=False).stdout
    except FileNotFoundError:
        listed = ""
    digest = hashlib.sha256(
        "\0".join(tool.compress[1:] + tool.restore[1:]).encode())
    for path in [program] + sorted(re.findall(r"=> (/\S+)", listed)):
        digest.update(file_digest(path).encode())
    return digest.hexdigest()[:16]


def file_digest(path):
    """A file's SHA-256, a piece at a time: what this process holds in memory
    is the least that can be measured of a child's."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(1 << 16):
            digest.update(piece)
    return digest.hexdigest()[:32]


def measure(command, output, folder):
    """Runs a command in a folder, with its standard output in the file named
    output; returns its Cost."""
    with open(os.path.join(folder, output), "wb") as stdout, \
            open(os.path.join(folder, "messages"), "w+b") as stderr:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                 stdout=stdout, stderr=stderr, cwd=folder,
                                 env=environment())
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            stderr.seek(0)
            said = stderr.read().decode(errors="replace").strip()
            raise Failure("%s: exit status %d: %s" % (
                " ".join(command), child.returncode, said[-300:]))
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


def made_by(command, name):
    """The file a command makes that its standard output does not go to: the
    argument that begins with the name, or None."""
    return next((word for word in command if word.startswith(name)), None)


def round_trip(tool, source, folder):
    """Compresses and restores the file source in an empty folder, compares
    all bytes, and returns the Trip; the folder is empty again afterwards."""
    try:
        shutil.copyfile(source, os.path.join(folder, "input"))
        archive = made_by(tool.compress, "packed")
        compress = measure(tool.compress, "said" if archive else "packed",
                           folder)
        size = os.path.getsize(os.path.join(folder, archive or "packed"))
        restored = made_by(tool.restore, "restored")
        restore = measure(tool.restore, "said" if restored else "restored",
                          folder)
        if not filecmp.cmp(os.path.join(folder, "restored"), source,
                           shallow=False):
            raise Failure(tool.name + ": other bytes were restored")
        return Trip(size, compress, restore)
    finally:
        for name in os.listdir(folder):
            os.unlink(os.path.join(folder, name))
