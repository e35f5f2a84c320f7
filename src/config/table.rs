//! A table of the file, read key by key, with the place of everything.
//!
//! The file is walked as a tree with spans and not deserialised, because a deserialiser stops at
//! the first thing it does not like, and everything wrong is to be said at once. The keys that
//! are asked for *are* the keys that are known: whatever else stands in a table is reported when
//! the table is finished.

use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};

use jiff::SignedDuration;
use serde_spanned::Spanned;
use toml::de::{DeTable, DeValue};

use super::findings::{Findings, Kind, Place, below};
use super::problem::{Problem, did_you_mean, one_of};
use super::{schema, times, values};

/// A table of the file that is being read.
#[derive(Debug)]
pub(super) struct Table<'a> {
    /// Its name as people write it in brackets, as `mail` or `edition.addresses`.
    place: Place,
    /// Where it begins: its header.
    pub(super) span: Range<usize>,
    entries: &'a DeTable<'a>,
    asked: BTreeSet<&'static str>,
    refused: BTreeSet<&'static str>,
    findings: &'a Findings,
}

/// A text and where it stands.
pub(super) type Text = Spanned<String>;

impl<'a> Table<'a> {
    /// The file itself, as a table of tables.
    pub(super) fn root(entries: &'a Spanned<DeTable<'a>>, findings: &'a Findings) -> Self {
        Self::new(
            (String::new(), false),
            entries.span(),
            entries.get_ref(),
            findings,
        )
    }

    fn new(
        place: Place,
        span: Range<usize>,
        entries: &'a DeTable<'a>,
        findings: &'a Findings,
    ) -> Self {
        Self {
            place,
            span,
            entries,
            asked: BTreeSet::new(),
            refused: BTreeSet::new(),
            findings,
        }
    }

    fn name(&self) -> &str {
        &self.place.0
    }

