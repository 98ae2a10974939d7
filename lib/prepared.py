"""Statements that are written once and run often.

Django writes the SQL of a queryset anew each time it runs, which costs several times what the
database then does; a delivery asks a dozen times, thousands of them an hour after an outage. Here a
process writes it once, and PostgreSQL plans it once a connection. What differs from run to run is a
`Slot`; the rest, settings too, must not.

    _name = Select(lambda: Person.objects.filter(id=Slot.of(Person, "id")).values_list("name"))
    _name.first(id=7)
"""

from __future__ import annotations

import abc
import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models import sql
from django.db.models.expressions import Expression
from django.db.models.sql.compiler import SQLCompiler

Row = tuple[Any, ...]


class Slot(Expression):
    """Stands in a queryset for a value that is given when the statement runs.

    like: a field of the same type; it brings the value into the database's form.
    """

    def __init__(self, name: str, like: models.Field[Any, Any]) -> None:
        super().__init__(output_field=like)
        self.name = name

    @classmethod
    def of(cls, model: type[models.Model], name: str) -> Slot:
        """For the value of a model's field, named as it."""
        return cls(name, model._meta.get_field(name))  # type: ignore[arg-type]

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


@dataclasses.dataclass(frozen=True, eq=False)
class _Written:
    """A statement in the words of one sort of database.

    fill: for each parameter the value, or its slot and what brings that into the database's form.
    columns: what the rows are made of that come back.
    """

    text: str
    fill: Sequence[tuple[Any, Callable[..., Any] | None]]
    columns: Sequence[Expression]

    @classmethod
    def of(
        cls,
        text: str,
        parameters: Iterable[Any],
        columns: Sequence[Any],
        using: BaseDatabaseWrapper,
    ) -> _Written:
        if using.vendor == "postgresql":
            text, parameters = _with_constants(text, parameters, using)
        fill = [
            (each.name, each.output_field.get_db_prep_value)
            if isinstance(each, Slot)
            else (each, None)
            for each in parameters
        ]
        return cls(text, fill, columns)

    def run(self, given: Mapping[str, Any], using: BaseDatabaseWrapper) -> list[Row]:
        values = [
            each if prepare is None else prepare(given[each], using) for each, prepare in self.fill
        ]
        with _cursor(using) as cursor:
            cursor.execute(self.text, values)
            rows: list[Row] = cursor.fetchall()
        return [self._converted(row, using) for row in rows] if rows else rows

    def _converted(self, row: Row, using: BaseDatabaseWrapper) -> Row:
        values = list(row)
        for index, column, converters in self._converters(using):
            for convert in converters:
                values[index] = convert(values[index], column, using)
        return tuple(values)

    def _converters(self, using: BaseDatabaseWrapper) -> list[tuple[int, Expression, list[Any]]]:
        """Those of the columns that have any. They belong to one connection, as in Django."""
        known = _CONVERTERS.setdefault(using, WeakKeyDictionary())
        found = known.get(self)
        if found is None:
            found = known[self] = [
                (index, column, made)
                for index, column in enumerate(self.columns)
                if (made := using.ops.get_db_converters(column) + column.get_db_converters(using))
            ]
        return found


def _with_constants(text: str, parameters: Iterable[Any], using: Any) -> tuple[str, list[Any]]:
    """The statement with all that is no slot written into it, and the slots.

    A plan that is to serve every value of a parameter uses no index of some rows only.
    """
    waiting, slots = iter(parameters), []

    def write(mark: re.Match[str]) -> str:
        if mark[0] == "%%":
            return "%%"
        value = next(waiting)
        if isinstance(value, Slot):
            slots.append(value)
            return "%s"
        constant: str = using.ops.compose_sql("%s", [value])
        return constant.replace("%", "%%")

    return re.sub("%[%s]", write, text), slots


# Its stub says less than what it takes.
_SERVER_CURSOR: Any = ServerBindingCursor


