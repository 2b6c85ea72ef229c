#!/usr/bin/env python3
"""embed.py DIST OUT: writes the files of a built page as C++ that implements src/api/assets.hpp."""
import hashlib
import mimetypes
import pathlib
import re
import sys

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".svg": "image/svg+xml", ".json": "application/json", ".txt": "text/plain; charset=utf-8"}
# vite puts a hash of the content into the names of what it made.
HASHED = re.compile(r"^/assets/.+-[\w-]{8}\.\w+$")
PAGE = ["/", "/demo/cti", "/demo/cti/"]


def literal(data):
    """`data` as string literals, one a line of the source."""
    escaped = {ord('"'): '\\"', ord("\\"): "\\\\", ord("\n"): "\\n", ord("?"): "\\?"}
    text = lambda byte: escaped.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}")
    lines = [data[i:i + 4000] for i in range(0, len(data), 4000)] or [b""]
    return "\n".join('    "' + "".join(map(text, line)) + '"' for line in lines)


def main():
    dist, out = map(pathlib.Path, sys.argv[1:])
    files = sorted(path for path in dist.rglob("*") if path.is_file())
    if not (dist / "index.html").exists():
        sys.exit(f"{dist} has no index.html: the page was not built")
    definitions, rows = [], []
    for index, path in enumerate(files):
        data = path.read_bytes()
        url = "/" + path.relative_to(dist).as_posix()
        kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        etag = hashlib.sha256(data).hexdigest()[:16]
        definitions.append(f"constexpr char kFile{index}[] =\n{literal(data)};\n")
        immutable = "true" if HASHED.match(url) else "false"
        for served in PAGE if url == "/index.html" else [url]:
            rows.append(f'    {{"{served}", "{kind}", "\\"{etag}\\"", {{kFile{index}, {len(data)}}}, {immutable}}},')
    out.write_text(f"""// Made by tools/embed.py.
#include "api/assets.hpp"

namespace callboard {{
namespace {{

{"".join(definitions)}
constexpr Asset kAssets[] = {{
{chr(10).join(rows)}
}};

}}  // namespace

const Asset* find_asset(std::string_view path) {{
    for (const Asset& asset : kAssets)
        if (asset.path == path) return &asset;
    return nullptr;
}}

}}  // namespace callboard
""")


if __name__ == "__main__":
    main()
