"""The earlier tool's ``ai_decisions``, of any shape, into the shape of step 1.

It gave its files no version and several shapes: with and without
``ai_crop_accepted``, with fewer checks, with fields that may be NULL. A rejected
group carried a made-up index there, and a missing AI pick counted as a wrong
one; both become NULL. A row that today's checks refuse goes to
``unreadable_decisions`` as it was. Nothing here follows later steps: it belongs
to step 1 and is as frozen as that step.
"""

import sqlite3

from eightcut import clock

TABLE = "ai_decisions"
_COLUMNS = (
    *("group_id", "timestamp", "project_id", "directory", "batch_number", "images"),
    *("ai_selected_index", "ai_crop_coords", "ai_confidence", "user_selected_index"),
    *("user_action", "ai_crop_accepted", "final_crop_coords", "crop_timestamp"),
    *("image_width", "image_height"),
)
_JSON = frozenset({"images", "ai_crop_coords", "final_crop_coords"})
_INTEGERS = frozenset(
    {"batch_number", "ai_selected_index", "user_selected_index", "image_width", "image_height"}
)

_REASONS = """
    CREATE TEMP VIEW legacy_judged AS
    SELECT *, user_action = 'reject' AS is_reject, CASE
        WHEN coalesce(group_id, '') = '' THEN 'it has no group_id'
        WHEN number > 1 THEN 'another row has the same group_id'
        WHEN coalesce(timestamp, '') = '' THEN 'it has no timestamp'
        WHEN coalesce(project_id, '') = '' THEN 'it has no project_id'
        WHEN user_action IS NULL THEN 'it has no user_action'
        WHEN user_action NOT IN ('approve', 'crop', 'reject')
            THEN 'user_action is ' || quote(user_action)
        WHEN images IS NULL OR NOT json_valid(images) THEN 'images is not JSON'
        WHEN json_type(images) <> 'array' THEN 'images is no list'
        WHEN json_array_length(images) NOT BETWEEN 2 AND 4
            THEN 'it holds ' || json_array_length(images) || ' images, a decision 2 to 4'
        WHEN typeof(ai_selected_index) NOT IN ('integer', 'null')
             OR ai_selected_index NOT BETWEEN 0 AND json_array_length(images) - 1
            THEN 'ai_selected_index is ' || quote(ai_selected_index)
        WHEN user_action <> 'reject' AND (typeof(user_selected_index) <> 'integer'
             OR user_selected_index NOT BETWEEN 0 AND json_array_length(images) - 1)
            THEN 'user_selected_index is ' || quote(user_selected_index)
        WHEN typeof(ai_confidence) NOT IN ('real', 'integer', 'null')
             OR ai_confidence NOT BETWEEN 0 AND 1
            THEN 'ai_confidence is ' || quote(ai_confidence)
        WHEN user_action <> 'reject' AND (typeof(image_width) <> 'integer'
             OR typeof(image_height) <> 'integer' OR image_width <= 0 OR image_height <= 0)
            THEN 'the image is ' || quote(image_width) || ' x ' || quote(image_height) || ' pixels'
        WHEN typeof(batch_number) NOT IN ('integer', 'null')
            THEN 'batch_number is ' || quote(batch_number)
        WHEN NOT ai_sound THEN 'ai_crop_coords are no four numbers'
        WHEN NOT final_sound THEN 'final_crop_coords are no four numbers'
    END AS reason
    FROM legacy_rows
"""
_GOOD = """
    INSERT INTO ai_decisions
    SELECT group_id, timestamp, project_id, directory, batch_number, images,
           ai_selected_index, ai_crop_coords, ai_confidence,
           CASE WHEN NOT is_reject THEN user_selected_index END,
           user_action,
           CASE WHEN NOT is_reject THEN ai_crop_accepted END,
           CASE WHEN NOT is_reject THEN final_crop_coords END,
           CASE WHEN NOT is_reject THEN crop_timestamp END,
           CASE WHEN image_width > 0 AND image_height > 0 THEN image_width END,
           CASE WHEN image_width > 0 AND image_height > 0 THEN image_height END,
           CASE WHEN NOT is_reject THEN ai_selected_index = user_selected_index END,
           CASE WHEN NOT is_reject AND ai_crop_coords IS NOT NULL
                     AND final_crop_coords IS NOT NULL THEN (
               SELECT max(abs(ai.value - final.value)) <= 0.05 + 1e-7
               FROM json_each(ai_crop_coords) AS ai
               JOIN json_each(final_crop_coords) AS final USING (key)
           ) END,
           CASE WHEN substr(group_id, 1, length(project_id) + 8) = project_id || '_legacy_'
                THEN 'historical' ELSE 'reviewer' END,
           NULL
    FROM legacy_judged WHERE reason IS NULL ORDER BY id
"""
_CHANGED = """
    INSERT INTO decision_history (group_id, changed_at, change, before)
    SELECT group_id, ?, 'migrate', content FROM legacy_judged
    WHERE reason IS NULL AND is_reject AND user_selected_index IS NOT NULL ORDER BY id
"""
_BAD = """
    INSERT INTO unreadable_decisions (reason, content)
    SELECT reason, content FROM legacy_judged WHERE reason IS NOT NULL ORDER BY id
"""


