# SPDX-License-Identifier: BSD-3-Clause
"""What the parts of the engine are worth: builds variants of it and codes
each file of some folders with them; see corpora/README.md."""

import argparse
import csv
import itertools
import math
import os
import re
import shlex
import subprocess
import sys

import ablation_source as source
import bench_report as report

CUT = 300000
# What is added to a level for its row of the model sets.
ROWS = {"bytes": 0, "log": 10, "log-bytes": 20}
WHOLE = "whole"


def variants(engine):
    """Families of variants: lists of pairs of a name and the files that
    differ from the engine's source."""
    steps = range(engine.steps())

    def named(these):
        return "+".join(str(step + 1) for step in these)

    def mask(these):
        return sum(1 << step for step in these)

    refined = [("no steps", engine.refined(0))]
    for count in steps:
        for these in itertools.combinations(steps, count):
            if these:
                refined.append(("steps " + named(these),
                                engine.refined(mask(these))))
    for count in (2, len(steps)):
        for these in itertools.combinations(steps, count):
            refined.append(("APMs " + named(these),
                            engine.refined(mask(these), 1)))
    if engine.parses():
        refined += [("plain flags", {**engine.whole(),
                                     **engine.plain_flags()}),
                    ("nothing", {**engine.refined(0),
                                 **engine.plain_flags()})]
    groups = [("without " + group, engine.only(
        [other for other in engine.groups if other != group]))
              for group in engine.groups]
    groups += [(group + " alone", engine.only([group]))
               for group in engine.groups]
    groups += [("no questions", {**engine.whole(), **engine.unasked()})]
    single = [("less " + name.replace("MDCI_CONTEXT_", ""), engine.less(name))
              for name in engine.contexts]
    learned = [("no prior", engine.unread()),
               ("even weights", engine.even_starts()),
               ("neither", {**engine.unread(), **engine.even_starts()})]
    return [("as it is", [(WHOLE, engine.whole())]),
            ("Micro-diffusion's steps, and APMs of the same keys and memory "
             "in their place", refined),
            ("Groups of models, and questions for whole bytes or fields",
             groups),
            ("Single contexts", single),
            ("Learned starts: prior text, weights", [
                (name, {**engine.whole(), **files})
                for name, files in learned])]


class Builder:
    """Compiles variants below a folder."""

    def __init__(self, given):
        self.given = given

    def _compile(self, folder, path, flags):
        """Compiles a file, from the variant's folder if it has one."""
        own = os.path.join(folder, path)
        target = os.path.join(folder, path.replace("/", "_") + ".o")
        subprocess.run(
            shlex.split(self.given.cc) + shlex.split(self.given.cflags) +
            ["-g0", "-w", "-std=c11", "-I" + folder] +
            shlex.split(self.given.cppflags) + flags +
            ["-c", own if os.path.exists(own)
             else os.path.join(self.given.source, path), "-o", target],
            check=True)
        return target

    def build(self, name, files):
        """Makes the variant's program and returns its path."""
        folder = os.path.join(self.given.out, re.sub(r"\W", "_", name))
        os.makedirs(folder, exist_ok=True)
        for path, text in files.items():
            path = os.path.join(folder, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="ascii") as file:
                file.write(text)
        # One set of vector kernels is enough to compile each time.
        with open(os.path.join(folder, "config.h"), "w",
                  encoding="ascii") as file:
            file.write("#include_next <config.h>\n#undef MDCI_BUILD_AVX512\n")
        plain = [path for path in self.given.sources.split()
                 if path.endswith(".c")] + ["corpora/ablation_driver.c"]
        fast = self.given.fast_sources.split()
        # Where there are faster kernels the plain ones are not run.
        objects = [self._compile(
            folder, path, ["-O0"] if fast and "scalar" in path else [])
                   for path in plain]
        objects += [self._compile(folder, path,
                                  shlex.split(self.given.fast_cflags))
                    for path in fast]
        program = os.path.join(folder, "driver")
        subprocess.run(shlex.split(self.given.cc) + objects +
                       ["-o", program], check=True)
        return program


