"""Files that may be downloaded freely: from their publisher, over a verified connection, checked before they are used.

`downloads.json` lists them by the logical names of `assets.json`, each with its address, size and SHA-256. What has
arrived is kept when the connection breaks, and the next call goes on from there. The file takes its place in the cache
only when it is whole: with the size and the hash that are known of it, and, of an archive, the member that is wanted
with its own size and hash.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import shutil
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, Request, build_opener

from common.archive_member import unpack
from common.errors import InputError

CATALOGUE = Path(__file__).with_name("downloads.json")
BLOCK = 1 << 20
MOST_REDIRECTS = 5
_SPARE = 64 << 20  # bytes of the disk that stay free


@dataclass(frozen=True)
class Download:
    """What is known of a file that its publisher gives away.

    Attributes:
        name: its logical name.
        what: in words.
        url: its address, https.
        bytes, sha256: of what the address gives.
        member: the file of the zip archive that is wanted; empty where the file itself is.
        member_bytes, member_sha256: of that file.
        licence: under which it is given away.
        page: where the publisher tells about it.
    """

    name: str
    what: str
    url: str
    bytes: int
    sha256: str
    member: str = ""
    member_bytes: int = 0
    member_sha256: str = ""
    licence: str = ""
    page: str = ""


@dataclass(frozen=True)
class Patience:
    """How long to wait: `timeout` seconds for an answer, `attempts` without a byte, `pause` seconds between them."""

    timeout: float = 30.0
    attempts: int = 4
    pause: float = 0.5


@functools.cache
def downloads() -> dict[str, Download]:
    """Everything that can be downloaded, by logical name."""
    records = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    return {name: Download(name, **record) for name, record in records.items()}


def fetch(
    wanted: Download,
    target: Path,
    *,
    context: ssl.SSLContext | None = None,
    patience: Patience | None = None,
    report: Callable[[int], object] = lambda arrived: None,
) -> Path:
    """Bring the file to `target`; at once where it is there already, else by download.

    Args:
        wanted: which file.
        target: where it goes; what has arrived lies beside it, with a name that ends with ".part".
        context: whom to trust; the system's certificate authorities by default.
        patience: how long to wait, how often to try again.
        report: called with the number of bytes that have arrived.

    Raises:
        InputError: the address cannot be reached or does not answer with the file, the connection cannot be trusted,
            what came is not the file that is known, the disk is full, or another call is at it.
    """
    size, digest = (wanted.member_bytes, wanted.member_sha256) if wanted.member else (wanted.bytes, wanted.sha256)
    if target.is_file() and target.stat().st_size == size and file_sha256(target) == digest:
        return target
    part = target.with_name(f"{target.name}.{wanted.sha256[:12]}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    _need_room(wanted, target.parent, part)
    with _alone(part) as file:
        opener = build_opener(HTTPSHandler(context=context or ssl.create_default_context()), OnlySecurely)
        _receive_all(wanted, file, opener, patience or Patience(), report)
        _check(wanted, part, file)
        if wanted.member:
            try:
                unpack(part, wanted.member, target, size=wanted.member_bytes, sha256=wanted.member_sha256)
            except InputError as error:
                raise InputError(f"{wanted.url}: {error}; {_OTHER}") from None
        else:
            file.close()
            os.replace(part, target)
    part.unlink(missing_ok=True)
    return target


def file_sha256(path: Path) -> str:
    """The hash of a file's content."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class OnlySecurely(HTTPRedirectHandler):
    """Follows a redirection, to https alone."""

    max_redirections = MOST_REDIRECTS

    def redirect_request(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str) -> Any:
        """The request of the new address; InputError where it is not https."""
        if urlsplit(newurl).scheme != "https":
            raise InputError(
                f"{req.full_url}: redirects to {newurl}, which is not https and is not followed; try another network, "
                "or download the file with a browser and lay it into the course folder"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@contextlib.contextmanager
def _alone(part: Path) -> Iterator[IO[bytes]]:
    """The part file, open for reading and writing, and locked where the system can."""
    with open(part, "ab+") as file:
        with contextlib.suppress(ImportError):
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(f"{part}: another download of it is under way; wait for that one") from None
        yield file


def _need_room(wanted: Download, folder: Path, part: Path) -> None:
    have = part.stat().st_size if part.is_file() else 0
    need = wanted.bytes - have + wanted.member_bytes + _SPARE
    free = shutil.disk_usage(folder).free
    if free < need:
        raise InputError(
            f"{folder}: {need / 1e6:,.0f} MB are needed there and {free / 1e6:,.0f} MB are free; make room, "
            "or point XDG_CACHE_HOME to a larger disk"
        )


def _receive_all(
    wanted: Download, file: IO[bytes], opener: OpenerDirector, patience: Patience, report: Callable[[int], object]
) -> None:
    """Receive until all bytes are there; a broken connection is taken up again as long as something arrives."""
    if urlsplit(wanted.url).scheme != "https":
        raise InputError(f"{wanted.url}: is not https; only secure addresses are used")
    without, most = 0, -1
    while (have := file.seek(0, os.SEEK_END)) < wanted.bytes:
        report(have)
        problem = _receive(wanted, file, have, opener, patience, report)
        arrived, most = file.seek(0, os.SEEK_END) > max(most, have), max(most, have, file.tell())
        without = 0 if arrived else without + 1
        if without >= patience.attempts:
            kept = "what has arrived is kept, and the same command goes on from there" if have else "try again later"
            raise InputError(f"{wanted.url}: {problem}; {kept}")
        if not arrived:
            time.sleep(patience.pause * 2**without)
    report(file.tell())


def _receive(
    wanted: Download,
    file: IO[bytes],
    have: int,
    opener: OpenerDirector,
    patience: Patience,
    report: Callable[[int], object],
) -> str:
    """Receive once, from `have` on; returns what broke it off, in words.

    Raises:
        InputError: trying again would not help.
    """
    headers = {"User-Agent": "sequence-models", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    try:
        with opener.open(Request(wanted.url, headers=headers), timeout=patience.timeout) as answer:
            _refuse_size(wanted, answer)
            at = _begins_at(answer, have)
            file.truncate(at)
            while block := answer.read(BLOCK):
                at += len(block)
                if at > wanted.bytes:
                    file.truncate(0)
                    raise InputError(
                        f"{wanted.url}: gives more than the {wanted.bytes:,} bytes that the file has; {_OTHER}"
                    )
                file.write(block)
                report(at)
            file.flush()
            return f"the connection ended after {at:,} of {wanted.bytes:,} bytes"
    except HTTPError as error:
        if error.code == 416:  # the server has no such range: begin anew
            file.truncate(0)
            return "the server cannot go on in the middle"
        if error.code < 500 and error.code not in (408, 429):
            raise InputError(
                f"{wanted.url}: the server answers {error.code} {error.reason}; see {wanted.page}"
            ) from None
        return f"the server answers {error.code} {error.reason}"
    except URLError as error:
        if isinstance(error.reason, ssl.SSLCertVerificationError):
            raise InputError(
                f"{wanted.url}: the server's certificate cannot be trusted ({error.reason.verify_message}); "
                "nothing was downloaded; check the date of this machine, and try another network"
            ) from None
        return f"cannot be reached ({error.reason})"
    except (HTTPException, OSError) as error:
        return f"the connection broke ({error or type(error).__name__})"


_OTHER = "it is another file by now, and was not used; tell the project"


def _refuse_size(wanted: Download, answer: HTTPResponse) -> None:
    """Refuse an answer that says the file has another size (a page to sign in to a network, a newer file)."""
    said = answer.headers.get("Content-Range", "").rpartition("/")[2] or answer.headers.get("Content-Length", "")
    if said.isdigit() and int(said) != wanted.bytes:
        raise InputError(
            f"{wanted.url}: has {int(said):,} bytes, not the {wanted.bytes:,} that are known of it; {_OTHER}"
        )


def _begins_at(answer: HTTPResponse, have: int) -> int:
    """Where in the file the answer begins: at `have`, or at 0 where the server does not know ranges."""
    if answer.status == 206:
        given = answer.headers.get("Content-Range", "").removeprefix("bytes ").split("-")[0]
        return have if given == str(have) else 0 if given == "0" else _refuse_range(answer, given)
    return 0


def _refuse_range(answer: HTTPResponse, given: str) -> int:
    raise InputError(
        f"{answer.url}: gives another part of the file (from {given!r}) than was asked for; try again later"
    )


def _check(wanted: Download, part: Path, file: IO[bytes]) -> None:
    """Hold what arrived against the hash that is known; what is wrong is thrown away."""
    file.flush()
    os.fsync(file.fileno())
    if file_sha256(part) != wanted.sha256:
        file.truncate(0)
        raise InputError(f"{wanted.url}: what came has not the SHA-256 that is known of it; {_OTHER}")