    /// The value of a key, which is known from now on, and of what kind it is.
    pub(super) fn value(
        &mut self,
        key: &'static str,
        kind: Kind,
    ) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.insert(key);
        self.findings.remember(&self.place, |asked| {
            asked.keys.insert(key, kind);
        });
        self.entries.get(key)
    }

    /// The key is written, whatever its value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Where a key is written; the header when it is not.
    pub(super) fn key_span(&self, key: &str) -> Range<usize> {
        self.entries
            .get_key_value(key)
            .map_or_else(|| self.span.clone(), |(key, _)| key.span())
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, key: &'static str) -> Option<Text> {
        self.text_as(key, Kind::Text)
    }

    fn text_as(&mut self, key: &'static str, kind: Kind) -> Option<Text> {
        let value = self.value(key, kind)?;
        let findings = self.findings;
        findings.keep(text_of(key, value))
    }

    /// A text that must be there. `example` is shown when it is not.
    pub(super) fn required(&mut self, key: &'static str, example: &str) -> Option<Text> {
        self.require(key, example);
        self.text(key)
    }

    /// One of some names, or another word for one of them: `what` is how the choice is called.
    pub(super) fn choice<T: Copy>(
        &mut self,
        (key, what): (&'static str, &str),
        choices: &[(&'static str, T)],
        habits: &[(&'static str, T)],
    ) -> Option<Spanned<T>> {
        let names = |of: &[(&'static str, T)]| of.iter().map(|(name, _)| *name).collect();
        let text = self.text_as(key, Kind::Choice(names(choices), names(habits)))?;
        let mut habits = habits.iter();
        let habit = habits.find(|(name, _)| name.eq_ignore_ascii_case(text.get_ref()));
        let value = match habit {
            Some((_, value)) => *value,
            None => self.findings.keep(values::choice(what, &text, choices))?,
        };
        Some(Spanned::new(text.span(), value))
    }

    /// Reports a key that must be there and is not.
    pub(super) fn require(&self, key: &'static str, example: &str) {
        self.must_have(key);
        if !self.has(key) {
            self.findings.add(self.missing(key, example));
        }
    }

    /// Remembers that a key must be there; whoever reads it reports that it is not.
    pub(super) fn must_have(&self, key: &'static str) {
        self.findings
            .remember(&self.place, |asked| asked.required.push(key));
    }

    /// That a key is missing.
    pub(super) fn missing(&self, key: &str, example: &str) -> Problem {
        let what = format!("this {} has no `{key}`", self.kind());
        Problem::error(format!("`{key}` is missing"))
            .at(self.span.clone(), what)
            .remedy(format!("add a line such as `{key} = {example}`"))
    }

    /// What the table is called in a sentence.
    fn kind(&self) -> &str {
        match self.name() {
            name @ ("edition" | "store") => name,
            _ => "table",
        }
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        let value = self.value(key, Kind::Flag)?;
        if let DeValue::Boolean(flag) = value.get_ref() {
            return Some(*flag);
        }
        self.findings.add(wrong_kind(
            key,
            value,
            "`true` or `false`, without quotes",
            "true",
        ));
        None
    }

    /// A whole number within limits.
    pub(super) fn whole(
        &mut self,
        key: &'static str,
        range: RangeInclusive<i64>,
        example: i64,
    ) -> Option<Spanned<i64>> {
        let value = self.value(key, Kind::Whole(*range.start(), *range.end()))?;
        let number = value.get_ref().as_integer().and_then(|number| {
            i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
        });
        match number {
            Some(number) if range.contains(&number) => Some(Spanned::new(value.span(), number)),
            Some(_) | None => {
                let expected = format!(
                    "a whole number from {} to {}, without quotes",
                    range.start(),
                    range.end()
                );
                self.findings
                    .add(wrong_kind(key, value, &expected, &example.to_string()));
                None
            }
        }
    }

    /// Reports a key that must not be there, in words of its own.
    pub(super) fn refuse(
        &mut self,
        key: &'static str,
        problem: impl FnOnce(Range<usize>) -> Problem,
    ) {
        if self.has(key) {
            self.refused.insert(key);
            self.findings.add(problem(self.key_span(key)));
        }
    }

    /// A length of time.
    pub(super) fn duration(&mut self, key: &'static str) -> Option<Spanned<SignedDuration>> {
        let value = self.value(key, Kind::Duration)?;
        if let DeValue::Integer(number) = value.get_ref() {
            let example = format!("\"{}s\"", number.as_str());
            self.findings.add(wrong_kind(
                key,
                value,
                "a length of time with its unit, in quotes",
                &example,
            ));
            return None;
        }
        let text = self.findings.keep(text_of(key, value))?;
        let duration = self.findings.keep(times::duration(&text))?;
        Some(Spanned::new(text.span(), duration))
    }

    /// A list of texts of a kind, each with its place. A single text is a list of one.
    pub(super) fn texts(
        &mut self,
        key: &'static str,
        kind: Kind,
        example: &str,
    ) -> Option<Vec<Text>> {
        let value = self.value(key, Kind::List(Box::new(kind)))?;
        let findings = self.findings;
        match value.get_ref() {
            DeValue::Array(items) => Some(
                items
                    .iter()
                    .filter_map(|item| findings.keep(text_of(key, item)))
                    .collect(),
            ),
            DeValue::String(_) => Some(findings.keep(text_of(key, value)).into_iter().collect()),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Table(_) => {
                findings.add(wrong_kind(
                    key,
                    value,
                    "a list of texts in brackets",
                    example,
                ));
                None
            }
        }
    }

    /// The table of that name within this one.
    pub(super) fn table(&mut self, key: &'static str) -> Option<Self> {
        let place = below(&self.place, key);
        let value = self.value(key, Kind::Table)?;
        if let DeValue::Table(entries) = value.get_ref() {
            return Some(Self::new(place, value.span(), entries, self.findings));
        }
        let problem = Problem::error(format!("`{key}` must be a table"))
            .at(self.key_span(key), "")
            .remedy(format!(
                "write `[{}]` on a line of its own, and its keys below it",
                place.0
            ));
        self.findings.add(problem);
        None
    }

    /// The table that is the value of an entry whose key is free.
    pub(super) fn within(&self, value: &'a Spanned<DeValue<'a>>) -> Option<Self> {
        let entries = value.get_ref().as_table()?;
        Some(Self::new(
            (self.place.0.clone(), true),
            value.span(),
            entries,
            self.findings,
        ))
    }

    /// A table within a list that is the value of `key`, as `{ to = "…" }`.
    pub(super) fn item_of(&self, key: &str, value: &'a Spanned<DeValue<'a>>) -> Option<Self> {
        let entries = value.get_ref().as_table()?;
        Some(Self::new(
            below(&self.place, key),
            value.span(),
            entries,
            self.findings,
        ))
    }

    /// All tables of that name, as `[[edition]]`. A single `[edition]` is taken for one of them.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Self> {
        let place = below(&self.place, key);
        let Some(value) = self.value(key, Kind::Tables) else {
            return Vec::new();
        };
        let one = std::slice::from_ref(value);
        let items = match value.get_ref() {
            DeValue::Array(items) => items.iter().as_slice(),
            DeValue::Table(_) => one,
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => &[],
        };
        let tables: Vec<Self> = items
            .iter()
            .filter_map(|item| {
                let entries = item.get_ref().as_table()?;
                Some(Self::new(
                    place.clone(),
                    item.span(),
                    entries,
                    self.findings,
                ))
            })
            .collect();
        if tables.len() < items.len().max(1) {
            self.findings.add(
                Problem::error(format!("`{key}` must be tables"))
                    .at(self.key_span(key), "")
                    .remedy(format!(
                        "write `[[{}]]` on a line of its own before each one",
                        place.0
                    )),
            );
        }
        tables
    }

    /// Every entry of a table whose keys are free, as addresses by store, with values of a kind. Where
    /// there are `names`, only those can be right.
    pub(super) fn entries(
        &self,
        kind: Kind,
        names: &[&'static str],
    ) -> Vec<(Text, &'a Spanned<DeValue<'a>>)> {
        self.findings.remember(&self.place, |asked| {
            asked.free = Some((kind, names.to_vec()));
        });
        let mut entries: Vec<_> = self
            .entries
            .iter()
            .map(|(key, value)| {
                (
                    Spanned::new(key.span(), key.get_ref().clone().into_owned()),
                    value,
                )
            })
            .collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        entries
    }

    /// Where problems go.
    pub(super) fn findings(&self) -> &'a Findings {
        self.findings
    }

    /// Ends the reading: whatever was not asked for is reported.
    pub(super) fn finish(self) {
        for (key, _) in self.entries {
            let written = key.get_ref().as_ref();
            if self.asked.contains(written) || self.refused.contains(written) {
                continue;
            }
            let problem = if self.name().is_empty() {
                Problem::error(format!("there is no table `{written}`"))
            } else {
                Problem::error(format!(
                    "there is no key `{written}` in `[{}]`",
                    self.name()
                ))
            };
            self.findings.add(
                problem
                    .at(key.span(), "unknown")
                    .remedy(self.suggestion(written)),
            );
        }
    }

    fn suggestion(&self, written: &str) -> String {
        if !self.name().is_empty()
            && let Some(kind) = schema::of_table(written)
        {
            let brackets = if kind == Kind::Tables {
                format!("[[{written}]]")
            } else {
                format!("[{written}]")
            };
            return format!(
                "`{written}` is a table of its own: write `{brackets}` on a line of its own, and \
                 its keys below it"
            );
        }
        let meant = habit(written)
            .filter(|key| self.asked.contains(key))
            .or_else(|| did_you_mean(written, self.asked.iter().copied()));
        match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("known here: {}", one_of(self.asked.iter().copied())),
        }
    }
}

/// Other words that people use for a key.
fn habit(written: &str) -> Option<&'static str> {
    let plain = written.to_ascii_lowercase().replace(['-', ' '], "_");
    Some(match plain.as_str() {
        "pub_date" | "pubdate" | "published" | "release_date" | "date" => "publication_date",
        "street_date" | "onsale" | "on_sale" | "sale_date" => "on_sale_date",
        "enabled" | "enabled_on" | "distribution_date" => "distribution_enabled",
        "distributor" | "printer" | "channel" => "distribution",
        "isbn13" | "isbn_13" | "isbn10" | "ean" => "isbn",
        "kindle_asin" | "amazon_asin" => "asin",
        "price" | "listprice" => "list_price",
        "kdp" | "kdp_switch" | "switch" => "amazon_switch",
        "retailers" | "shops" | "sites" => "stores",
        "urls" | "links" | "url" => "addresses",
        "tz" | "time_zone" | "zone" => "timezone",
        "user" | "login" => "username",
        "server" | "smtp" | "hostname" => "host",
        "security" | "tls" => "encryption",
        "delay" | "interval" => "pause",
        "timeout" => "deadline",
        "books" | "book" | "title" | "titles" => "edition",
        _ => return None,
    })
}

/// The text of a value, or what is wrong with it.
pub(super) fn text_of(key: &str, value: &Spanned<DeValue<'_>>) -> Result<Text, Problem> {
    let DeValue::String(text) = value.get_ref() else {
        let example = match value.get_ref() {
            DeValue::Integer(number) => format!("\"{}\"", number.as_str()),
            DeValue::Float(number) => format!("\"{}\"", number.as_str()),
            DeValue::String(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => "\"…\"".to_owned(),
        };
        return Err(wrong_kind(key, value, "a text in quotes", &example));
    };
    if text.trim().is_empty() {
        return Err(Problem::error(format!("`{key}` is empty"))
            .at(value.span(), "")
            .remedy("fill it in, or leave the line out"));
    }
    if text.trim().contains(char::is_control) {
        return Err(Problem::error(format!(
            "`{key}` has a line break or another control character"
        ))
        .at(value.span(), "")
        .because("it stands in the subject of letters and in headers, which are one line")
        .remedy("write it in one line"));
    }
    Ok(Spanned::new(value.span(), text.trim().to_owned()))
}

/// A value of the wrong kind.
pub(super) fn wrong_kind(
    key: &str,
    value: &Spanned<DeValue<'_>>,
    expected: &str,
    example: &str,
) -> Problem {
    Problem::error(format!("`{key}` must be {expected}"))
        .at(
            value.span(),
            format!("this is {}", kind_of(value.get_ref())),
        )
        .remedy(format!("write it as `{key} = {example}`"))
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a true-or-false value",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
