//! Keys that are taken out, while the comments above them stay; and tables that can be cut out, because
//! all that belongs to them stands together.

use toml_edit::{Decor, DocumentMut, Item, Key, RawString, Table, TableLike};

use super::{EditError, line_start};

/// Comments whose key is gone, and behind which table of the text they stood.
#[derive(Debug)]
pub(super) struct Comments {
    lines: String,
    behind: isize,
}

/// Takes a key out of a table that is the one `at` that place of the text. What stood above it stands above
/// the next key from then on; where there is none, the comments of it are given back. `None`: there
/// is no such key.
pub(super) fn take_out(table: &mut dyn TableLike, key: &str, at: isize) -> Option<Comments> {
    let mut lines = lines_above(table, key);
    let next = next_value(table, key);
    let removed = table.remove(key)?;
    if let Some(mut next) = next.and_then(|next| table.key_mut(&next)) {
        let own = written(next.leaf_decor().prefix());
        // Of two blank lines one is enough.
        if lines.contains('#') || (lines.contains('\n') && !own.contains('\n')) {
            let both = format!("{lines}{own}");
            next.leaf_decor_mut().set_prefix(both);
        }
        lines.clear();
    }
    let behind = removed.as_table().and_then(Table::position);
    Some(Comments {
        lines,
        behind: behind.unwrap_or(at),
    })
}

/// Puts comments before the next table of the text, or at its end.
pub(super) fn put_back(document: &mut DocumentMut, comments: &Comments) {
    let lines = &comments.lines;
    if !lines.contains('#') {
        return;
    }
    let places = positions(document.as_table()).into_iter();
    let next = places.filter(|place| comments.behind < *place).min();
    if let Some(table) = next.and_then(|place| table_at(document.as_table_mut(), place)) {
        let both = format!("{lines}{}", written(table.decor().prefix()));
        table.decor_mut().set_prefix(both);
        return;
    }
    let both = format!("{lines}{}", written(Some(document.trailing())));
    document.set_trailing(both);
}

/// The table and those within it stand together in the text, with no other between them.
///
/// # Errors
///
/// [`EditError::Torn`] with the name of the table.
pub(super) fn stands_together(table: &Table, name: &'static str) -> Result<(), EditError> {
    let mut places = positions(table);
    places.sort_unstable();
    let mut pairs = places.iter().zip(places.iter().skip(1));
    if pairs.all(|(one, next)| one + 1 == *next) {
        Ok(())
    } else {
        Err(EditError::Torn(name))
    }
}

/// Which ones a table and those within it are among all that have a header in the text.
fn positions(table: &Table) -> Vec<isize> {
    let within = table.iter().flat_map(|(_, item)| match item {
        Item::Table(table) => positions(table),
        Item::ArrayOfTables(tables) => tables.iter().flat_map(positions).collect(),
        Item::Value(_) | Item::None => Vec::new(),
    });
    table.position().into_iter().chain(within).collect()
}

fn table_at(table: &mut Table, place: isize) -> Option<&mut Table> {
    if table.position() == Some(place) {
        return Some(table);
    }
    table.iter_mut().find_map(|(_, item)| match item {
        Item::Table(table) => table_at(table, place),
        Item::ArrayOfTables(tables) => tables.iter_mut().find_map(|one| table_at(one, place)),
        Item::Value(_) | Item::None => None,
    })
}

/// The key of the next value below that of a key, in the same table.
fn next_value(table: &dyn TableLike, key: &str) -> Option<String> {
    if !table.get(key)?.is_value() {
        return None;
    }
    let mut below = table.iter().skip_while(|(one, _)| *one != key).skip(1);
    let next = below.find(|(_, item)| item.is_value());
    next.map(|(next, _)| next.to_owned())
}

/// The whole lines above a key, or above the header of a table.
fn lines_above(table: &dyn TableLike, key: &str) -> String {
    let header = table.get(key).and_then(Item::as_table).map(Table::decor);
    let decor = header.or_else(|| table.key(key).map(Key::leaf_decor));
    let prefix = written(decor.and_then(Decor::prefix));
    prefix[..line_start(prefix, prefix.len())].to_owned()
}

fn written(raw: Option<&RawString>) -> &str {
    raw.and_then(RawString::as_str).unwrap_or_default()
}
