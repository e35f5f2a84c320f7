"""The pages that all are given: a folder of saved pages with labels, or our own fixtures."""

import os
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def folder():
    """The folder of saved pages; None where there is none."""
    named = os.environ.get("PUBWATCH_PAGES")
    found = pathlib.Path(named) if named else ROOT.parent / "shared" / "pages"
    return found if (found / "labels.tsv").is_file() else None


def pages():
    """Name, status, expected state and bytes of each page."""
    saved = folder()
    if saved:
        for line in (saved / "labels.tsv").read_text("utf-8").splitlines()[1:]:
            cells = line.split("\t")
            yield cells[0], int(cells[6]), cells[7], (saved / cells[0]).read_bytes()
        return
    for case in sorted((ROOT / "fixtures").glob("*/*.toml")):
        text = case.read_text("utf-8")
        status = re.search(r"^status = (\d+)", text, re.M)
        reads = re.search(r'^reads = "(.+)"', text, re.M)[1]
        expected = reads if reads in STATES or reads == "blocked" else "unreadable"
        name = f"{case.parent.name}/{case.stem}"
        yield name, int(status[1]) if status else 200, expected, case.with_suffix(".html").read_bytes()


STATES = {
    "not_listed", "announced", "pre_order", "in_stock", "ships_later", "back_order",
    "third_party_only", "out_of_stock", "discontinued",
}

# A state that says "in stock" is right of these, one that says "not in stock" of the others.
ORDERABLE = {"in_stock", "ships_later", "back_order", "pre_order"}

# Of these pages nobody can say that a book is in stock, or that it is not.
SILENT = {"blocked", "unreadable", "not_listed"}


def blown_up(title, isbn10, isbn13):
    """A product page of ours of 1.6 MB: a fixture, and what such pages are full of."""
    page = (ROOT / "fixtures/amazon/in-stock-by-amazon.html").read_text("utf-8")
    hyphenated = f"{isbn13[:3]}-{isbn13[3:]}"
    page = page.replace("978-1944098117", hyphenated).replace("9781944098117", isbn13)
    page = page.replace("1944098119", isbn10).replace("Salt Roads: A Novel of the Coast", title)
    script = (
        "<script>P.when('A').execute(function (A) { A.state('x', {\"asin\": \"1944098100\", "
        "\"price\": 16.99, \"list\": [1, 2, 3]}); });</script>"
    )
    tile = (
        '<li class="a-carousel-card"><div class="tile"><a class="a-link-normal" '
        'href="/dp/1944098100/ref=x_1"><img class="a-image" alt="" '
        'src="/images/I/41abcdefghL._SX120_.jpg"></a><span class="a-offscreen">$12.99</span> '
        "<b>In stock</b></div></li>\n"
    )
    piece = script * 6 + tile
    filler = piece * ((1_600_000 - len(page)) // len(piece))
    return page.replace("</body>", f'<div id="rhf"><ul>{filler}</ul></div></body>')
