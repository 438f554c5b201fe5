"""Downloads against a server on the loopback address: slow, cut off, wrong, without ranges, not to be trusted."""

from __future__ import annotations

import hashlib
import http.server
import io
import re
import ssl
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import dataclass, field, replace

import pytest
import trustme

from common import assets_shell, download
from common.archive_member import leads_outside
from common.assets import catalogue
from common.download import Download, Patience, downloads, fetch
from common.errors import InputError

QUICK = Patience(timeout=2.0, attempts=2, pause=0.01)
CONTENT = b"the quick brown fox 0.1 -0.25\n" * 40_000
MEMBER = "vectors/words.50d.txt"


def archive(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return packed.getvalue()


@dataclass
class Site:
    """What the server does, and what it was asked: the `Range` of each request to the file, or ""."""

    content: bytes = CONTENT
    ranges: bool = True
    cut_after: list[int] = field(default_factory=list)  # bytes after which each next answer breaks off
    pause: float = 0.0
    statuses: list[int] = field(default_factory=list)  # of the next answers
    redirect: str = ""
    wrong_range: bool = False
    says_size: bool = True
    asked: list[str] = field(default_factory=list)


class Handler(http.server.BaseHTTPRequestHandler):
    site: Site

    def do_GET(self):
        site = self.site
        if site.redirect and self.path == "/start":
            self.send_response(302)
            self.send_header("Location", site.redirect)
            self.end_headers()
            return
        site.asked.append(self.headers.get("Range", ""))
        if site.statuses:
            self.send_error(site.statuses.pop(0))
            return
        begin = self._begin_answer(site)
        self._send(site, site.content[begin:])

    def _begin_answer(self, site: Site) -> int:
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")) if site.ranges else None
        begin = int(asked[1]) if asked else 0
        if asked and begin >= len(site.content):
            self.send_error(416)
            return len(site.content)
        self.send_response(206 if asked else 200)
        if asked:
            shown = begin + 7 if site.wrong_range else begin
            whole = len(site.content) if site.says_size else "*"
            self.send_header("Content-Range", f"bytes {shown}-{len(site.content) - 1}/{whole}")
        if site.says_size:
            self.send_header("Content-Length", str(len(site.content) - begin))
        self.end_headers()
        return begin

    def _send(self, site: Site, content: bytes) -> None:
        stop = site.cut_after.pop(0) if site.cut_after else len(content)
        for at in range(0, min(stop, len(content)), 50_000):
            self.wfile.write(content[at : min(at + 50_000, stop)])
            self.wfile.flush()
            time.sleep(site.pause)
        self.close_connection = True

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # a client that does not trust us, or has enough


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def trusted(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def serve(authority, monkeypatch):
    """`serve(site, certificate=...)` runs a secure server for the test, and gives its address."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    running = []

    def start(site: Site, *, issuer: trustme.CA = authority, host: str = "localhost", secure: bool = True) -> str:
        server = Server(("127.0.0.1", 0), type("One", (Handler,), {"site": site}))
        if secure:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            issuer.issue_cert(host).configure_cert(context)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        running.append(server)
        return f"{'https' if secure else 'http'}://localhost:{server.server_address[1]}"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def known(url: str, content: bytes = CONTENT, member: bytes | None = None) -> Download:
    """The record of a file, or of an archive with the member MEMBER."""
    wanted = Download("x", "a file", f"{url}/file", len(content), hashlib.sha256(content).hexdigest(), page=url)
    if member is None:
        return wanted
    digest = hashlib.sha256(member).hexdigest()
    return replace(wanted, member=MEMBER, member_bytes=len(member), member_sha256=digest)


def test_a_file_comes_whole_and_is_not_asked_for_again(serve, trusted, tmp_path):
    site, seen = Site(), []
    wanted = known(serve(site))
    path = fetch(wanted, tmp_path / "deep/file.txt", context=trusted, patience=QUICK, report=seen.append)
    assert path.read_bytes() == CONTENT and [one.name for one in path.parent.iterdir()] == ["file.txt"]
    assert seen == sorted(seen) and seen[0] == 0 and seen[-1] == len(CONTENT)
    fetch(wanted, path, context=trusted, patience=QUICK)
    assert site.asked == [""]
    path.write_bytes(b"spoilt")
    assert fetch(wanted, path, context=trusted, patience=QUICK).read_bytes() == CONTENT


@pytest.mark.parametrize("ranges", [True, False], ids=["ranges", "no ranges"])
def test_a_connection_that_breaks_is_taken_up_again(serve, trusted, tmp_path, ranges):
    site = Site(ranges=ranges, cut_after=[300_000, 200_000])
    path = fetch(known(serve(site)), tmp_path / "file.txt", context=trusted, patience=QUICK)
    assert path.read_bytes() == CONTENT
    assert site.asked[0] == "" and all(one.startswith("bytes=") for one in site.asked[1:]) and len(site.asked) == 3
    if ranges:
        assert site.asked[1:] == ["bytes=300000-", "bytes=500000-"]


def test_a_later_call_goes_on_where_an_earlier_one_ended(serve, trusted, tmp_path):
    site = Site(cut_after=[400_000], statuses=[])
    wanted = known(serve(site))
    site.cut_after = [400_000, 0, 0, 0]
    with pytest.raises(InputError, match="the same command goes on from there"):
        fetch(wanted, tmp_path / "file.txt", context=trusted, patience=QUICK)
    assert not (tmp_path / "file.txt").exists()
    site.cut_after, site.asked = [], []
    assert fetch(wanted, tmp_path / "file.txt", context=trusted, patience=QUICK).read_bytes() == CONTENT
    assert site.asked == ["bytes=400000-"]


def test_a_killed_process_loses_nothing(serve, authority, tmp_path):
    site = Site(pause=0.05)
    wanted = known(serve(site))
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    script = (
        "import ssl, sys; from pathlib import Path; from common.download import Download, fetch\n"
        f"context = ssl.create_default_context(cafile={str(tmp_path / 'ca.pem')!r})\n"
        f"fetch({wanted!r}, Path({str(tmp_path / 'file.txt')!r}), context=context)"
    )
    process = subprocess.Popen([sys.executable, "-c", script], cwd=download.CATALOGUE.parent.parent)
    part = tmp_path / f"file.txt.{wanted.sha256[:12]}.part"
    end = time.monotonic() + 30
    while not part.is_file() or part.stat().st_size < 100_000:
        assert time.monotonic() < end and process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    arrived = part.stat().st_size
    assert 0 < arrived < len(CONTENT) and not (tmp_path / "file.txt").exists()
    site.asked, site.pause = [], 0.0
    context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
    assert fetch(wanted, tmp_path / "file.txt", context=context, patience=QUICK).read_bytes() == CONTENT
    assert site.asked == [f"bytes={arrived}-"]


def test_a_slow_server_is_waited_for_and_a_silent_one_is_not(serve, trusted, tmp_path):
    slow = Site(pause=0.01)
    assert fetch(known(serve(slow)), tmp_path / "slow", context=trusted, patience=QUICK).read_bytes() == CONTENT
    silent = Site(pause=3.0)
    with pytest.raises(InputError, match="timed out"):
        fetch(known(serve(silent)), tmp_path / "silent", context=trusted, patience=Patience(0.3, 1, 0.01))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (CONTENT[:-1] + b"!", "has not the SHA-256"),
        (CONTENT + b"more", "gives more than|not the 1,200,000 that are known"),
        (CONTENT[:-1], "ended after 1,199,999 of 1,200,000|not the 1,200,000 that are known"),
        (b"<html>sign in to this network</html>", "ended after 36 of 1,200,000|not the 1,200,000 that are known"),
    ],
    ids=["one byte wrong", "longer", "shorter", "a page"],
)
@pytest.mark.parametrize("says_size", [True, False], ids=["its size said", "size unsaid"])
def test_what_is_not_the_known_file_is_never_used(serve, trusted, tmp_path, content, message, says_size):
    wanted = known(serve(Site(content=content, says_size=says_size)))
    with pytest.raises(InputError, match=message):
        fetch(wanted, tmp_path / "file.txt", context=trusted, patience=QUICK)
    assert not (tmp_path / "file.txt").exists()


def test_after_wrong_content_the_next_call_begins_anew(serve, trusted, tmp_path):
    site = Site(content=b"?" * len(CONTENT))
    wanted = known(serve(site))
    with pytest.raises(InputError, match="SHA-256"):
        fetch(wanted, tmp_path / "file.txt", context=trusted, patience=QUICK)
    site.content, site.asked = CONTENT, []
    assert fetch(wanted, tmp_path / "file.txt", context=trusted, patience=QUICK).read_bytes() == CONTENT
    assert site.asked == [""]


def test_answers_that_are_errors(serve, trusted, tmp_path):
    with pytest.raises(InputError, match="answers 404"):
        fetch(known(serve(Site(statuses=[404]))), tmp_path / "a", context=trusted, patience=QUICK)
    busy = Site(statuses=[503])
    assert fetch(known(serve(busy)), tmp_path / "b", context=trusted, patience=QUICK).is_file()
    with pytest.raises(InputError, match="answers 500"):
        fetch(known(serve(Site(statuses=[500] * 9))), tmp_path / "c", context=trusted, patience=QUICK)
    with pytest.raises(InputError, match="gives another part"):
        site = Site(cut_after=[100_000], wrong_range=True)
        fetch(known(serve(site)), tmp_path / "d", context=trusted, patience=QUICK)
    with pytest.raises(InputError, match=r"cannot be reached .*; try again later"):
        fetch(known("https://localhost:9"), tmp_path / "e", context=trusted, patience=QUICK)


def test_a_part_that_is_longer_than_the_server_has_begins_anew(serve, trusted, tmp_path):
    wanted = known(serve(Site()))
    (tmp_path / f"f.{wanted.sha256[:12]}.part").write_bytes(b"x" * (len(CONTENT) + 5))
    with pytest.raises(InputError, match="SHA-256"):
        fetch(wanted, tmp_path / "f", context=trusted, patience=QUICK)
    assert fetch(wanted, tmp_path / "f", context=trusted, patience=QUICK).read_bytes() == CONTENT


def test_certificates_that_cannot_be_trusted(serve, trusted, tmp_path):
    stranger, other_host = Site(), Site()
    for url in (serve(stranger, issuer=trustme.CA()), serve(other_host, host="example.org")):
        with pytest.raises(InputError, match="certificate cannot be trusted"):
            fetch(known(url), tmp_path / "file.txt", context=trusted, patience=QUICK)
    with pytest.raises(InputError, match="certificate cannot be trusted"):
        fetch(known(serve(stranger)), tmp_path / "file.txt", patience=QUICK)  # the system's authorities
    assert stranger.asked == other_host.asked == [] and not (tmp_path / "file.txt").exists()


def test_redirections_are_followed_to_secure_addresses_only(serve, trusted, tmp_path):
    good, plain, start = Site(), Site(), Site()
    secure = serve(good)
    start.redirect = f"{secure}/file"
    address = serve(start)
    wanted = replace(known(address), url=f"{address}/start")
    assert fetch(wanted, tmp_path / "a", context=trusted, patience=QUICK).read_bytes() == CONTENT
    for target in (f"{serve(plain, secure=False)}/file", f"file://{tmp_path}/a", "ftp://localhost/file"):
        start.redirect = target
        with pytest.raises(InputError, match="not https|is not allowed"):
            fetch(wanted, tmp_path / "b", context=trusted, patience=QUICK)
    start.redirect = f"{address}/start"
    with pytest.raises(InputError, match="302"):
        fetch(wanted, tmp_path / "b", context=trusted, patience=QUICK)
    with pytest.raises(InputError, match="is not https"):
        fetch(known("http://localhost:9"), tmp_path / "b", context=trusted, patience=QUICK)
    assert plain.asked == [] and not (tmp_path / "b").exists()


def test_the_wanted_member_of_an_archive_is_unpacked(serve, trusted, tmp_path):
    content = archive({"other.txt": b"not wanted", MEMBER: CONTENT})
    wanted = known(serve(Site(content=content)), content, CONTENT)
    path = fetch(wanted, tmp_path / "words.txt", context=trusted, patience=QUICK)
    assert path.read_bytes() == CONTENT and [one.name for one in tmp_path.iterdir()] == ["words.txt"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"../up.txt": b"x", MEMBER: CONTENT}, "leads out of it"),
        ({"/etc/up.txt": b"x", MEMBER: CONTENT}, "leads out of it"),
        ({"a/..\\..\\up.txt": b"x", MEMBER: CONTENT}, "leads out of it"),
        ({"C:\\up.txt": b"x", MEMBER: CONTENT}, "leads out of it"),
        ({"other.txt": CONTENT}, "does not hold"),
        ({MEMBER: CONTENT + b"1"}, "is not the file that is known"),
        ({MEMBER: CONTENT[:-1]}, "is not the file that is known"),
        ({MEMBER: b"\0" * 200_000_000}, "is not the file that is known"),
    ],
    ids=["up", "absolute", "windows up", "windows drive", "without", "longer", "shorter", "bomb"],
)
def test_archives_that_are_refused(serve, trusted, tmp_path, files, message):
    content = archive(files)
    wanted = known(serve(Site(content=content)), content, CONTENT)
    with pytest.raises(InputError, match=message):
        fetch(wanted, tmp_path / "in/words.txt", context=trusted, patience=QUICK)
    assert {one.suffix for one in tmp_path.rglob("*") if one.is_file()} <= {".part"}


def test_an_archive_that_lies_about_a_members_size_is_refused(serve, trusted, tmp_path, monkeypatch):
    content = archive({MEMBER: CONTENT})
    bad = content[: len(content) // 2] + b"\0" * 64 + content[len(content) // 2 + 64 :]
    wanted = known(serve(Site(content=bad)), bad, CONTENT)
    with pytest.raises(InputError, match="archive cannot be opened|is not the file"):
        fetch(wanted, tmp_path / "words.txt", context=trusted, patience=QUICK)
    assert not (tmp_path / "words.txt").exists()


def test_paths_that_lead_out_as_either_system_reads_them():
    outside = ["../a", "a/../../b", "/a", "\\a", "C:a", "C:\\a", "\\\\host\\a", "a\\..\\b"]
    assert all(map(leads_outside, outside)) and not any(map(leads_outside, ["a", "a/b.txt", "a..b/c", "..a"]))


def test_two_calls_at_once_and_a_full_disk(serve, trusted, tmp_path, monkeypatch):
    wanted = known(serve(Site(pause=0.05)))
    results = []

    def one():
        try:
            results.append(fetch(wanted, tmp_path / "f", context=trusted, patience=QUICK))
        except InputError as error:
            results.append(str(error))

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(result, str) and "under way" in result for result in results) == 1
    assert (tmp_path / "f").read_bytes() == CONTENT
    monkeypatch.setattr(download.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1000})())
    with pytest.raises(InputError, match="are needed there"):
        fetch(wanted, tmp_path / "g", context=trusted, patience=QUICK)


def test_what_can_be_fetched_is_known_whole():
    for name, wanted in downloads().items():
        assert name in catalogue() and wanted.url.startswith("https://") and wanted.licence
        assert re.fullmatch("[0-9a-f]{64}", wanted.sha256) and wanted.bytes > 0
        assert not wanted.member or (re.fullmatch("[0-9a-f]{64}", wanted.member_sha256) and wanted.member_bytes > 0)


def test_the_command(serve, trusted, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("SEQUENCE_MODELS_COURSE", raising=False)
    content = archive({MEMBER: CONTENT})
    wanted = replace(known(serve(Site(content=content)), content, CONTENT), name="glove-50d")
    monkeypatch.setattr(assets_shell, "downloads", lambda: {"glove-50d": wanted})
    monkeypatch.setattr(download.ssl, "create_default_context", lambda: trusted)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = tmp_path / "sequence-models/glove.6B.50d.txt"
    assert assets_shell.main(["fetch", "glove-50d"]) == 0 and path.read_bytes() == CONTENT
    assert capsys.readouterr().out.strip() == str(path)
    assert assets_shell.main(["list"]) == 0
    rows = {line.split()[0]: line.split()[1] for line in capsys.readouterr().out.splitlines() if line}
    assert rows["glove-50d"] == "cache" and rows["dinosaur-names"] == "shipped" and rows["jazz-example"] == "-"
    assert assets_shell.main(["fetch", "moon"]) == 2 and "moon: cannot be fetched" in capsys.readouterr().err
