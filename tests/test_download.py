import http.server
import threading
from typing import ClassVar

import pytest

from eightcut import download as module
from eightcut.download import download

CONTENT = bytes(range(256)) * 20_000


class Server(http.server.BaseHTTPRequestHandler):
    """A file that can be asked for from the middle; ``cut`` bytes and the line is gone."""

    content, etag, cut = CONTENT, '"one"', None
    asked: ClassVar = []

    def do_GET(self):
        self.asked.append(self.headers.get("Range"))
        begin = self._begin()
        if begin >= len(self.content) and begin:
            self.send_error(416)
            return
        self.send_response(206 if begin else 200)
        self.send_header("ETag", self.etag)
        self.send_header("Content-Length", str(len(self.content) - begin))
        self.end_headers()
        self.wfile.write(self.content[begin : self.cut])

    def _begin(self):
        told = self.headers.get("Range")
        is_same = self.headers.get("If-Range") == self.etag
        return int(told.removeprefix("bytes=").removesuffix("-")) if told and is_same else 0

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    for name in module.OFFLINE:
        monkeypatch.delenv(name, raising=False)
    kind = type("Mine", (Server,), {"asked": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        kind.address = f"http://127.0.0.1:{running.server_port}/weights.pt"
        yield kind
        running.shutdown()


def test_a_file_comes_whole(server, tmp_path):
    assert download(server.address, tmp_path / "a" / "w.pt").read_bytes() == CONTENT
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["w.pt"]


def test_what_a_crash_left_of_a_download_that_is_whole_goes(tmp_path):
    (tmp_path / "w.pt").write_bytes(b"mine")
    (tmp_path / "w.pt.part.etag").write_text("one")
    download("https://example.com/w.pt", tmp_path / "w.pt")
    assert [path.name for path in tmp_path.iterdir()] == ["w.pt"]


def test_a_file_that_is_there_is_not_asked_for(server, tmp_path):
    (tmp_path / "w.pt").write_bytes(b"mine")
    assert download(server.address, tmp_path / "w.pt").read_bytes() == b"mine"
    assert server.asked == []


def test_what_broke_off_goes_on_where_it_was(server, tmp_path):
    server.cut = 3_000_000
    with pytest.raises(ConnectionError, match="could not be downloaded"):
        download(server.address, tmp_path / "w.pt")
    assert not (tmp_path / "w.pt").exists()
    server.cut = None
    assert download(server.address, tmp_path / "w.pt").read_bytes() == CONTENT
    assert server.asked == [None, "bytes=3000000-"]


def test_a_file_that_changed_meanwhile_is_fetched_anew(server, tmp_path):
    server.cut = 3_000_000
    with pytest.raises(ConnectionError):
        download(server.address, tmp_path / "w.pt")
    server.cut, server.etag, server.content = None, '"two"', CONTENT[::-1]
    assert download(server.address, tmp_path / "w.pt").read_bytes() == CONTENT[::-1]


def test_a_part_longer_than_the_file_is_thrown_away(server, tmp_path):
    (tmp_path / "w.pt.part").write_bytes(CONTENT + b"more")
    (tmp_path / "w.pt.part.etag").write_text('"one"')
    assert download(server.address, tmp_path / "w.pt").read_bytes() == CONTENT


def test_a_part_of_unknown_content_is_not_gone_on_with(server, tmp_path):
    (tmp_path / "w.pt.part").write_bytes(b"something else")
    assert download(server.address, tmp_path / "w.pt").read_bytes() == CONTENT


@pytest.mark.parametrize("name", module.OFFLINE)
def test_offline_nothing_is_asked_for(server, tmp_path, monkeypatch, name):
    monkeypatch.setenv(name, "1")
    with pytest.raises(ConnectionError, match="downloads are switched off"):
        download(server.address, tmp_path / "w.pt")
    assert server.asked == []


def test_an_address_that_is_not_encrypted_is_refused(tmp_path):
    with pytest.raises(ValueError, match="is not encrypted"):
        download("http://example.org/w.pt", tmp_path / "w.pt")


def test_a_server_that_is_not_there_is_one_clear_error(tmp_path, server):
    with pytest.raises(ConnectionError, match=r"127\.0\.0\.1:9/w\.pt could not be downloaded"):
        download("https://127.0.0.1:9/w.pt", tmp_path / "w.pt")
