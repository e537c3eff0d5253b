# SPDX-License-Identifier: BSD-3-Clause
"""Measures midicoth and its peers over each file of a folder, one thread
each, in turn; see corpora/README.md."""

import argparse
import csv
import os
import sys
import tempfile

import bench_figures as figures
import bench_plot as plot
import bench_report as report
import bench_tools as tools

LEVELS = "1 2 3 4 5 6 7 8 9 9 --format=bytes"
QUICK_LEVELS = "1 3 4 6 9"
QUICK_BYTES = 1 << 18


class Runs:
    """The file of all runs: read at the start, and added to after each run,
    so that what was measured once is kept."""

    def __init__(self, path, fresh):
        """fresh: whether runs of earlier sessions count for nothing."""
        self.runs = []
        self.session = 1
        new = not os.path.exists(path)
        if not new:
            with open(path, newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    self._read(row)
        if self.runs:
            self.session = self.runs[-1].session + 1
        if fresh:
            self.runs = []
        self.file = open(path, "a", newline="", encoding="utf-8")
        self.writer = csv.writer(self.file, lineterminator="\n")
        if new:
            self.writer.writerow(figures.Run._fields)

    def _read(self, row):
        # A run that was interrupted may have left half a row.
        try:
            self.runs.append(figures.Run(
                row["file"], row["digest"], int(row["bytes"]), row["tool"],
                row["identity"], int(row["session"]), int(row["packed"]),
                float(row["compress_s"]), int(row["compress_kib"]),
                float(row["restore_s"]), int(row["restore_kib"])))
        except (TypeError, ValueError):
            pass

    def of(self, digest, identity, count):
        """The last runs of a tool over a file, at most count."""
        return [run for run in self.runs
                if run.digest == digest and run.identity == identity][-count:]

    def add(self, *what):
        """Keeps a run."""
        run = figures.Run(*what)
        self.runs.append(run)
        self.writer.writerow(run)
        self.file.flush()


def arguments():
    """The command line's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--midicoth", required=True, help="our program")
    parser.add_argument("--out", required=True, help="folder to write to")
    parser.add_argument("--runs", type=int, help="of each tool (3)")
    parser.add_argument("--levels", help="such as \"6 9 --format=bytes\"")
    parser.add_argument("--quick", action="store_true",
                        help="one run, fewer tools, short files")
    parser.add_argument("--fresh", action="store_true",
                        help="measure again what was measured before")
    parser.add_argument("folder", nargs="+", help="with files, or a file")
    given = parser.parse_args()
    given.runs = given.runs or (1 if given.quick else 3)
    return given


def files_of(folders):
    """Paths of the files in some folders, by their names."""
    found = {}
    for folder in folders:
        inside = [folder]
        if os.path.isdir(folder):
            inside = [os.path.join(folder, name)
                      for name in sorted(os.listdir(folder))
                      if not name.startswith(".")]
        for path in inside:
            if os.path.isfile(path) and os.path.getsize(path) > 0:
                found[os.path.basename(path)] = path
    return found


def shortened(path, folder, most):
    """A copy of the file's beginning, below the folder."""
    os.makedirs(folder, exist_ok=True)
    copy = os.path.join(folder, os.path.basename(path))
    with open(path, "rb") as source, open(copy, "wb") as target:
        target.write(source.read(most))
    return copy


def compared(given):
    """The tools, ours first."""
    levels = given.levels or (QUICK_LEVELS if given.quick else LEVELS)
    own = [tools.ours(given.midicoth, options)
           for options in tools.levels(levels)
           if tools.accepts(given.midicoth, options)]
    if not own:
        sys.exit("bench: midicoth knows none of the levels " + levels)
    return own + tools.peers(given.quick)


def progress(what):
    """Says what is going on, where a person is looking."""
    if sys.stderr.isatty():
        print("\r%-79.79s" % what, end="\r", file=sys.stderr, flush=True)


def measure(given, runs, files, compete):
    """Does what is still to be run. Returns the best results by file and
    tool's name, and what failed: a dictionary from a tool's name to what it
    said."""
    identities = {tool.name: tools.identity(tool) for tool in compete}
    failed = {}
    for name, path in files.items():
        digest, size = tools.file_digest(path), os.path.getsize(path)
        for run in range(given.runs):
            for tool in compete:
                if tool.name in failed or len(runs.of(
                        digest, identities[tool.name], given.runs)) > run:
                    continue
                progress("%s: %s" % (name, tool.name))
                try:
                    with tempfile.TemporaryDirectory() as folder:
                        trip = tools.round_trip(tool, path, folder)
                except tools.Failure as failure:
                    failed[tool.name] = "%s: %s" % (name, failure)
                    continue
                runs.add(name, digest, size, tool.name, identities[tool.name],
                         runs.session, trip.packed, trip.compress.seconds,
                         trip.compress.kib, trip.restore.seconds,
                         trip.restore.kib)
    progress("")
    results = {(name, tool.name): figures.best(runs.of(
        tools.file_digest(path), identities[tool.name], given.runs))
               for name, path in files.items() for tool in compete
               if tool.name not in failed}
    return results, failed


def main():
    """Runs what the command line asks for."""
    given = arguments()
    os.makedirs(given.out, exist_ok=True)
    files = files_of(given.folder)
    if not files:
        sys.exit("bench: no files to measure")
    if given.quick:
        files = {name: shortened(path, os.path.join(given.out, "short"),
                                 QUICK_BYTES) for name, path in files.items()}
    compete = compared(given)
    runs = Runs(os.path.join(given.out, "runs.csv"), given.fresh)
    results, failed = measure(given, runs, files, compete)
    whole = [tool for tool in compete if tool.name not in failed]
    if whole:
        sizes = {name: os.path.getsize(path) for name, path in files.items()}
        lines = report.report(results, sizes, whole)
        with open(os.path.join(given.out, "bench.txt"), "w",
                  encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        print("\n".join(lines))
        report.write_csv(os.path.join(given.out, "bench.csv"), results, sizes,
                         whole)
        plot.write(given.out, report.all_totals(results, list(sizes), whole),
                   whole)
    for name, said in failed.items():
        print("LEFT OUT: %s, on %s" % (name, said))
    # A peer may fail; what we make may not.
    return int(any(tool.ours and tool.name in failed for tool in compete))


if __name__ == "__main__":
    sys.exit(main())
