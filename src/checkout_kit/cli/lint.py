"""`checkout-kit lint`: what is wrong or doubtful in policy files, where, why, and what would mend it."""

import json
from pathlib import Path

import click

from checkout_kit.errors import Fault, InputError, PolicyError
from checkout_kit.json_text import why_unreadable


@click.command("lint")
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def command(files: tuple[str, ...], as_json: bool) -> None:
    """Check policy FILES. Exit code 1: some file has an error and would not load; 2: one cannot be read.

    Warnings do not change the exit code.
    """
    reports = [_report(file) for file in files]
    if as_json:
        click.echo(json.dumps({"files": reports}, indent=2, ensure_ascii=False))
    else:
        _print(reports)
    if any(report["unreadable"] for report in reports):
        click.get_current_context().exit(2)
    if any(finding["severity"] == "error" for report in reports for finding in _findings(report)):
        click.get_current_context().exit(1)


def _report(file: str) -> dict[str, object]:
    from checkout_kit.shipping.lint import lint_policy

    try:
        findings = lint_policy(_mapping(file))
    except InputError as error:
        return {"file": file, "unreadable": "; ".join(map(str, error.faults)), "findings": []}
    return {"file": file, "unreadable": "", "findings": [finding.to_dict() for finding in findings]}


def _mapping(file: str) -> dict[str, object]:
    from checkout_kit.shipping.loading import read_text

    path = Path(file)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError([Fault("", f"cannot be read: {why_unreadable(error)}")], source=file) from error
    return read_text(text, "json" if path.suffix.lower() == ".json" else "toml", source=file)


def _findings(report: dict[str, object]) -> list[dict[str, str]]:
    found = report["findings"]
    return found if isinstance(found, list) else []


def _print(reports: list[dict[str, object]]) -> None:
    errors = warnings = 0
    for report in reports:
        if report["unreadable"]:
            click.echo(f"{report['file']}: {report['unreadable']}", err=True)
        for finding in _findings(report):
            errors += finding["severity"] == "error"
            warnings += finding["severity"] == "warning"
            found = f", found {finding['found']}" if finding["found"] else ""
            at = f"{report['file']}: {finding['severity']}: {finding['place'] or '(policy)'}"
            click.echo(f"{at}: {finding['why']}{found} [{finding['code']}]")
            if finding["mend"]:
                click.echo(f"    {finding['mend']}")
    unreadable = sum(bool(report["unreadable"]) for report in reports)
    read = _counted(len(reports) - unreadable, "file")
    rest = f"; {_counted(unreadable, 'file')} could not be read" if unreadable else ""
    click.echo(f"{_counted(errors, 'error')}, {_counted(warnings, 'warning')} in {read}{rest}")


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
