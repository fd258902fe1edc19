"""Build `normalise/data/calendar/<lang>.toml` from Unicode CLDR through Babel: months, weekdays, day periods, relative forms, date order.

    python bench/build_calendar.py && python bench/compile_lexicon.py calendar

Words are folded (`normalise.date.fold`). Only Babel's reading of CLDR is used; the licence of the data is named in NOTICE.
"""

import re
import sys
from pathlib import Path
from typing import Any

from babel import Locale, localedata

sys.path.insert(0, str(Path(__file__).parent.parent))

from normalise.date.fold import fold

LANGUAGES = """
    af am ar as az be bg bn br bs ca ckb cs cy da de el en eo es et eu fa fi fil fo fr fy ga gd gl gu ha he hi hr hu hy id is it ja ka kk km
    kn ko ku ky lb lo lt lv mk ml mn mr ms mt my nb ne nl nn or pa pl ps pt rm ro ru sd si sk sl so sq sr sv sw ta te tg th tk tr uk ur uz
    vi xh yo zh zu
""".split()
TARGET = Path(__file__).parent.parent / "normalise" / "data" / "calendar"
UNITS = ("second", "minute", "hour", "day", "month", "year")
SCRIPTS = {"az": ["Cyrl"], "bs": ["Cyrl"], "sr": ["Latn"], "uz": ["Cyrl"], "zh": ["Hant"], "pa": ["Arab"]}
VARIANTS = {
    "pt": ["PT"],
    "es": ["MX", "AR"],
    "de": ["AT"],
    "ar": ["SA", "LB", "IQ", "MA", "DZ", "EG"],
    "en": ["AU", "GB", "CA"],
    "it": ["CH"],
    "fr": ["CA"],
}


def locales(language: str) -> list[Locale]:
    """Return the language's locale and those of its scripts and regions whose words differ."""
    names = [language, *(f"{language}_{tag}" for tag in SCRIPTS.get(language, []) + VARIANTS.get(language, []))]
    return [fresh(name) for name in names]


def fresh(name: str) -> Locale:
    """Return a locale that shares nothing with those read before: Babel's cached root otherwise keeps the aliases of the last one."""
    localedata._cache.clear()
    locale = Locale.parse(name)
    locale.months["stand-alone"]["wide"], locale.days["stand-alone"]["wide"], locale.date_formats["short"]
    return locale


def words(name: str) -> list[str]:
    """Return the folded forms of a CLDR name: as it is, and without the article or preposition that some languages write before it."""
    folded = re.sub(r"\s+", " ", fold(name)).strip(" .")
    plain = re.sub(r"\.(?=\s|$)", "", folded)
    forms = {plain, re.sub(r"^de ", "", plain), plain.replace(".", "")}
    return sorted(form for form in forms if form and not re.fullmatch(r"[\d\s.]*[^\W\d]{0,1}", form) and not any(c.isdigit() for c in form))


def names(found: list[Locale], kind: str, count: range) -> list[list[str]]:
    """Return the forms of each month or weekday over contexts and widths."""
    rows: list[set[str]] = [set() for _ in count]
    for locale in found:
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated", "short"):
                table = getattr(locale, kind)[context].get(width) or {}
                for row, number in zip(rows, count, strict=True):
                    row.update(words(table.get(number, "")))
    return [sorted(row) for row in rows]


def relative(found: list[Locale]) -> dict[str, list[str]]:
    """Return "{0} days ago" forms by unit, folded, `{0}` where the number goes."""
    forms: dict[str, set[str]] = {}
    for locale in found:
        for unit in UNITS:
            for width in ("", "-short", "-narrow"):
                fields = locale._data["date_fields"].get(unit + width)
                for pattern in dict(fields or {}).get("past", {}).values():
                    if "{0}" in pattern:
                        forms.setdefault(unit, set()).add(re.sub(r"\s+", " ", fold(pattern)).strip(" ."))
    return {unit: sorted(values) for unit, values in forms.items()}


def order(pattern: str) -> str:
    """Return the order of a CLDR short date: "dmy", "mdy" or "ymd"."""
    return "".join(dict.fromkeys(c for c in re.sub(r"'[^']*'", "", pattern).lower() if c in "dmy"))


def regions(language: str, default: str) -> dict[str, str]:
    """Return the regions of the language whose short dates are in another order."""
    found = {}
    for name in sorted(localedata.locale_identifiers()):
        match = re.fullmatch(rf"{language}(?:_(?:{'|'.join(SCRIPTS.get(language, ['-']))}))?_([A-Z]{{2}})", name)
        if match and (its := order(fresh(name).date_formats["short"].pattern)) != default:
            found[match[1]] = its
    return found


def table(language: str) -> dict[str, Any]:
    """Return the language's calendar table."""
    found = locales(language)
    periods = {period: sorted({form for one in found for form in day_period(one, period)}) for period in ("am", "pm")}
    default = order(found[0].date_formats["short"].pattern)
    return {
        "order": default,
        "months": names(found, "months", range(1, 13)),
        "weekdays": names(found, "days", range(7)),
        **{period: forms for period, forms in periods.items() if forms},
        "regions": regions(language, default),
        "ago": relative(found),
    }


def day_period(locale: Locale, period: str) -> list[str]:
    """Return the folded words for before or after noon."""
    found = []
    for context in locale.day_periods.values():
        for width, forms in context.items():
            if width != "narrow" and period in forms:
                found.extend(form for form in words(forms[period]) if len(form) > 1)
    return found


def toml(value: dict[str, Any]) -> str:
    """Return the table as TOML; a list of lists takes a line an item."""
    lines, tables = [], []
    for key, item in value.items():
        if isinstance(item, dict):
            if item:
                tables.append(f"\n[{key}]\n" + "".join(f"{k} = {quoted(v)}\n" for k, v in item.items()))
        elif isinstance(item, list) and item and isinstance(item[0], list):
            lines.append(f"{key} = [\n" + "".join(f"  {quoted(row)},\n" for row in item) + "]\n")
        else:
            lines.append(f"{key} = {quoted(item)}\n")
    return "".join(lines) + "".join(tables)


def quoted(value: str | list[str]) -> str:
    """Return a TOML string or list of strings."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "[" + ", ".join(quoted(item) for item in value) + "]"


def main() -> None:
    """Write one file a language."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        head = "# From Unicode CLDR, by bench/build_calendar.py: change that, not this file.\n"
        (TARGET / f"{language}.toml").write_text(head + toml(table(language)), encoding="utf-8")


if __name__ == "__main__":
    main()
