"""One round over the same loopback pages with each program: processor time a page, peak of memory.

    python3 benches/peers/round.py FOLDER [PAGES]

FOLDER is what `install` filled. The pages are 1.6 MB each, generated from a fixture of ours, each
of another book. It is the first round of each program, its start included. Wall time says nothing
here, because some pause between requests and cannot be told not to.
"""

import http.server
import multiprocessing
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import textwrap

from pages import ROOT, blown_up


def isbns(number):
    """A 978 number of the publisher of the fixtures, and its ISBN-10."""
    core = f"1944{number:05d}"
    digits = "978" + core
    thirteen = (10 - sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(digits)) % 10) % 10
    ten = (11 - sum(int(d) * (10 - i) for i, d in enumerate(core)) % 11) % 11
    return f"{digits}{thirteen}", f"{core}{'X' if ten == 10 else ten}"


def serve(books):
    """The pages, from a process of its own: the kernel counts what this one holds as the peak of
    whatever it starts."""
    here, there = multiprocessing.Pipe()
    multiprocessing.Process(target=keep_shop, args=(books, there), daemon=True).start()
    return here.recv()


def keep_shop(books, told):
    pages = {f"/dp/{ten}": blown_up(title, ten, thirteen).encode() for title, thirteen, ten in books}

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = pages.get(self.path)
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.send(f"http://127.0.0.1:{server.server_address[1]}")
    server.serve_forever()


def run(command, folder):
    """Processor seconds and peak of memory in MB of a command and all its children."""
    log = open(folder / "log", "ab")
    child = subprocess.Popen(
        command, cwd=folder, stdout=log, stderr=log,
        env={**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, child.returncode


def pubwatch(folder, base, books):
    program = os.environ.get("PUBWATCH", ROOT / "target/dist/pubwatch")
    text = f"""
        [author]
        name = "Jane Roe"
        email = "jane@example.com"
        timezone = "UTC"
        [data]
        folder = "data"
        [politeness]
        jitter = "0s"
        [[store]]
        name = "amazon.com"
        base = "{base}"
        pause = "0s"
    """
    for title, isbn13, _ in books:
        text += f"""
        [[edition]]
        title = "{title}"
        isbn = "{isbn13}"
        publication_date = 2024-02-09
        distribution_enabled = 2023-12-01
        stores = ["amazon.com"]
        """
    (folder / "pubwatch.toml").write_text(textwrap.dedent(text))
    return [str(program), "--config", "pubwatch.toml", "check"]


def urlwatch(folder, base, books):
    jobs = "---\n".join(
        f"name: {title}\nurl: {base}/dp/{isbn10}\nfilter:\n  - css: '#availability'\n  - html2text\n"
        for title, _, isbn10 in books
    )
    (folder / "urls.yaml").write_text(jobs)
    return [
        str(FOLDER / "venv/bin/urlwatch"), "--urls", "urls.yaml", "--config", "none.yaml",
        "--hooks", "none.py", "--cache", "cache.db",
    ]


def website_stalker(folder, base, books):
    sites = "".join(
        f"  - url: {base}/dp/{isbn10}\n    editors:\n      - css_select: '#availability'\n"
        for _, _, isbn10 in books
    )
    (folder / "website-stalker.yaml").write_text(f"from: jane@example.com\nsites:\n{sites}")
    subprocess.run(["git", "init", "-q", folder], check=True)
    return [str(FOLDER / "bin/website-stalker"), "run", "--all"]


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    books = [(f"Salt Roads {number}", *isbns(9800 + number)) for number in range(count)]
    base = serve(books)
    for program in (pubwatch, urlwatch, website_stalker):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="peers-"))
        command = program(folder, base, books)
        name = program.__name__.replace("_", "-")
        if not shutil.which(command[0]):
            print(f"{name}: not installed, left out")
            continue
        seconds, megabytes, code = run(command, folder)
        per_page = seconds * 1000 / count
        print(f"{name}: {per_page:.1f} ms of processor time a page, {megabytes:.0f} MB, exit {code}")
        if code not in (0, 1):
            print((folder / "log").read_text("utf-8", "replace")[-800:])
        shutil.rmtree(folder)


FOLDER = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else pathlib.Path()

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main()