def set_aside(db: sqlite3.Connection) -> list[str]:
    """Rename the old table, drop its indexes and all views, and return its columns; [] for none."""
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({TABLE})")]
    if not columns:
        return []
    things = db.execute(
        "SELECT type, name FROM sqlite_schema WHERE type IN ('view', 'trigger') "
        "OR (type = 'index' AND tbl_name = ? AND sql IS NOT NULL)",
        (TABLE,),
    ).fetchall()
    for kind, name in things:
        db.execute(f"DROP {kind} {_quoted(name)}")
    db.execute(f"ALTER TABLE {TABLE} RENAME TO legacy_{TABLE}")
    return columns


def bring_over(db: sqlite3.Connection, columns: list[str]) -> None:
    """Copy the rows of the table set aside into step 1's tables, and drop it."""
    db.execute(_complete_view(columns))
    db.execute(_REASONS)
    db.execute(_GOOD)
    db.execute(_CHANGED, (clock.utc_stamp(),))
    db.execute(_BAD)
    db.execute("DROP VIEW legacy_judged")
    db.execute("DROP VIEW legacy_rows")
    db.execute(f"DROP TABLE legacy_{TABLE}")


def _complete_view(columns: list[str]) -> str:
    """A view with every column of the last shape, tidied, and the row as it was as ``content``."""
    there = set(columns)
    tidied = [f"{_tidy(name) if name in there else 'NULL'} AS {name}" for name in _COLUMNS]
    content = ", ".join(f"{_literal(name)}, {_as_json(name)}" for name in columns)
    order = "group_id" if "group_id" in there else "rowid"
    return (
        f"CREATE TEMP VIEW legacy_rows AS SELECT rowid AS id, {', '.join(tidied)}, "  # noqa: S608
        f"{_is_box('ai_crop_coords', there)} AS ai_sound, "
        f"{_is_box('final_crop_coords', there)} AS final_sound, "
        f"row_number() OVER (PARTITION BY {order} ORDER BY rowid) AS number, "
        f"json_object({content}) AS content FROM legacy_{TABLE}"
    )


def _tidy(name: str) -> str:
    """A column without the texts that the earlier tool's writers used for no value."""
    if name == "ai_crop_accepted":
        return (
            "CASE WHEN lower(ai_crop_accepted) IN ('1', '1.0', 'true') THEN 1 "
            "WHEN lower(ai_crop_accepted) IN ('0', '0.0', 'false') THEN 0 END"
        )
    if name in _JSON:
        return f"nullif(nullif(CAST({name} AS TEXT), ''), 'null')"
    if name in _INTEGERS:
        whole = f"CAST({name} AS INTEGER)"
        return f"CASE WHEN {name} = {whole} THEN {whole} ELSE {name} END"
    return name if name == "ai_confidence" else f"CAST({name} AS TEXT)"


def _is_box(name: str, there: set[str]) -> str:
    """Whether a column holds four numbers, or nothing."""
    if name not in there:
        return "1"
    return (  # the two names of columns are constants
        f"CASE WHEN {_tidy(name)} IS NULL THEN 1 WHEN NOT json_valid({name}) THEN 0 "  # noqa: S608
        f"WHEN json_type({name}) <> 'array' THEN 0 "
        f"ELSE json_array_length({name}) = 4 AND NOT EXISTS (SELECT 1 FROM json_each({name}) "
        "AS edge WHERE edge.type NOT IN ('integer', 'real')) END"
    )


def _as_json(name: str) -> str:
    quoted = _quoted(name)
    return f"CASE WHEN typeof({quoted}) = 'blob' THEN quote({quoted}) ELSE {quoted} END"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
