# SPDX-License-Identifier: BSD-3-Clause
"""Plots of ratio against speed, as SVG that needs nothing else."""

import math
import os
from xml.sax.saxutils import escape

import bench_figures as figures

WIDTH, HEIGHT = 900, 560
LEFT, RIGHT, TOP, BOTTOM = 74, 34, 84, 64
# A label's height and its width a letter, about.
LINE, LETTER = 16, 7.8

# Where no colour scheme is known, the light one holds.
STYLE = """
svg { font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif }
.page { fill: #ffffff } .ink { fill: #1c2430 } .faint { fill: #5b6675 }
.title { font-size: 19px; font-weight: 600 }
.grid { stroke: #e4e8ee } .fine { stroke: #f1f3f6 } .axis { stroke: #8b95a3 }
.line { fill: none; stroke: #0f7b8a; stroke-width: 2.5;
  stroke-linejoin: round }
.ours { fill: #0f7b8a; stroke: #ffffff; stroke-width: 1.5 }
.other { fill: #ffffff; stroke: #0f7b8a; stroke-width: 2.5 }
.peer { fill: #d9772b; stroke: #ffffff; stroke-width: 1.5 }
.own { fill: #0b6470; font-weight: 600 } .theirs { fill: #8a4511 }
@media (prefers-color-scheme: dark) {
.page { fill: #14181f } .ink { fill: #e8ecf2 } .faint { fill: #a3adba }
.grid { stroke: #2a313c } .fine { stroke: #1e242d } .axis { stroke: #768191 }
.line { stroke: #4fc3d3 } .ours { fill: #4fc3d3; stroke: #14181f }
.other { fill: #14181f; stroke: #4fc3d3 }
.peer { fill: #f0994f; stroke: #14181f }
.own { fill: #7fd9e6 } .theirs { fill: #f3b582 }
}
"""


class Scale:
    """Maps values to a coordinate, along a logarithm or not."""

    def __init__(self, values, start, end, logarithmic):
        self.map = math.log if logarithmic else float
        low, high = min(values), max(values)
        if logarithmic:
            low, high = low / 1.3, high * 1.5
        else:
            space = (high - low or high) * 0.12
            low, high = max(low - space, 0), high + space
        self.low, self.high, self.start, self.end = low, high, start, end

    def __call__(self, value):
        share = (self.map(value) - self.map(self.low)) / (
            self.map(self.high) - self.map(self.low))
        return self.start + share * (self.end - self.start)

    def inside(self, value):
        """Whether it is on the scale."""
        return self.low <= value <= self.high


def decades(scale):
    """Pairs of a value to mark on a logarithmic scale and whether it gets a
    number."""
    marks = []
    for power in range(math.floor(math.log10(scale.low)),
                       math.ceil(math.log10(scale.high)) + 1):
        marks += [(digit * 10.0 ** power, digit in (1, 2, 5))
                  for digit in range(1, 10)]
    return [mark for mark in marks if scale.inside(mark[0])]


def steps(scale):
    """Values to mark on a linear scale, 4 to 9 of them."""
    step = 10.0 ** math.floor(math.log10(scale.high - scale.low))
    for part in (0.2, 0.5, 1, 2):
        if (scale.high - scale.low) / (step * part) <= 9:
            step *= part
            break
    first = math.ceil(scale.low / step)
    return [n * step for n in range(first, int(scale.high / step) + 1)]


def overlap(a, b):
    """The area two boxes (left, top, right, bottom) share."""
    return (max(0, min(a[2], b[2]) - max(a[0], b[0])) *
            max(0, min(a[3], b[3]) - max(a[1], b[1])))


def place(x, y, what, taken):
    """Finds a label's place beside its point: where it covers least. Returns
    its anchor and its text's start or middle or end; the box it fills is
    added to the taken ones."""
    width = len(what) * LETTER
    least = None
    for anchor, dx, dy in (
            ("start", 11, 0), ("end", -11, 0), ("middle", 0, -18),
            ("middle", 0, 18), ("start", 9, -13), ("start", 9, 13),
            ("end", -9, -13), ("end", -9, 13), ("middle", 0, -34),
            ("middle", 0, 34), ("end", -4, -34), ("start", 4, 34),
            ("middle", 0, 52)):
        left = x + dx - width * ("start", "middle", "end").index(anchor) / 2
        box = (left, y + dy - LINE / 2, left + width, y + dy + LINE / 2)
        outside = (box[0] < LEFT or box[2] > WIDTH - RIGHT / 3 or
                   box[1] < TOP - 8 or box[3] > HEIGHT - BOTTOM)
        cost = sum(overlap(box, other) for other in taken) + outside * 1e6
        if least is None or cost < least[0]:
            least = cost, box, anchor, x + dx, y + dy
    taken.append(least[1])
    return least[2:]


