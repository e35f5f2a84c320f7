//! A language that nobody speaks, for tests: every letter of the texts has an accent, and what comes
//! from elsewhere has none.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::LazyLock;

use super::{Bundle, bundle};

static PSEUDO: LazyLock<Bundle> = LazyLock::new(|| bundle(accented));

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
    // A command with a value in it goes on in the next piece.
    let mut is_command = text.starts_with('`');
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
