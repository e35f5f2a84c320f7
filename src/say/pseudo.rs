//! A language that nobody speaks, for tests: every letter of the texts has an accent, and what comes
//! from elsewhere has none.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::LazyLock;

use super::{Bundle, bundle, texts};

static PSEUDO: LazyLock<Bundle> = LazyLock::new(|| bundle([texts::USUAL, texts::SELDOM], accented));

thread_local! {
    static IS_SPOKEN: Cell<bool> = const { Cell::new(false) };
}

pub(super) fn spoken() -> Option<&'static Bundle> {
    IS_SPOKEN.get().then(|| &*PSEUDO)
}

/// Runs `run` with everything said in it, on this thread.
pub(crate) fn speaking<T>(run: impl FnOnce() -> T) -> T {
    IS_SPOKEN.set(true);
    let result = run();
    IS_SPOKEN.set(false);
    result
}

/// What is between backticks are commands, and an address is an address.
fn accented(text: &str) -> Cow<'_, str> {
    // A command with a value in it ends in the next piece.
    let after = text.strip_prefix('`');
    let mut is_command = after.is_some_and(|after| after.starts_with([' ', ',', '.', '\n']));
    Cow::Owned(
        text.chars()
            .map(|character| {
                is_command ^= character == '`';
                match character {
                    '\n' => ' ',
                    _ if is_command => character,
                    'a'..='z' => letter('ａ', character, 'a'),
                    'A'..='Z' => letter('Ａ', character, 'A'),
                    other => other,
                }
            })
            .collect(),
    )
}

/// A letter of full width, whose name in lower case is one as well.
fn letter(first: char, character: char, base: char) -> char {
    let place = u32::from(character) - u32::from(base);
    char::from_u32(u32::from(first) + place).unwrap_or(character)
}

/// The words of three letters and more that nobody gave an accent and that are not among `data`.
/// What stands between backticks is a command.
pub(crate) fn plain<'t>(text: &'t str, data: &[&str]) -> Vec<&'t str> {
    let said = text.split('`').step_by(2);
    said.flat_map(|said| said.split(|letter: char| !letter.is_ascii_alphabetic()))
        .filter(|word| 3 <= word.len() && !data.contains(word))
        .collect()
}