def along(line):
    """Small boxes along a line through some places."""
    return [(x - 3, y - 3, x + 3, y + 3)
            for (x0, y0), (x1, y1) in zip(line, line[1:])
            for x, y in ((x0 + (x1 - x0) * n / 40, y0 + (y1 - y0) * n / 40)
                         for n in range(41))]


def text(x, y, what, kind, anchor="middle", more=""):
    """A text element."""
    return '<text x="%.1f" y="%.1f" class="%s" text-anchor="%s"%s>%s</text>' \
        % (x, y, kind, anchor, more, escape(what))


def axes(across, up, label):
    """The grid, the numbers and what they are."""
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    out = []
    for value, numbered in decades(across):
        x = across(value)
        out.append('<path class="%s" d="M%.1f %d V%d"/>' % (
            "grid" if numbered else "fine", x, TOP, bottom))
        if numbered:
            out.append(text(x, bottom + 20, "%g" % value, "faint"))
    for value in steps(up):
        y = up(value)
        out.append('<path class="grid" d="M%d %.1f H%d"/>' % (LEFT, y, right))
        out.append(text(LEFT - 10, y + 4.5, "%g" % round(value, 6), "faint",
                        "end"))
    out.append('<path class="axis" fill="none" d="M%d %d V%d H%d"/>' % (
        LEFT, TOP, bottom, right))
    out.append(text((LEFT + right) / 2, HEIGHT - 18, label, "ink"))
    out.append(text(22, (TOP + bottom) / 2, "ratio", "ink", more=(
        ' transform="rotate(-90 22 %.1f)"' % ((TOP + bottom) / 2))))
    return out


def draw(points, title, under, label):
    """The SVG of some points: (name, ours, speed, ratio). Our plain levels
    are joined by a line; other options of ours stand beside it."""
    across = Scale([point[2] for point in points], LEFT, WIDTH - RIGHT, True)
    up = Scale([point[3] for point in points], HEIGHT - BOTTOM, TOP, False)
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" '
           'role="img"><title>%s</title><style>%s</style>' % (
               WIDTH, HEIGHT, escape(title), STYLE),
           '<rect class="page" width="%d" height="%d" rx="10"/>' % (
               WIDTH, HEIGHT),
           text(LEFT, 36, title, "ink title", "start"),
           text(LEFT, 58, under, "faint", "start")]
    out += axes(across, up, label)
    plain = [(across(p[2]), up(p[3])) for p in points
             if p[1] and "--" not in p[0]]
    if len(plain) > 1:
        out.append('<polyline class="line" points="%s"/>' % " ".join(
            "%.1f,%.1f" % place for place in plain))
    taken = along(plain)
    taken += [(across(p[2]) - 7, up(p[3]) - 7, across(p[2]) + 7, up(p[3]) + 7)
              for p in points]
    # Short labels first: they leave long ones more places than otherwise.
    for name, own, speed, ratio in sorted(points, key=lambda p: len(p[0])):
        x, y = across(speed), up(ratio)
        kind = "peer" if not own else "other" if "--" in name else "ours"
        out.append('<circle class="%s" cx="%.1f" cy="%.1f" r="6"><title>'
                   '%s: ratio %.3f, %.3g MB/s</title></circle>' % (
                       kind, x, y, escape(name), ratio, speed))
        short = name.replace("midicoth ", "")
        anchor, x, y = place(x, y, short, taken)
        out.append(text(x, y + 4.5, short, "own" if own else "theirs",
                        anchor))
    return "\n".join(out + ["</svg>", ""])


def write(folder, totals, tools):
    """Writes both plots of totals, by tool's name, into a folder."""
    size = next(iter(totals.values())).bytes
    files = len(next(iter(totals.values())).sessions)
    for name, what, field in (
            ("compress", "Ratio against speed of compression", "compress_s"),
            ("restore", "Ratio against speed of restoring", "restore_s")):
        points = [(tool.name, tool.ours, figures.speed(
            size, getattr(totals[tool.name], field)),
                   figures.ratio(totals[tool.name])) for tool in tools]
        path = os.path.join(folder, "bench-%s.svg" % name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(draw(
                points, what,
                "midicoth's levels (joined) and others; %d files, %.1f MB; "
                "CPU of one thread; up and to the right is better" % (
                    files, size / 1e6), "MB/s"))
