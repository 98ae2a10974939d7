"""What holds for every template and script of the house, without a browser."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils import timezone, translation

from submissions.kinds import all_kinds
from submissions.models import Shown
from submissions.templatetags.submission_look import LOOKS
from tools import vendor
from vitecportal.templatetags.house import dialled, icon, moment

ROOT = Path(settings.BASE_DIR)
FOLDERS = [ROOT / "templates", *ROOT.glob("*/templates"), *ROOT.glob("*/jinja2")]
TEMPLATES = sorted(file for folder in FOLDERS for file in folder.rglob("*.html"))
CODE = sorted(
    {*ROOT.glob("*/*.py"), *ROOT.glob("*/templatetags/*.py")} - {*ROOT.glob("tests/*.py")}
)
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


every_template = pytest.mark.parametrize("file", TEMPLATES, ids=_name)


class _Tags(HTMLParser):
    """Every start tag of a template, its own tags taken for text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(re.sub(r"{%.*?%}|{#.*?#}", "", source, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


@every_template
def test_it_compiles(file: Path) -> None:
    folder = next(folder for folder in FOLDERS if file.is_relative_to(folder))
    assert get_template(file.relative_to(folder).as_posix())


@every_template
def test_it_has_nothing_inline(file: Path) -> None:
    for tag, attributes in _Tags(file.read_text()).tags:
        assert tag != "style"
        assert tag != "script" or "src" in attributes
        assert "style" not in attributes
        for name, value in attributes.items():
            assert not re.match(r"on|hx-on", name), f"{name} is a script in an attribute"
            assert not value.lstrip().startswith(("javascript:", "js:")), f"{name} needs eval"


@every_template
def test_its_triggers_need_no_eval(file: Path) -> None:
    for _tag, attributes in _Tags(file.read_text()).tags:
        trigger = re.sub(r"'[^']*'", "", attributes.get("hx-trigger", ""))
        assert "[" not in trigger, "a trigger filter is compiled from text"


def _asked_by_a_timer() -> set[str]:
    """The names of the addresses that templates ask for again and again."""
    asked = set()
    for file in TEMPLATES:
        for tag in re.findall(
            r"<[a-z][^<]*?hx-trigger=\"(?:every|load delay)[^<]*", file.read_text()
        ):
            asked |= set(re.findall(r"hx-get=\"{% url '([\w:]+)'", tag))
    return asked


def test_what_a_timer_asks_for_keeps_no_session_alive() -> None:
    resolver = get_resolver()
    marked = {
        f"{namespace}:{name}"
        for namespace, (_prefix, inner) in resolver.namespace_dict.items()
        for pattern in inner.url_patterns
        if (name := getattr(pattern, "name", None))
        if getattr(getattr(pattern, "callback", None), "asked_by_itself", False)
    }
    assert len(marked) >= 5
    assert marked == _asked_by_a_timer()


@every_template
def test_it_names_no_other_host(file: Path) -> None:
    assert not re.search(r"https?://|//[a-z]+\.", file.read_text())


@pytest.mark.parametrize("file", SCRIPTS, ids=_name)
def test_a_script_makes_no_markup_of_text(file: Path) -> None:
    source = file.read_text()
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "new Function", ".style"):
        assert word not in source


@pytest.mark.parametrize("file", SCRIPTS, ids=_name)
def test_a_script_sets_no_property_by_a_name_that_came_from_elsewhere(file: Path) -> None:
    """Nothing is merged and no name is worked out, so that no prototype can be reached."""
    source = file.read_text()
    for word in ("__proto__", "prototype", "Object.assign", "Object.setPrototypeOf"):
        assert word not in source
    for _of, name in re.findall(r"([\w.]+)\[([^\]]+)\]\s*[-+|&]?=(?!=)", source):
        assert name.isdigit()


# --- Icons -------------------------------------------------------------------------------------


def _icons_named() -> set[str]:
    source = "\n".join(file.read_text() for file in TEMPLATES)
    written = set(re.findall(r"""{%\s*icon\s+["']([a-z0-9-]+)["']""", source))
    written |= set(re.findall(r"""icon\(["']([a-z0-9-]+)["']""", source))
    written |= set(re.findall(r'icon="([a-z0-9-]+)"', "\n".join(map(Path.read_text, CODE))))
    return written | {kind.icon for kind in all_kinds()} | {look.icon for look in LOOKS.values()}


def _icons_drawn() -> set[str]:
    return set(re.findall(r'<symbol id="([a-z0-9-]+)"', (ROOT / vendor.SPRITE).read_text()))


def test_every_icon_named_is_drawn() -> None:
    assert not _icons_named() - _icons_drawn()


def test_no_icon_is_drawn_in_vain() -> None:
    assert not _icons_drawn() - _icons_named()


def test_every_state_has_a_look() -> None:
    assert set(LOOKS) == set(Shown)


def test_an_icon_says_nothing_aloud() -> None:
    assert 'aria-hidden="true"' in icon("phone-call")
    assert icon("phone-call").endswith('icons.svg#phone-call"></use></svg>')


# --- What others wrote -------------------------------------------------------------------------


def test_the_vendored_files_are_as_fetched() -> None:
    command = [sys.executable, "tools/vendor.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_changed_file_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in [*vendor._written_paths(), "static/vendor/VENDOR.json"]:
        copy = tmp_path / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((ROOT / path).read_bytes())
    monkeypatch.setattr(vendor, "ROOT", tmp_path)
    monkeypatch.setattr(vendor, "MANIFEST", tmp_path / "static/vendor/VENDOR.json")
    vendor.check()

    sprite = tmp_path / vendor.SPRITE
    sprite.write_text(sprite.read_text() + " ")
    with pytest.raises(vendor.Unexpected, match=r"icons\.svg was changed"):
        vendor.check()

    sprite.unlink()
    with pytest.raises(vendor.Unexpected, match=r"icons\.svg is missing"):
        vendor.check()


def test_a_file_of_no_package_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stray = ROOT / "static" / "vendor" / "stray.js"
    monkeypatch.setattr(vendor, "_lying", lambda: iter([stray]))
    with pytest.raises(vendor.Unexpected, match=r"stray\.js is in no package"):
        vendor.check()


def test_every_package_is_pinned_with_its_licence() -> None:
    manifest = json.loads(vendor.MANIFEST.read_text())
    packages = {package["name"]: package for package in manifest["packages"]}
    for package in vendor.PACKAGES:
        entry = packages[package.name]
        assert entry["version"] == package.version
        assert entry["integrity"] == package.integrity
        assert entry["licence"] == package.licence


def test_no_source_map_is_pointed_to() -> None:
    for path in vendor._written_paths():
        assert b"sourceMappingURL" not in (ROOT / path).read_bytes()


def test_the_test_tool_is_not_served() -> None:
    assert not [file for file in (ROOT / "static").rglob("*") if "axe" in file.name]


# --- Forms -------------------------------------------------------------------------------------


class _Form(forms.Form):
    name = forms.CharField(help_text="As on the door.")
    size = forms.ChoiceField(choices=[("s", "Small")], required=False)
    kept = forms.CharField(widget=forms.TextInput({"class": "vTextField"}))
    agreed = forms.BooleanField(required=False)
    token = forms.CharField(widget=forms.HiddenInput)


def test_a_field_tells_its_help_and_its_mistake() -> None:
    html = str(_Form({"token": "1", "kept": "x"}))
    described = re.search(r'name="name"[^>]*aria-describedby="([^"]+)"', html)
    assert described
    for reference in described[1].split():
        assert html.count(f'id="{reference}"') == 1
    assert 'aria-invalid="true"' in html


def test_a_class_of_the_widgets_own_is_kept_alone() -> None:
    html = str(_Form())
    tag = re.search(r'<input[^>]*name="kept"[^>]*>', html)
    assert tag
    assert re.findall(r'class="([^"]*)"', tag[0]) == ["vTextField"]
    assert 'class="form-select"' in html
    assert 'class="form-check-input"' in html


def test_a_hidden_field_stays_plain() -> None:
    tag = re.search(r'<input[^>]*name="token"[^>]*>', str(_Form()))
    assert tag
    assert "class" not in tag[0]


def test_what_may_be_left_out_is_marked() -> None:
    with translation.override("en"):
        html = str(_Form())
    assert html.count("(optional)") == 2


# --- Words -------------------------------------------------------------------------------------


def test_a_moment_of_today_is_a_time() -> None:
    now = timezone.localtime()
    assert moment(now) == f"{now:%H:%M}"


def test_another_moment_has_its_day() -> None:
    then = dt.datetime(2020, 11, 23, 10, 12, tzinfo=ZoneInfo("Europe/Stockholm"))
    with translation.override("sv"):
        assert moment(then) == "mån 23 nov 2020 10:12"
    with translation.override("en"):
        assert moment(then) == "Mon 23 Nov 2020 10:12"
    assert moment(None) == "–"


@pytest.mark.parametrize(
    ("written", "number"),
    [("070-174 06 05", "0701740605"), ("+47 22 33 44 55", "+4722334455"), ("", "")],
)
def test_a_number_is_dialled_as_figures(written: str, number: str) -> None:
    assert dialled(written) == number
