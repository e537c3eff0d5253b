# SPDX-License-Identifier: BSD-3-Clause
"""Variants of the engine's source, made by rewriting what stands in a few of
its files. Where the source is not as expected, a variant is refused."""

import os
import re

# What models/context.h says of where each context is made.
GROUPS = ("ppm", "highctx", "word", "match", "line", "field")
# The context that carries nothing, in place of one that is taken out.
NOTHING = "MDCI_CONTEXT_NOTHING"


class Unexpected(Exception):
    """The source is not as this program expects it."""


def without_comments(text):
    """C text without its comments."""
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def replaced(pattern, by, text):
    """The text with what the pattern matches, exactly once, replaced."""
    text, count = re.subn(pattern, by, text, flags=re.MULTILINE | re.DOTALL)
    if count != 1:
        raise Unexpected("%d times: %s" % (count, pattern))
    return text


def fields(text, name):
    """Names of a structure's members, in order."""
    found = re.search(r"struct %s \{(.*?)\};" % name, without_comments(text),
                      re.DOTALL)
    if not found:
        raise Unexpected("no struct " + name)
    return re.findall(r"(\w+)(?:\[\w+\])?;", found.group(1))


def elements(initializer):
    """The parts of an initializer, braces around lists kept."""
    return [part.strip()
            for part in re.findall(r"\{[^{}]*\}|[^,{}]+", initializer)
            if part.strip()]


