# SPDX-License-Identifier: BSD-3-Clause
"""What people read of a benchmark: tables as text and as CSV."""

import csv

import bench_figures as figures

HEAD = ("size", "ratio", "compress s", "MB/s", "MiB", "restore s", "MB/s",
        "MiB")


def cells(result):
    """A result's figures, as texts below HEAD."""
    return ("{:,}".format(result.packed),
            "%.3f" % figures.ratio(result),
            "%.3f" % result.compress_s,
            "%.2f" % figures.speed(result.bytes, result.compress_s),
            "%.0f" % (result.compress_kib / 1024),
            "%.3f" % result.restore_s,
            "%.2f" % figures.speed(result.bytes, result.restore_s),
            "%.0f" % (result.restore_kib / 1024))


def table(head, rows):
    """Lines of a table: the first column to the left, all others to the
    right."""
    rows = [head] + rows
    widths = [max(map(len, column)) for column in zip(*rows)]
    return ["  ".join([row[0].ljust(widths[0])] +
                      [cell.rjust(width)
                       for cell, width in zip(row[1:], widths[1:])]).rstrip()
            for row in rows]


def columns(results, files, tools, one_row):
    """Rows of a table of our levels against the peers; one_row gives a cell
    from two lists of results, ours and the peer's."""
    own = [tool for tool in tools if tool.ours]
    peers = [tool for tool in tools if not tool.ours]

    def of(tool):
        return [results[name, tool.name] for name in files]

    return table([""] + [peer.name for peer in peers],
                 [[tool.name] + [one_row(of(tool), of(peer))
                                 for peer in peers] for tool in own])


def faster(seconds):
    """A cell's maker: how often faster ours is, by the field of this name."""
    def cell(ours, peers):
        own, theirs = figures.total(ours), figures.total(peers)
        times = getattr(theirs, seconds) / max(getattr(own, seconds), 1e-6)
        mark = "" if figures.comparable(own, theirs) else "~"
        return mark + ("%.3g" % times)
    return cell


def verdicts(totals, tools):
    """A line for each level of ours: which peers are ahead of it."""
    peers = {tool.name: totals[tool.name] for tool in tools if not tool.ours}
    lines = []
    for tool in tools:
        if not tool.ours:
            continue
        own = totals[tool.name]
        said = ["%s (restores %s)" % (
            name, "faster too" if peers[name].restore_s < own.restore_s
            else "slower") for name in figures.dominating(own, peers)]
        lines.append("%s: %s" % (
            tool.name, "DOMINATED by " + ", ".join(said) if said
            else "not dominated"))
    return lines


def report(results, sizes, tools):
    """The whole text, as a list of lines.
    results: by (file, tool's name); sizes: by file; tools: those that did
    every file."""
    files = list(sizes)
    lines = []
    for name in files:
        lines += ["%s (%s bytes)" % (name, "{:,}".format(sizes[name]))]
        lines += table(("",) + HEAD, [
            (tool.name,) + cells(results[name, tool.name])
            for tool in tools]) + [""]
    totals = all_totals(results, files, tools)
    lines += ["All %d files (%s bytes)" % (
        len(files), "{:,}".format(sum(sizes.values())))]
    lines += table(("",) + HEAD, [(tool.name,) + cells(totals[tool.name])
                                  for tool in tools]) + [""]
    if any(tool.ours for tool in tools) and not all(t.ours for t in tools):
        lines += ["G: geometric mean over files of the peer's size by ours"]
        lines += columns(results, files, tools,
                         lambda a, b: "%.3f" % figures.gain(a, b)) + [""]
        for what, field in (("compress", "compress_s"),
                            ("restore", "restore_s")):
            lines += ["Times faster to %s, in total; ~: not timed in turn, "
                      "compare with care" % what]
            lines += columns(results, files, tools, faster(field)) + [""]
        lines += ["Dominated: a peer's total is smaller, and made faster"]
        lines += verdicts(totals, tools)
    return lines


def all_totals(results, files, tools):
    """Every tool's total over all files, by its name."""
    return {tool.name: figures.total(results[name, tool.name]
                                     for name in files) for tool in tools}


def write_csv(path, results, sizes, tools):
    """One row a file and tool, and a row a tool over all, with "*" for the
    file's name."""
    totals = all_totals(results, list(sizes), tools)
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("file", "tool", "bytes", "packed", "compress_s",
                       "compress_kib", "restore_s", "restore_kib"))
        for (name, tool), result in list(results.items()) + [
                (("*", tool), result) for tool, result in totals.items()]:
            rows.writerow((name, tool) + result[:-1])
