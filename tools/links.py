#!/usr/bin/env python3
"""Every relative link of every page leads to a file that is in the checkout."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def main():
    out = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    pages = [ROOT / line for line in out.splitlines()]
    dead = 0
    links = 0
    for page in pages:
        for target in LINK.findall(page.read_text()):
            if "://" in target or target.startswith("mailto:"):
                continue
            links += 1
            if not (page.parent / target).exists():
                print(f"{page.relative_to(ROOT)}: {target} is not there")
                dead += 1
    print(f"links: {links} between {len(pages)} pages")
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())
