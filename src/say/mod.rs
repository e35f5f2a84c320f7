//! What Pubwatch says to people: sentences by name, from the texts in `en/`.
//!
//! The texts are [Fluent](https://projectfluent.org): a sentence is a message, its parts are named
//! values, and what depends on a number or on a choice stands in the message, so that another
//! language is another folder.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

#[cfg(test)]
pub(crate) mod pseudo;
#[cfg(test)]
mod tests;
mod texts;

pub use fluent_bundle::FluentValue as Value;

type Bundle = FluentBundle<FluentResource>;

/// The sentences, read when the first of them is said.
static USUAL: LazyLock<Bundle> = LazyLock::new(|| bundle([texts::USUAL], one_line));
static SELDOM: LazyLock<Bundle> = LazyLock::new(|| bundle([texts::SELDOM], one_line));

fn bundle<'t>(
    texts: impl IntoIterator<Item = &'t [(&'t str, &'t str)]>,
    transform: fn(&str) -> Cow<'_, str>,
) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec!["en".parse().unwrap_or_default()]);
    bundle.set_use_isolating(false);
    bundle.set_transform(Some(transform));
    for (name, text) in texts.into_iter().flatten() {
        // What could be read of a text that has a fault is said all the same.
        let resource =
            FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(some, faults)| {
                debug_assert!(faults.is_empty(), "{name}: {faults:?}");
                some
            });
        let twice = bundle.add_resource(resource);
        debug_assert!(twice.is_ok(), "{name}: {twice:?}");
    }
    bundle
}

/// A line break in a text is a space.
fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains('\n') {
        Cow::Owned(text.replace('\n', " "))
    } else {
        Cow::Borrowed(text)
    }
}

/// The bundle that has a message of this name, where one has.
fn speaker(id: &str) -> &'static Bundle {
    #[cfg(test)]
    if let Some(pseudo) = pseudo::spoken() {
        return pseudo;
    }
    if USUAL.has_message(id) {
        &USUAL
    } else {
        &SELDOM
    }
}

/// Says a sentence: a message's name, or that of a part of it behind a dot, and its values.
///
/// There is a name for every sentence, and a value for every part, as a test holds; what is said
/// without one would be the name itself.
pub fn speak<'a>(id: &str, values: impl IntoIterator<Item = (&'a str, Value<'a>)>) -> String {
    let values: FluentArgs<'a> = values.into_iter().collect();
    say_with(id, &values).unwrap_or_else(|| {
        debug_assert!(false, "no sentence has the name {id}");
        id.to_owned()
    })
}

/// The same with values that several sentences share; `None` where there is no such sentence.
pub fn say_with(id: &str, values: &FluentArgs<'_>) -> Option<String> {
    formatted(id, Some(values)).map(Cow::into_owned)
}

/// Words that have no parts, as the name of a state.
pub fn fixed(id: &str) -> &'static str {
    match formatted(id, None) {
        Some(Cow::Borrowed(words)) => words,
        // Only a test's language makes them anew.
        Some(Cow::Owned(words)) => words.leak(),
        None => {
            debug_assert!(false, "no words have the name {id}");
            ""
        }
    }
}

/// What the parts of a message say, by their names, in the order in which they stand.
pub fn parts(id: &str, values: &FluentArgs<'_>) -> Vec<(&'static str, String)> {
    let message = speaker(id).get_message(id).into_iter();
    let names = message.flat_map(|message| message.attributes().map(|part| part.id()));
    let said = names.filter_map(|name| Some((name, say_with(&format!("{id}.{name}"), values)?)));
    said.collect()
}

fn formatted(id: &str, values: Option<&FluentArgs<'_>>) -> Option<Cow<'static, str>> {
    let (whole, part) = id
        .split_once('.')
        .map_or((id, None), |(id, part)| (id, Some(part)));
    let bundle = speaker(whole);
    let message = bundle.get_message(whole)?;
    let pattern = match part {
        None => message.value()?,
        Some(part) => message.get_attribute(part)?.value(),
    };
    let mut faults = Vec::new();
    let said = bundle.format_pattern(pattern, values, &mut faults);
    debug_assert!(faults.is_empty(), "{id}: {faults:?}");
    Some(said)
}

/// "yes" or "no", between which a message chooses.
pub fn yes(so: bool) -> &'static str {
    if so { "yes" } else { "no" }
}

/// A sentence with its values: `say!("hello", name = reader)`.
macro_rules! say {
    ($id:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::say::speak($id, [$((stringify!($name), $crate::say::Value::from($value))),*])
    };
}
pub(crate) use say;
