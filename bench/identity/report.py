"""The Markdown table at the end: a line for each result, from the same rows that were printed as JSON."""
from __future__ import annotations

COLUMNS = {
    "found": ("pairs", "blocking_recall"), "pair F1": ("pairs", "f1"), "best": ("pairs", "best_f1"),
    "1:1 F1": ("one_to_one", "f1"), "automatic": ("one_to_one", "auto_coverage"),
    "booked P": ("chosen", "booked_precision"), "booked": ("chosen", "booked_coverage"),
    "cluster P": ("clusters", "precision"), "R": ("clusters", "recall"), "F1": ("clusters", "f1"),
    "B³ F1": ("clusters", "b3_f1"), "mixed": ("clusters", "mixed_share"), "largest": ("clusters", "largest"),
}
COSTS = {"s": "seconds", "CPU-s": "cpu_seconds", "MB": "peak_mb"}


def share(value: object) -> str:
    """A share without its leading zero; numbers as they are."""
    if value is None:
        return "–"
    return f"{value:.4f}".removeprefix("0") if isinstance(value, float) else f"{value:,}"


def line(row: dict) -> str:
    if "failed" in row:
        cells = [f"failed: {row['failed']}".replace("|", "/")] + [""] * (len(COLUMNS) + len(COSTS))
    else:
        cells = [share(row["compared"])] + [share(row.get(part, {}).get(name)) for part, name in COLUMNS.values()] + [f"{row[name]:,.1f}" if name != "peak_mb" else f"{row[name]:,}" for name in COSTS.values()]
    return f"| {row['set']} | {row['tool']} | {' | '.join(cells)} |"


def table(rows: list[dict]) -> str:
    heads = ["set", "tool", "pairs compared", *COLUMNS, *COSTS]
    return "\n".join([f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *map(line, rows)])
