"""Writes warcio.warc.gz with warcio 1.8.1: what a crawler in Python writes. python make-warc.py (pip install warcio==1.8.1)"""
import gzip
import io

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

PAGE = "<html><head><title>T</title></head><body><nav>menu</nav><main><h1>Größe</h1><p>%s</p></main></body></html>"


def http(status, *headers):
    return StatusAndHeaders(status, list(headers), protocol="HTTP/1.1")


with open("warcio.warc.gz", "wb") as out:
    writer = WARCWriter(out, gzip=True)

    def add(name, kind, body, **more):
        made = writer.create_warc_record("http://example.com/" + name, kind, payload=io.BytesIO(body), warc_headers_dict={
            "WARC-Record-ID": "<urn:uuid:00000000-0000-0000-0000-00000000000%s>" % name, "WARC-Date": "2024-01-05T06:07:08Z"}, **more)
        writer.write_record(made)

    writer.write_record(writer.create_warcinfo_record("warcio.warc.gz", {"software": "warcio"}))
    html = ("Content-Type", "text/html; charset=utf-8")
    add("1", "response", (PAGE % "one").encode(), http_headers=http("200 OK", html))
    body = gzip.compress((PAGE % "two").encode(), mtime=0)
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:40], body[40:], b""))
    add("2", "response", chunks, http_headers=http(
        "200 OK", html, ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")))
    add("3", "response", (PAGE % "café").encode("latin-1"), http_headers=http("200 OK", ("Content-Type", "text/html; charset=ISO-8859-1")))
    add("4", "response", b"gone", http_headers=http("404 Not Found", ("Content-Type", "text/plain")))
    add("5", "response", b"\x89PNG\r\n", http_headers=http("200 OK", ("Content-Type", "image/png")))
    add("6", "request", b"", http_headers=StatusAndHeaders("GET / HTTP/1.1", [], is_http_request=True))
    add("7", "resource", b"plain\ntext", warc_content_type="text/plain")
    add("8", "conversion", "Größe, as WET has it".encode(), warc_content_type="text/plain")
