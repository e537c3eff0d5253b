# SPDX-License-Identifier: BSD-3-Clause
"""Tests of the variants' source, of the tables, and of one variant."""

import csv
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import ablation
import ablation_source as source

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)


class Text(unittest.TestCase):
    """How C is read."""

    def test_fields(self):
        self.assertEqual(source.fields(
            "struct a { int b; /* int x; */ uint8_t c[MOST]; };", "a"),
                         ["b", "c"])

    def test_elements(self):
        self.assertEqual(source.elements(" 6,\n 2, {A,\n B}, {C}"),
                         ["6", "2", "{A,\n B}", "{C}"])

    def test_replaced_is_there_once(self):
        self.assertEqual(source.replaced("b", "c", "abd"), "acd")
        for text in ("ad", "abbd"):
            with self.assertRaises(source.Unexpected):
                source.replaced("b", "c", text)


class Variants(unittest.TestCase):
    """The source of every variant, as the engine's is now."""

    def test_every_row(self):
        for row in list(range(4, 10)) + list(range(15, 20)) + \
                list(range(24, 30)):
            engine = source.Source(ROOT, row)
            self.assertEqual(engine.parses(), 10 < row < 20)
            self.assertEqual(len(engine.contexts),
                             int(engine.shape["contexts"]))
            for _, family in ablation.variants(engine):
                self.assertTrue(all(files for _, files in family))

    def test_only_keeps_a_group(self):
        engine = source.Source(ROOT, 6)
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(os.path.join(ROOT, "models"),
                            os.path.join(folder, "models"),
                            copy_function=shutil.copyfile)
            for path, text in engine.only(["word"]).items():
                with open(os.path.join(folder, path), "w",
                          encoding="ascii") as file:
                    file.write(text)
            kept = source.Source(folder, 6).contexts
        self.assertEqual(
            kept, [name if name.startswith("MDCI_CONTEXT_WORD")
                   else source.NOTHING for name in engine.contexts])

    def test_groups(self):
        self.assertNotIn("field", source.Source(ROOT, 6).groups)
        self.assertIn("field", source.Source(ROOT, 16).groups)

    def test_no_such_row(self):
        with self.assertRaises(source.Unexpected):
            source.Source(ROOT, 3)


class Tables(unittest.TestCase):
    """Figures of given sizes."""
    RESULTS = {"whole": [100, 400], "no steps": [110, 440],
               "APMs 1+2": [102, 408], "APMs 1+3": [101, 404],
               "APMs 1+2+3": [100, 404]}

    def test_changes(self):
        lines = ablation.tables(["a", "b"], [("t", ["no steps"])],
                                self.RESULTS)
        rows = [line.split() for line in lines]
        self.assertIn(["a", "100", "+10.00"], rows)
        self.assertIn(["geometric", "mean", "200", "+10.00"], rows)
        self.assertIn(["total", "500", "+10.00"], rows)

    def test_verdict(self):
        self.assertEqual(ablation.verdict(self.RESULTS), [
            "Micro-diffusion against no steps: +10.00 %, APMs 1+3, the best "
            "two: +1.00 %, APMs 1+2+3: +0.50 %"])


class Whole(unittest.TestCase):
    """The program, with one variant and a small file."""

    def test_one_variant(self):
        with tempfile.TemporaryDirectory() as folder:
            logs = os.path.join(folder, "logs")
            os.mkdir(logs)
            small = os.path.join(logs, "small.log")
            with open(os.path.join(HERE, "samples", "app.log"), "rb") as file:
                data = file.read(8000)
            with open(small, "wb") as file:
                file.write(data)
            # Without the build's config.h, so with plain kernels.
            open(os.path.join(folder, "config.h"), "wb").close()
            sources = [os.path.relpath(path, ROOT) for path in glob.glob(
                os.path.join(ROOT, "models", "*.c"))
                       if not path.endswith(("_avx2.c", "_avx512.c",
                                             "_neon.c", "_tablegen.c",
                                             "_trainer.c"))]
            subprocess.run(
                [sys.executable, "-B", os.path.join(HERE, "ablation.py"),
                 "--cc", os.environ["CC"], "--cflags=-O1",
                 "--cppflags", "-I%s -I%s" % (folder, ROOT),
                 "--sources", " ".join(sources), "--fast-sources", "",
                 "--fast-cflags", "", "--source", ROOT, "--out", folder,
                 "--level", "4", "--format", "log-bytes", "--only",
                 "without line", logs],
                check=True, stdout=subprocess.DEVNULL)
            with open(os.path.join(folder, "ablation.csv"), newline="",
                      encoding="utf-8") as file:
                packed = {row["variant"]: int(row["packed"])
                          for row in csv.DictReader(file)}
            # What the command writes is the same, and the frame around it.
            archive = len(subprocess.run(
                [os.environ["MIDICOTH"], "-4", "--format=bytes", "-c", small],
                check=True, stdout=subprocess.PIPE).stdout)
        self.assertGreater(packed["without line"], packed["whole"])
        self.assertIn(archive - packed["whole"], range(65))


if __name__ == "__main__":
    unittest.main()
