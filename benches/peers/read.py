"""Reads every page with other people's readers, in process: time, right, harmful.

    FOLDER/venv/bin/python benches/peers/read.py

Time is processor time. A state is right when it agrees with the label; it is harmful when it is
given to a page that says nothing about the book: a refusal, a missing page, a search page.
"""

import io
import resource
import sys
import time
import types

from pages import ORDERABLE, SILENT, pages


def changedetection():
    """changedetection.io's restock processor, without the process that it puts around reading."""
    import loguru

    loguru.logger.remove()
    from changedetectionio.processors.restock_diff import processor

    processor.extract_itemprop_availability_safe = processor.get_itemprop_availability

    class Watch(dict):
        was_edited = False
        link = "http://127.0.0.1/"

    def read(html, status):
        check = object.__new__(processor.perform_site_check)
        check.fetcher = types.SimpleNamespace(
            content=html, screenshot=None, xpath_data=None, headers={}, instock_data=None,
            backend_name=None, get_last_status_code=lambda: status,
        )
        check.datastore = types.SimpleNamespace(data={"settings": {"application": {"tags": {}}}})
        check.last_raw_content_checksum = None
        check.get_raw_document_checksum = lambda: None
        check.update_last_raw_content_checksum = lambda _: None
        check.get_extra_watch_config = lambda _: {}
        try:
            _, update, _ = check.run_changedetection(Watch(uuid="x", url=Watch.link, tags=[]), True)
        except Exception:
            return None
        return update["restock"].get("in_stock")

    return read


def lxml_reader():
    """A few lines of our own, as people write them: the availability element, and a word in it."""
    from lxml import html as lxml_html

    def read(html, _status):
        if not html.strip():
            return None
        tree = lxml_html.document_fromstring(html)
        text = " ".join(tree.xpath("string(//*[@id='availability'])").split()).lower()
        if not text:
            return None
        return "in stock" in text

    return read


def lxml_tree():
    """The tree alone."""
    from lxml import etree

    def read(html, _status):
        etree.parse(io.StringIO(html), etree.HTMLParser(huge_tree=True))

    return read


def measure(name, read, all_pages):
    # What is loaded once is no part of a page's time.
    read(all_pages[0][3], 200)
    right = harmful = said = 0
    begun = time.process_time()
    for _, status, expected, html in all_pages:
        state = read(html, status)
        if state is None:
            continue
        said += 1
        if expected in SILENT:
            harmful += 1
        elif state == (expected in ORDERABLE):
            right += 1
    taken = time.process_time() - begun
    size = sum(len(html.encode()) for *_, html in all_pages) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name}: {taken * 1000 / len(all_pages):.2f} ms a page, {size / taken:.1f} MB/s; names a "
        f"state of {said} of {len(all_pages)} pages, {right} right, {harmful} harmful; process at "
        f"most {peak:.0f} MB"
    )


READERS = {"changedetection": changedetection, "lxml-reader": lxml_reader, "lxml-tree": lxml_tree}


def main():
    names = sys.argv[1:] or READERS
    all_pages = [(n, s, e, b.decode("utf-8", "replace")) for n, s, e, b in pages()]
    for name in names:
        measure(name, READERS[name](), all_pages)


if __name__ == "__main__":
    main()