class Source:
    """The engine's files that variants change, and how."""

    def __init__(self, folder, row):
        """Reads a row of the model sets and its shape."""
        self.folder = folder
        sets = self.read("models/model_set.h")
        self.members = fields(sets, "mdci_shape")
        row_members = fields(sets, "mdci_model_set")
        rows = [elements(text) for text in re.findall(
            r"\{([^{}]*)\}", without_comments(
                self.read("models/model_set.c")).partition("rows[] =")[2])]
        shapes = [values[row_members.index("shape")] for values in rows
                  if values[row_members.index("row")] == str(row)]
        if len(shapes) != 1:
            raise Unexpected("no row %d" % row)
        self.number = shapes[0]
        self.text = without_comments(self.read("models/model_shapes.h"))
        found = re.search(r"X\(%s, (\w+)\)" % self.number, self.text)
        self.name = found.group(1)
        start = re.search(r"struct mdci_shape %s =\s*\{(.*?)\};" % self.name,
                          self.text, re.DOTALL)
        self.shape = dict(zip(self.members, elements(start.group(1))))
        if list(self.shape) != self.members:
            raise Unexpected("shape " + self.name)
        self.contexts = elements(self.shape["context"].strip("{}"))
        self.group_of = self._groups()
        self.groups = [group for group in GROUPS if any(
            self.group_of[name] == group for name in self.contexts)]

    def read(self, path):
        """A file's text."""
        with open(os.path.join(self.folder, path), encoding="ascii") as file:
            return file.read()

    def _groups(self):
        """The group of every context."""
        groups, group = {}, None
        for line in self.read("models/context.h").splitlines():
            title = re.match(r"\s*/\* (\w+)\.h\b", line)
            name = re.match(r"\s*(MDCI_CONTEXT_\w+),", line)
            if title:
                group = title.group(1)
            elif name:
                groups[name.group(1)] = group
        if set(groups.values()) != set(GROUPS):
            raise Unexpected("groups of contexts: %s" % set(groups.values()))
        return groups

    def steps(self):
        """How many steps of micro-diffusion code bytes."""
        return bin(int(self.shape["steps"])).count("1")

    def parses(self):
        """Whether it parses logs, and asks for whole fields."""
        return self.shape["fields"] != "0"

    def refined(self, steps, apm=0):
        """Files for other steps behind the mixer: a mask, and whether they
        are APMs."""
        return self._with_shape(steps=str(steps), apm=str(apm))

    def plain_flags(self):
        """Files for an engine whose decisions on fields have no steps."""
        text = self.read("models/flag.h")
        last = text.rindex("#include")
        last = text.index("\n", last) + 1
        return {"models/flag.h": text[:last] + (
            "#define mdci_diffusion_predict(step, bins, sums, where, p) (p)\n"
            "#define mdci_diffusion_update(step, bit) ((void)0)\n") +
                text[last:] + ("#undef mdci_diffusion_predict\n"
                               "#undef mdci_diffusion_update\n")}

    def unasked(self):
        """Files for an engine that spells everything out."""
        return {"models/model_set.c": replaced(
            r"^#define ASK\(p\).*?$", "#define ASK(p) 4194304u",
            self.read("models/model_set.c"))}

    def less(self, context):
        """Files for an engine without one context."""
        return self._with_contexts(
            [NOTHING if name == context else name for name in self.contexts])

    def only(self, groups):
        """Files for an engine with only these groups of contexts."""
        files = self._with_contexts(
            [name if self.group_of[name] in groups else NOTHING
             for name in self.contexts])
        # What else a group does: it expects bytes or values.
        if "match" not in groups:
            files["models/match.h"] = self.read("models/match.h") + (
                "#define mdci_match_find(m, table, hash, block, pos, other, "
                "min_length) ((void)0)\n")
        if "line" not in groups:
            files["models/line.h"] = self.read("models/line.h") + (
                "#define mdci_line_expect(l, block, pos) "
                "((struct mdci_line_expected){0})\n")
        if "field" not in groups:
            files["models/predictor.h"] = self.read("models/predictor.h") + (
                "#define mdci_values_predict(v, f, t, match, block, pos) "
                "((void)memset(v, 0, sizeof *(v)))\n")
        return files

    def _with_contexts(self, contexts):
        """Files for an engine with these contexts, which knows NOTHING."""
        files = self._with_shape(context="{%s}" % ", ".join(contexts))
        files["models/context.h"] = replaced(
            r"^ *MDCI_CONTEXTS$", "    %s,\n    MDCI_CONTEXTS" % NOTHING,
            self.read("models/context.h"))
        # A function-like macro of a function's name does not call itself.
        files["models/ppm.h"] = self.read("models/ppm.h") + (
            "#define mdci_ppm_keys(key, last8) (mdci_ppm_keys(key, last8), "
            "(void)((key)[%s] = 0))\n" % NOTHING)
        return files

    def unread(self):
        """Files for an engine that has read no prior."""
        return {"models/prior.c":
                '#include "models/prior.h"\n'
                "const char *const mdci_prior[MDCI_PRIOR_LINES] = "
                '{[0 ... MDCI_PRIOR_LINES - 1] = ""};\n'}

    def even_starts(self):
        """Files for an engine whose weights all start with their mean."""
        parts = re.split(r"/\* shape (\d+) \*/",
                         self.read("models/starts.c"))[1:]
        lines = []
        for number, text in zip(parts[::2], parts[1::2]):
            weights = [int(word) for word in re.findall(r"-?\d+", text)]
            lines.append(
                "    [%s] = {[0 ... MDCI_MAX_SETS - 1] = {[0 ... "
                "MDCI_MAX_INPUTS - 1] = %d}},\n" % (
                    number, sum(weights) // len(weights)))
        if not lines:
            raise Unexpected("starts.c")
        return {"models/starts.c":
                '#include "models/starts.h"\n'
                "const int16_t mdci_start_weights[MDCI_START_SHAPES]"
                "[MDCI_MAX_SETS][MDCI_MAX_INPUTS] = {\n%s};\n" %
                "".join(lines)}

    def _with_shape(self, **changes):
        """Files for another shape of this row. Only the row's byte models are
        compiled: that takes long."""
        shape = {**self.shape, **changes}
        named = "(%s, %s)" % (self.number, self.name)
        kernels = replaced(r"^MDCI_SHAPES\(VARIANT\)$", "VARIANT" + named,
                           self.read("models/byte_model_variants.h"))
        return {"models/model_shapes.h": replaced(
            r"struct mdci_shape %s =.*?\};" % self.name,
            "struct mdci_shape %s = {%s};" % (
                self.name, ", ".join(shape[name] for name in self.members)),
            self.text),
                "models/byte_model_variants.h": replaced(
                    r"\{MDCI_SHAPES\(POINTER\)\}",
                    "{[%s] = POINTER%s}" % (self.number, named), kernels)}

    def whole(self):
        """Files for the engine as it is."""
        return self._with_shape()
