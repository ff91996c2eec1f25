"""A page names the modules it needs: those its modules import, once each, and nothing else."""

from pathlib import Path

from signaling.http.modules import with_modules

PAGE = '<head>\n  <script type="module" src="/static/pages/a.js"></script>\n</head>'


def write(folder: Path, **modules: str) -> None:
    for name, code in modules.items():
        path = folder / f"{name.replace('__', '/')}.js"
        path.parent.mkdir(exist_ok=True)
        path.write_text(code, "utf-8")


def named(page: str) -> list[str]:
    return [line.split('"')[3] for line in page.splitlines() if "modulepreload" in line]


def test_what_is_imported_by_what_is_imported_is_named_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        pages__a="import { one } from '../b.js';\nimport '../c.js';\n",
        b="export { two } from './ui/d.js';\nimport {\n  three,\n} from './c.js';\n",
        c="import { a } from './pages/a.js';\n",
        ui__d="",
    )
    page = with_modules(PAGE, tmp_path)
    assert named(page) == ["/static/b.js", "/static/c.js", "/static/ui/d.js"]
    assert page.index("modulepreload") < page.index("<script")


def test_comments_missing_files_and_paths_outside_are_not_named(tmp_path: Path) -> None:
    write(
        tmp_path,
        pages__a="// import '../b.js';\n/* import '../b.js'; */\nimport '../none.js';\n"
        "import '../../outside.js';\n",
        b="",
    )
    assert with_modules(PAGE, tmp_path) == PAGE


def test_a_page_without_modules_stays_as_it_is(tmp_path: Path) -> None:
    assert with_modules("<p>page</p>", tmp_path) == "<p>page</p>"
