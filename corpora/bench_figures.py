# SPDX-License-Identifier: BSD-3-Clause
"""The figures that follow from measured runs: the best run of each tool over
each file, totals, G, ratios of speed, and who is ahead of whom."""

import collections
import math

# One round trip, as it stands in the file of runs. Runs of one session were
# made in turn, so that their times compare.
Run = collections.namedtuple(
    "Run", "file digest bytes tool identity session packed compress_s "
    "compress_kib restore_s restore_kib")
# The minimum over runs of one tool over one file, or the sum over files.
Result = collections.namedtuple(
    "Result", "bytes packed compress_s compress_kib restore_s restore_kib "
    "sessions")


def best(runs):
    """The Result of some runs of one tool over one file."""
    least = [min(getattr(run, field) for run in runs)
             for field in Result._fields[:-1]]
    return Result(*least, frozenset(run.session for run in runs))


def total(results):
    """The Result over files: sums, but of memory the most. Its sessions are
    those of every file in turn."""
    results = list(results)

    def over(how, field):
        return how(getattr(result, field) for result in results)

    return Result(over(sum, "bytes"), over(sum, "packed"),
                  over(sum, "compress_s"), over(max, "compress_kib"),
                  over(sum, "restore_s"), over(max, "restore_kib"),
                  tuple(result.sessions for result in results))


def ratio(result):
    """How many bytes a byte of the archive stands for."""
    return result.bytes / result.packed


def speed(size, seconds):
    """In MB/s; a clock that has not moved yet counts as its least step."""
    return size / 1e6 / max(seconds, 1e-6)


def gain(ours, peers):
    """G: the geometric mean over files of a peer's size by ours. Both are
    lists of Result, one a file."""
    logs = [math.log(theirs.packed / own.packed)
            for own, theirs in zip(ours, peers)]
    return math.exp(sum(logs) / len(logs))


def comparable(own, theirs):
    """Whether the times of both are from the same sessions."""
    return own.sessions == theirs.sessions


def dominating(own, peers):
    """The names of those peers whose archives are smaller and made faster.
    Their totals are in a dictionary by name."""
    return [name for name, theirs in peers.items()
            if theirs.packed < own.packed
            and theirs.compress_s < own.compress_s]
