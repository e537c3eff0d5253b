# SPDX-License-Identifier: BSD-3-Clause
"""Tests of the benchmark's figures, and of one whole run over a small file."""

import csv
import io
import os
import subprocess
import sys
import tempfile
import unittest
import xml.dom.minidom

import bench_figures as figures
import bench_report as report
import bench_tools as tools

HERE = os.path.dirname(os.path.abspath(__file__))


def result(size, packed, compress, restore, kib=1, sessions=(1,)):
    """A Result, of given figures."""
    return figures.Result(size, packed, compress, kib, restore, kib, sessions)


def tool(name, ours=False):
    """A Tool that is never run."""
    return tools.Tool(name, ours, [], [])


class Figures(unittest.TestCase):
    """The computing part."""

    def test_best_takes_each_least_figure(self):
        runs = [figures.Run("f", "d", 100, "t", "i", 1, 10, 2.0, 30, 5.0, 40),
                figures.Run("f", "d", 100, "t", "i", 2, 10, 3.0, 20, 4.0, 50)]
        self.assertEqual(figures.best(runs), result(
            100, 10, 2.0, 4.0)._replace(compress_kib=20, restore_kib=40,
                                        sessions=frozenset((1, 2))))

    def test_total_sums_but_memory(self):
        whole = figures.total([result(100, 10, 1.0, 2.0, 7),
                               result(300, 30, 0.5, 0.25, 5)])
        self.assertEqual(whole[:-1], (400, 40, 1.5, 7, 2.25, 7))
        self.assertEqual(figures.ratio(whole), 10)

    def test_gain_is_a_geometric_mean(self):
        ours = [result(100, 10, 1, 1), result(100, 1, 1, 1)]
        theirs = [result(100, 20, 1, 1), result(100, 8, 1, 1)]
        self.assertAlmostEqual(figures.gain(ours, theirs), 4)
        self.assertAlmostEqual(figures.gain(theirs, ours), 0.25)

    def test_dominating_is_smaller_and_faster(self):
        own = result(100, 10, 2.0, 2.0)
        peers = {"both": result(100, 9, 1.0, 9.0),
                 "smaller": result(100, 9, 3.0, 1.0),
                 "faster": result(100, 11, 1.0, 1.0),
                 "equal": result(100, 10, 1.0, 1.0)}
        self.assertEqual(figures.dominating(own, peers), ["both"])

    def test_speed_survives_a_clock_that_stands(self):
        self.assertEqual(figures.speed(2000000, 0.5), 4)
        self.assertGreater(figures.speed(1, 0), 0)


class Report(unittest.TestCase):
    """Tables of given figures."""
    TOOLS = [tool("own", True), tool("xz"), tool("zip")]
    SIZES = {"a": 1000, "b": 3000}
    RESULTS = {("a", "own"): result(1000, 100, 1, 1),
               ("b", "own"): result(3000, 100, 1, 1),
               ("a", "xz"): result(1000, 200, 4, 1),
               ("b", "xz"): result(3000, 200, 4, 1),
               ("a", "zip"): result(1000, 50, 0.5, 0.5, sessions=(2,)),
               ("b", "zip"): result(3000, 100, 0.5, 3.0)}

    def test_text(self):
        lines = report.report(self.RESULTS, self.SIZES, self.TOOLS)
        rows = [line.split() for line in lines]
        self.assertIn("All 2 files (4,000 bytes)", lines)
        self.assertIn(["own", "200", "20.000", "2.000", "0.00", "0", "2.000",
                       "0.00", "0"], rows)
        self.assertIn(["own", "2.000", "0.707"], rows)   # G
        self.assertIn(["own", "4", "~0.5"], rows)        # times faster
        self.assertIn("own: DOMINATED by zip (restores slower)", lines)

    def test_csv_sums(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "bench.csv")
            report.write_csv(path, self.RESULTS, self.SIZES, self.TOOLS)
            with open(path, encoding="utf-8") as file:
                rows = list(csv.DictReader(io.StringIO(file.read())))
        for one in self.TOOLS:
            packed = [int(row["packed"]) for row in rows
                      if row["tool"] == one.name]
            self.assertEqual(sum(packed[:-1]), packed[-1])
            self.assertEqual(len(packed), 3)


class Levels(unittest.TestCase):
    """The text that names levels."""

    def test_options_stay_with_their_level(self):
        self.assertEqual(tools.levels("1 -6,9 9 --format=bytes"),
                         ["-1", "-6", "-9", "-9 --format=bytes"])


class RoundTrip(unittest.TestCase):
    """A tool that does not give the file back, or fails, is told."""

    def trip(self, restore):
        """One by tools that copy."""
        with tempfile.TemporaryDirectory() as folder:
            source = os.path.join(folder, "source")
            with open(source, "wb") as file:
                file.write(b"twelve bytes")
            work = os.path.join(folder, "work")
            os.mkdir(work)
            return tools.round_trip(
                tools.Tool("t", False, ["cat", "input"], restore), source,
                work)

    def test_equal(self):
        self.assertEqual(self.trip(["cat", "packed"]).packed, 12)

    def test_other_bytes(self):
        with self.assertRaises(tools.Failure):
            self.trip(["printf", "%s", "twelve bytez"])

    def test_failing(self):
        with self.assertRaises(tools.Failure):
            self.trip(["cat", "nothing"])


class Whole(unittest.TestCase):
    """The program, over a small file."""

    def test_twice(self):
        """The second time nothing is left to be run."""
        with tempfile.TemporaryDirectory() as folder:
            small = os.path.join(folder, "small.log")
            with open(os.path.join(HERE, "samples", "app.log"), "rb") as file:
                data = file.read(3000)
            with open(small, "wb") as file:
                file.write(data)
            out = os.path.join(folder, "out")

            def bench():
                subprocess.run(
                    [sys.executable, "-B", os.path.join(HERE, "bench.py"),
                     "--midicoth", os.environ["MIDICOTH"], "--out", out,
                     "--runs", "2", "--levels", "0 6", "--quick", small],
                    check=True, stdout=subprocess.DEVNULL)
                with open(os.path.join(out, "runs.csv"),
                          encoding="utf-8") as file:
                    return file.read()

            first = bench()
            runs = list(csv.DictReader(io.StringIO(first)))
            own = [row for row in runs if row["tool"].startswith("midicoth")]
            self.assertEqual(len(own), 4)
            self.assertEqual(bench(), first)
            for name in ("bench-compress.svg", "bench-restore.svg"):
                svg = xml.dom.minidom.parse(os.path.join(out, name))
                self.assertEqual(len(svg.getElementsByTagName("circle")),
                                 len({row["tool"] for row in runs}))


if __name__ == "__main__":
    unittest.main()
