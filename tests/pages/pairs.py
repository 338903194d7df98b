# SPDX-License-Identifier: GPL-2.0-only
"""pairs.py PAGE MATRIX: is the page of explore --pairs --html what --json printed, cell by cell, and a page of its own?

Prints how many cells there are; exit status 0, or 1 with what is wrong.
"""
import json
import sys
from html.parser import HTMLParser

# Elements without an end, and attributes by which a page asks for something from elsewhere.
VOID = {"meta", "br", "img", "link", "input"}
ASKS = {"src", "href", "srcset", "action", "data", "poster"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.buttons, self.data, self.wrong = [], {}, "", []
        self.button = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.wrong += [f"<{tag} {a}>" for a in attrs if a in ASKS or a.startswith("on")]
        if tag not in VOID:
            self.open.append((tag, attrs.get("id")))
        if tag == "button":
            self.button = attrs["data-cell"]
            if self.button in self.buttons:
                self.wrong.append(f"cell {self.button} twice")
            self.buttons[self.button] = [attrs["title"], ""]

    def handle_endtag(self, tag):
        if not self.open or self.open[-1][0] != tag:
            self.wrong.append(f"</{tag}> in {self.open[-1:]}")
        else:
            self.open.pop()
        self.button = None

    def handle_data(self, text):
        if self.button is not None:
            self.buttons[self.button][1] += text
        if self.open and self.open[-1] == ("script", "matrix"):
            self.data += text


def main(page, matrix):
    text = open(page, encoding="ascii").read()
    p, want = Page(), json.load(open(matrix))
    p.feed(text)
    p.close()
    wrong = p.wrong + [f"<{tag}> does not end" for tag, _ in p.open]
    if json.loads(p.data) != want:
        wrong.append("the data is not what --json printed")
    if "://" in text.replace(p.data, ""):
        wrong.append("something of elsewhere is named")
    for i, cell in enumerate(want["cells"]):
        title, letters = p.buttons.pop(str(i), ("", ""))
        if title != f"{cell['a']} x {cell['b']}: {cell['class']}":
            wrong.append(f"cell {i}: {title!r}")
        letter = {"no start": "-", "independent": ".i", "serial": "s", "explained": "n", "neither": "N"}[cell["class"]]
        if not letters or letters[0] not in letter:
            wrong.append(f"cell {i}: {letters!r} of {cell['class']}")
    wrong += [f"cell {i} is of no pair" for i in p.buttons]
    print(f"{len(want['cells'])} cells, {len(wrong)} wrong")
    print("\n".join(wrong[:20]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
