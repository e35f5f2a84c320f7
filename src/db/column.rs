//! What stands in a column: times as milliseconds since 1970, and why a value is none that this program
//! wrote.

use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::{Type, ValueRef};
use serde::de::DeserializeOwned;

use crate::text::words;

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

/// What the text in a column stands for.
pub(crate) fn parsed<T: FromStr<Err: Display>>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    text.parse().map_err(|error| unknown(row, column, &error))
}

/// What the text in a column stands for that may be empty.
pub(crate) fn parsed_if<T: FromStr<Err: Display>>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<T>> {
    if row.get_ref(column)? == ValueRef::Null {
        return Ok(None);
    }
    parsed(row, column).map(Some)
}

/// What is kept in a column as JSON.
pub(crate) fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text).map_err(|error| unknown(row, column, &error))
}

/// A column holds what this program does not know, and why not.
fn unknown(row: &Row<'_>, column: usize, why: &dyn Display) -> rusqlite::Error {
    let name = row.as_ref().column_name(column).unwrap_or_default();
    let text = row.get::<_, String>(column).unwrap_or_default();
    let text = words::clipped(&text, 60);
    unreadable(column, format!("`{name}` holds `{text}`: {why}"))
}

/// The error for a value that cannot be read.
pub(crate) fn unreadable(
    column: usize,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
}
