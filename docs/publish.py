"""The documentation of hypolicy as a site: built with MkDocs, in the layout of the published pages, warnings as errors.

python docs/publish.py [FOLDER]      writes to out/docs, or to FOLDER
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from mkdocs.commands.build import build  # noqa: E402 - the checkout, not an installed copy
from mkdocs.config.defaults import MkDocsConfig  # noqa: E402
from pymdownx.slugs import slugify  # noqa: E402

from hypolicy import __version__  # noqa: E402
from hypolicy.backends.pages.shell.layout import Layout, theme  # noqa: E402

DOCS: Final = ROOT / "docs"
CHAPTERS: Final[dict[str, list[str]]] = {
    "教程": [
        "tutorial-policy.md",
        "tutorial-amendments.md",
        "tutorial-difference.md",
        "tutorial-finance.md",
        "tutorial-citizen.md",
    ],
    "说明": [
        "language.md",
        "scenario.md",
        "cluster.md",
        *sorted(path.name for path in DOCS.glob("benchmarks*.md")),
    ],
    "查阅": ["reference/keywords.md", "reference/operators.md", "reference/limits.md", "reference/codes.md"],
    "设计": [
        "architecture.md",
        "mutation.md",
        *sorted(f"decisions/{path.name}" for path in (DOCS / "decisions").glob("*.md")),
    ],
}


def title(page: str) -> str:
    """What a page calls itself in its first heading."""
    lines = (DOCS / page).read_text(encoding="utf-8").split("\n")
    return next(line.removeprefix("# ").strip() for line in lines if line.startswith("# "))


def contents() -> list[dict[str, Any]]:
    """The contents; a page that is not written yet is left out."""
    chapters = {
        name: [{title(page): page} for page in pages if (DOCS / page).is_file()]
        for name, pages in CHAPTERS.items()
    }
    return [{"首页": "index.md"}, *({name: pages} for name, pages in chapters.items())]


def main(folder: Path) -> None:
    config = MkDocsConfig()
    config.load_dict(
        {
            "site_name": "hypolicy：把政策文件变成程序",
            "docs_dir": str(DOCS),
            "site_dir": str(folder),
            "use_directory_urls": False,
            "strict": True,
            "plugins": [],
            "theme": theme(),
            "nav": contents(),
            "exclude_docs": "*.py",
            "markdown_extensions": [{"toc": {"slugify": slugify(case="lower")}}],
            "validation": {
                "nav": {"omitted_files": "ignore"},
                "links": {"not_found": "warn", "anchors": "warn", "unrecognized_links": "warn"},
            },
            "extra": {"generator": False, "footer": [f"hypolicy {__version__}"]},
        }
    )
    errors, warnings = config.validate()
    assert not [*errors, *warnings], [*errors, *warnings]
    config.plugins["layout"] = Layout()
    build(config)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "out" / "docs")