def sizes(program, row, most, files):
    """The bytes that each file becomes."""
    out = subprocess.run([program, str(row), str(most)] + files, check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    return [int(line.split()[1]) for line in out.splitlines()]


def mean(values):
    """The geometric mean."""
    return math.exp(sum(map(math.log, values)) / len(values))


def change(found, whole):
    """By how much larger a variant's archives are, in geometric mean."""
    return mean([a / b for a, b in zip(found, whole)]) - 1


def percent(value):
    """A change as text."""
    return "%+.2f" % (100 * value)


def tables(names, families, results):
    """Lines of a table for each family: bytes as it is, and by how many per
    cent each variant's archive is larger.
    names: of the files; results: bytes of each file, by variant's name"""
    whole = results[WHOLE]
    lines = []
    for title, family in families:
        family = [name for name in family if name in results]
        if not family or family == [WHOLE]:
            continue
        rows = []
        for at, name in enumerate(names):
            rows.append([name, "{:,}".format(whole[at])] + [percent(
                results[one][at] / whole[at] - 1) for one in family])
        rows.append(["geometric mean", "{:,.0f}".format(mean(whole))] +
                    [percent(change(results[one], whole)) for one in family])
        rows.append(["total", "{:,}".format(sum(whole))] + [percent(
            sum(results[one]) / sum(whole) - 1) for one in family])
        lines += [title + "; % larger"]
        lines += report.table(["", "bytes"] + family, rows) + [""]
    return lines


def verdict(results):
    """What micro-diffusion is worth, as a list of a line, or of none."""
    pairs = {name: change(found, results[WHOLE])
             for name, found in results.items()
             if re.fullmatch(r"APMs \d\+\d", name)}
    rest = [(name, change(results[name], results[WHOLE]))
            for name in ("nothing", "no steps") if name in results]
    if pairs:
        best = min(pairs, key=pairs.get)
        rest.append((best + ", the best two", pairs[best]))
    if "APMs 1+2+3" in results:
        rest.append(("APMs 1+2+3", change(results["APMs 1+2+3"],
                                          results[WHOLE])))
    return ["Micro-diffusion against " + ", ".join(
        "%s: %s %%" % (name, percent(value)) for name, value in rest)] \
        if rest else []


def arguments():
    """The command line's."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, what in (("cc", "the compiler"), ("cflags", "its flags"),
                       ("cppflags", "the preprocessor's flags"),
                       ("sources", "the engine's"),
                       ("fast-sources", "those for faster kernels"),
                       ("fast-cflags", "flags for these"),
                       ("source", "folder of the source"),
                       ("out", "folder to write to")):
        parser.add_argument("--" + name, required=True, help=what)
    parser.add_argument("--level", type=int, default=6)
    parser.add_argument("--format", choices=sorted(ROWS), default="log",
                        help="logs with their parser or as bytes, or bytes")
    parser.add_argument("--only", default="^(?!less )",
                        help="variants whose names match")
    parser.add_argument("--full", action="store_true",
                        help="whole files, not their first %d bytes" % CUT)
    parser.add_argument("folder", nargs="+")
    return parser.parse_args()


def corpora_of(folders):
    """The files of each folder."""
    found = {}
    for folder in folders:
        paths = [os.path.join(folder, name)
                 for name in sorted(os.listdir(folder))
                 if not name.startswith(".")]
        found[folder] = [path for path in paths if os.path.isfile(path) and
                         os.path.getsize(path) > 0]
        if not found[folder]:
            sys.exit("ablation: no files in " + folder)
    return found


def main():
    """Does what the command line asks for."""
    given = arguments()
    row = given.level + ROWS[given.format]
    try:
        families = variants(source.Source(given.source, row))
    except source.Unexpected as why:
        sys.exit("ablation: the source is not as expected: %s" % why)
    corpora = corpora_of(given.folder)
    builder = Builder(given)
    most = 0 if given.full else CUT
    results = {folder: {} for folder in corpora}
    for _, family in families:
        for name, files in family:
            if name != WHOLE and not re.search(given.only, name):
                continue
            program = builder.build(name, files)
            for folder, paths in corpora.items():
                results[folder][name] = sizes(program, row, most,
                                              paths)
                print("%-16s %s %s" % (name, folder, percent(change(
                    results[folder][name], results[folder][WHOLE]))),
                      flush=True)
    lines = []
    for folder, paths in corpora.items():
        lines += ["", "%s at level %d, format %s" % (
            folder, given.level, given.format), ""]
        lines += tables([os.path.basename(path) for path in paths],
                        [(title, [name for name, _ in family])
                         for title, family in families], results[folder])
        lines += verdict(results[folder])
    print("\n".join(lines))
    with open(os.path.join(given.out, "ablation.txt"), "w",
              encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    with open(os.path.join(given.out, "ablation.csv"), "w", newline="",
              encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("level", "format", "file", "variant", "packed"))
        for folder, paths in corpora.items():
            for name, found in results[folder].items():
                rows.writerows((given.level, given.format, path, name,
                                packed) for path, packed in zip(paths, found))


if __name__ == "__main__":
    main()