def _cursor(using: Any) -> CursorWrapper:
    """Django's cursors bind on the client, and such a text cannot be prepared: one that can.

    Where queries are written down Django's own runs: of one prepared no text is left to write.
    """
    if using.vendor != "postgresql" or using.queries_logged:
        return using.cursor()  # type: ignore[no-any-return]
    # As `cursor` of Django's wrapper does.
    using.validate_thread_sharing()
    using.close_if_health_check_failed()
    using.ensure_connection()
    with using.wrap_database_errors:
        return CursorWrapper(_SERVER_CURSOR(using.connection), using)


def _type_of(field: models.Field[Any, Any], using: BaseDatabaseWrapper) -> str:
    """What a parameter is written as. A text keeps its length, so that one too long is refused."""
    kind = str(field.db_type(using))
    return "text" if kind.startswith("varchar") else kind


_CONVERTERS: WeakKeyDictionary[
    BaseDatabaseWrapper, WeakKeyDictionary[_Written, list[tuple[int, Expression, list[Any]]]]
]
_CONVERTERS = WeakKeyDictionary()


class _Statement(abc.ABC):
    """Written at the first run, once for each sort of database."""

    def __init__(self) -> None:
        self._written: dict[str, _Written] = {}

    @abc.abstractmethod
    def _write(self, using: BaseDatabaseWrapper) -> _Written: ...

    def all(self, **given: Any) -> list[Row]:
        """Run it, with a value for each slot; what it returns, converted as Django does."""
        using = connections[DEFAULT_DB_ALIAS]
        written = self._written.get(using.vendor)
        if written is None:
            # Two threads at once write the same; a statement once written stays.
            written = self._written.setdefault(using.vendor, self._write(using))
        return written.run(given, using)

    def first(self, **given: Any) -> Row | None:
        """The first row that it returns, or None."""
        rows = self.all(**given)
        return rows[0] if rows else None


class Select(_Statement):
    """rows: makes the queryset, a `values_list` with as much of a limit as is needed."""

    def __init__(self, rows: Callable[[], models.QuerySet[Any, Any]]) -> None:
        super().__init__()
        self._rows = rows

    def _write(self, using: BaseDatabaseWrapper) -> _Written:
        compiler = self._rows().query.get_compiler(connection=using)
        text, parameters = compiler.as_sql()
        return _Written.of(text, parameters, [column for column, _, _ in compiler.select], using)


class Whole(_Statement):
    """rows: makes the queryset of whole objects, annotated or not, with none of another table."""

    def __init__(self, rows: Callable[[], models.QuerySet[Any, Any]]) -> None:
        super().__init__()
        self._rows = rows
        self._model: type[models.Model] = models.Model
        self._fields: list[str] = []
        self._annotated: list[str] = []

    def objects(self, **given: Any) -> list[Any]:
        """Run it, with a value for each slot; the objects, each made anew."""
        rows = self.all(**given)
        number = len(self._fields)
        found = [self._model.from_db(DEFAULT_DB_ALIAS, self._fields, row[:number]) for row in rows]
        for one, row in zip(found, rows, strict=True):
            one.__dict__.update(zip(self._annotated, row[number:], strict=True))
        return found

    def _write(self, using: BaseDatabaseWrapper) -> _Written:
        queryset = self._rows()
        compiler = queryset.query.get_compiler(connection=using)
        text, parameters = compiler.as_sql()
        columns: list[Any] = [column for column, _, _ in compiler.select]
        # The table's own stand first. They are the same whatever the sort of database.
        own = columns[: len(columns) - len(compiler.annotation_col_map)]
        self._model = queryset.model
        self._fields = [column.target.attname for column in own]
        self._annotated = list(compiler.annotation_col_map)
        return _Written.of(text, parameters, columns, using)


