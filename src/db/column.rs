//! What stands in a column: times as milliseconds since 1970, and why a value is none that this program
//! wrote.

use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::Type;

/// The time in a column.
pub(crate) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_millisecond(row.get(column)?).map_err(|error| unreadable(column, error))
}

/// The time in a column that may be empty.
pub(crate) fn time_if(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    let milliseconds = row.get::<_, Option<i64>>(column)?;
    milliseconds.map(|_| time(row, column)).transpose()
}

/// The time of so many milliseconds.
pub(crate) fn instant(milliseconds: i64) -> rusqlite::Result<Timestamp> {
    Timestamp::from_millisecond(milliseconds).map_err(|error| unreadable(0, error))
}

/// The error for a value that cannot be read.
pub(crate) fn unreadable(
    column: usize,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
}