class Update(_Statement):
    """rows: makes the queryset of what is changed. changes: as for `QuerySet.update`.

    It returns a row for each row changed: of `returning`, read after the change; expressions of the
    table's own columns and of other tables.
    """

    def __init__(
        self,
        rows: Callable[[], models.QuerySet[Any, Any]],
        changes: Mapping[str, Any],
        returning: Iterable[Any] = (),
    ) -> None:
        super().__init__()
        self._rows = rows
        self._changes = changes
        self._returning = tuple(returning) or (models.F("pk"),)

    def _write(self, using: BaseDatabaseWrapper) -> _Written:
        return _Written.of(*self.parts(using), using)

    def parts(self, using: BaseDatabaseWrapper) -> tuple[str, list[Any], list[Expression]]:
        """Its text, its parameters and the columns that it returns."""
        query: Any = self._rows().query.chain(sql.UpdateQuery)
        query.clear_ordering(force=True)
        query.add_update_values(self._changes)
        compiler = query.get_compiler(connection=using)
        text, parameters = compiler.as_sql()
        columns = [each.resolve_expression(query) for each in self._returning]
        told = [compiler.compile(column) for column in columns]
        returning = ", ".join(each for each, _ in told)
        more = [value for _, values in told for value in values]
        return f"{text} RETURNING {returning}", [*parameters, *more], columns


class Insert(_Statement):
    """One row of a model, every column but the key given; it returns the key.

    Signals and `pre_save` of the fields are passed by.
    """

    def __init__(self, model: type[models.Model]) -> None:
        super().__init__()
        self._model = model
        self._fields = [
            field for field in model._meta.local_concrete_fields if not field.primary_key
        ]

    def row(self, instance: models.Model) -> None:
        """Store the instance and tell it its key."""
        ((instance.pk,),) = self.all(**self.values(instance))
        instance._state.adding = False
        instance._state.db = DEFAULT_DB_ALIAS

    def values(self, instance: models.Model) -> dict[str, Any]:
        """What the instance holds, by the names of the slots."""
        return {field.attname: getattr(instance, field.attname) for field in self._fields}

    def selecting(self, source: str, using: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """The same for each row of a source, on PostgreSQL: its text and its parameters."""
        quoted = using.ops.quote_name
        columns = ", ".join(quoted(str(field.column)) for field in self._fields)
        slots: list[Any] = [Slot(field.attname, field) for field in self._fields]
        # Elsewhere than in VALUES a parameter has no type of its own.
        values = ", ".join(f"%s::{_type_of(field, using)}" for field in self._fields)
        table = quoted(self._model._meta.db_table)
        text = f"INSERT INTO {table} ({columns}) SELECT {values} FROM {source}"  # noqa: S608 # nosec B608 - names
        return text, slots

    def _write(self, using: BaseDatabaseWrapper) -> _Written:
        query = sql.InsertQuery(self._model)
        key = self._model._meta.pk
        slots = {field.attname: Slot(field.attname, field) for field in self._fields}
        query.insert_values(self._fields, [self._model(**slots)], raw=True)
        compiler = query.get_compiler(connection=using)
        ((text, parameters),) = compiler.as_sql()
        returning = using.ops.quote_name(str(key.column))
        return _Written.of(f"{text} RETURNING {returning}", parameters, [key.cached_col], using)


class Followed(_Statement):
    """An update and, for each row that it changed, one new row of another table.

    It returns what the update does. Slots of one name have one value in both. PostgreSQL does both
    in one statement, which where no transaction is open is its own; elsewhere they are two in one
    transaction.
    """

    def __init__(self, update: Update, insert: Insert) -> None:
        super().__init__()
        self._update = update
        self._insert = insert

    def all(self, **given: Any) -> list[Row]:
        if connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
            return super().all(**given)
        with transaction.atomic(savepoint=False):
            rows = self._update.all(**given)
            for _ in rows:
                self._insert.all(**given)
        return rows

    def _write(self, using: BaseDatabaseWrapper) -> _Written:
        text, parameters, columns = self._update.parts(using)
        insert, more = self._insert.selecting("changed", using)
        names = ", ".join(f"c{number}" for number in range(len(columns)))
        both = f"WITH changed ({names}) AS ({text}), followed AS ({insert}) TABLE changed"
        return _Written.of(both, [*parameters, *more], columns, using)
