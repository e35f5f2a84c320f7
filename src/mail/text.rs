//! The text part: written as a letter, at most 72 characters a line.

use super::Desk;
use super::sheet::{Part, Places, Sheet, StoreLine};
use super::strip::Cell;
use super::support::{ReadyText, joined};
use crate::say::{fixed, say};
use crate::text::words;

/// The longest line; only an address may be longer, since a broken one is of no use.
const WIDTH: usize = 72;

/// Lines of text, growing.
#[derive(Debug, Default)]
pub struct Lines {
    text: String,
}

impl Lines {
    /// An empty line, unless there is one already.
    pub fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A line as it is.
    pub fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// A heading behind an empty line: between stars, which mail programs show in bold.
    pub fn heading(&mut self, heading: &str) {
        self.gap();
        self.line(&format!("*{heading}*"));
    }

    /// Words in lines of at most 72 characters, all indented by `indent`; a word that is longer has
    /// a line of its own.
    pub fn wrapped(&mut self, indent: &str, words: &str) {
        let mut line = String::new();
        let mut width = 0;
        for word in words.split_whitespace() {
            let length = word.chars().count();
            if width > 0 && indent.chars().count() + width + 1 + length > WIDTH {
                self.line(&format!("{indent}{line}"));
                line.clear();
                width = 0;
            }
            if width > 0 {
                line.push(' ');
                width += 1;
            }
            line.push_str(word);
            width += length;
        }
        if width > 0 {
            self.line(&format!("{indent}{line}"));
        }
    }

    /// The mark after which mail programs show small print (RFC 3676 §4.3): its space is part of it.
    pub fn signature(&mut self) {
        self.gap();
        self.text.push_str("-- \n");
    }

    /// The text.
    pub fn finish(self) -> String {
        self.text
    }
}

/// A letter about an edition as text: what happened and what to do about it, then what that rests
/// on.
pub fn letter(sheet: &Sheet) -> String {
    let mut lines = Lines::default();
    lines.wrapped("", &words::hello(&sheet.greeting));
    for remark in &sheet.remarks {
        lines.gap();
        lines.wrapped("", remark);
    }
    for (index, part) in sheet.parts.iter().enumerate() {
        let (word, headline) = (part.word, part.headline.as_str());
        let point = if sheet.parts.len() > 1 {
            say!(
                "letter-point-of-several",
                number = index + 1,
                word = word,
                headline = headline
            )
        } else {
            say!("letter-point", word = word, headline = headline)
        };
        lines.gap();
        lines.wrapped("", &point);
        if index == 0 {
            let (title, about) = (sheet.title.as_str(), sheet.about.as_str());
            lines.wrapped("", &say!("letter-title", title = title, about = about));
        }
        for paragraph in part.verdict.iter().chain(&part.occasion) {
            lines.gap();
            lines.wrapped("", paragraph);
        }
        what_to_do(&mut lines, part);
    }
    if sheet.places == Places::InFull {
        lines.heading(fixed("heading-stores"));
        strips(&mut lines, &sheet.stores, &sheet.legend);
        for store in &sheet.stores {
            store_block(&mut lines, store);
        }
    }
    for usual in sheet.parts.iter().filter_map(|part| part.usual.as_ref()) {
        lines.gap();
        lines.wrapped(
            "",
            &say!(
                "letter-usual",
                sentence = usual.sentence.as_str(),
                source = usual.source.as_str()
            ),
        );
        if let Some(link) = &usual.link {
            lines.line(link);
        }
    }
    if sheet.open {
        lines.gap();
        lines.wrapped("", fixed("letter-caution"));
    }
    answers(&mut lines, sheet);
    lines.signature();
    lines.wrapped("", &sheet.next);
    lines.wrapped("", &sheet.why);
    lines.finish()
}

/// How to answer, and the page.
fn answers(lines: &mut Lines, sheet: &Sheet) {
    if sheet.has_taps() {
        lines.heading(fixed("heading-answer"));
    } else if !sheet.controls.is_empty() {
        lines.heading(fixed("heading-tell-us"));
    }
    for control in &sheet.controls {
        for (what, address) in control.taps() {
            lines.wrapped("", &format!("{what}: {address}"));
        }
        if control.links.is_empty() {
            lines.wrapped(
                "",
                &say!(
                    "letter-control",
                    when = control.what(),
                    then = control.answer.then()
                ),
            );
            for command in &control.commands {
                lines.line(&format!("  {command}"));
            }
        }
    }
    if sheet.controls.is_empty() {
        lines.gap();
    }
    let in_lines = sheet.places == Places::InLines;
    for store in sheet.stores.iter().filter(|_| in_lines) {
        lines.wrapped("", &format!("{}: {}", standing(store), store.address));
    }
    for (format, address) in &sheet.pages {
        lines.wrapped("", &format!("{}: {address}", page_label(format)));
    }
    let is_short = sheet.places != Places::InFull;
    for command in sheet.histories.iter().filter(|_| is_short) {
        lines.line(&format!("{}: {command}", page_label("")));
    }
}

/// What leads to the page of an edition, or of a format of a book.
pub fn page_label(format: &str) -> String {
    if format.is_empty() {
        say!("letter-all-of-it")
    } else {
        say!("letter-all-of", format = format)
    }
}

/// "Amazon: Unavailable, 11 days".
fn standing(store: &StoreLine) -> String {
    let state = store
        .state
        .map_or_else(|| fixed("state-unseen"), |state| state.word());
    let length = store
        .length
        .as_ref()
        .map_or_else(String::new, |length| format!(", {length}"));
    format!("{}: {state}{length}", store.label)
}

/// The small print: why this reader gets it, and who else does.
pub fn why_you_get_this(desk: &Desk<'_>) -> String {
    if let Some(author) = desk.copy_of {
        return say!(
            "why-copy",
            author = words::clipped(&author.name, 60),
            from = words::one_line(desk.from)
        );
    }
    let others: Vec<&str> = desk.also_to.iter().map(String::as_str).collect();
    match others[..] {
        [] => say!("why-own"),
        _ => say!("why-own-and-others", others = words::list(&others)),
    }
}

/// What one page says, of which the state and the length stand beside its strip.
fn store_block(lines: &mut Lines, store: &StoreLine) {
    lines.gap();
    let quote = store.quote.as_ref().map(|quote| {
        let end = if quote.ends_with(['.', '…', '!', '?']) {
            ""
        } else {
            "."
        };
        format!("“{quote}”{end}")
    });
    let normal = store.normal.as_ref();
    let normal = normal.map(|normal| format!("{}.", words::capital(normal)));
    let date = store
        .date
        .as_ref()
        .map(|date| say!("page-date", date = date.as_str()));
    let price = store.price.as_ref();
    let price = price.map(|price| say!("page-price", price = price.as_str()));
    // What everything rests on is told of the pages that the letter is about, and of those that
    // nobody sees.
    let is_told = store.concerned || store.state.is_none();
    let since = is_told.then(|| store.since.clone());
    let checked = is_told.then(|| say!("page-checked", checked = store.checked.as_str()));
    let said: Vec<String> = [
        quote,
        since,
        normal,
        store.last_read.clone(),
        date,
        price,
        checked,
    ]
    .into_iter()
    .flatten()
    .collect();
    lines.wrapped("", &format!("{}: {}", store.label, said.join(" ")));
    lines.line(&store.address);
}

/// The strips in letters, each with what its page offers now, and their legend.
fn strips(lines: &mut Lines, stores: &[StoreLine], legend: &[Cell]) {
    let width = stores
        .iter()
        .map(|store| store.label.chars().count())
        .max()
        .unwrap_or(0);
    let day = |store: &StoreLine| store.strip.iter().position(|cell| cell.publication);
    let stands: Vec<Cell> = stores
        .iter()
        .map(|store| store.state.map_or(Cell::Unseen, Cell::State))
        .collect();
    let mut stores = stores.iter().peekable();
    while let Some(store) = stores.next() {
        let pad = width - store.label.chars().count();
        let cells: String = store.strip.iter().map(|cell| cell.cell.letter()).collect();
        let state = store
            .state
            .map_or_else(|| fixed("state-unseen"), |state| state.word());
        let length = store
            .length
            .as_ref()
            .map_or_else(String::new, |length| format!(", {length}"));
        lines.line(&format!(
            "{}{}  {cells}  {state}{length}",
            store.label,
            " ".repeat(pad)
        ));
        // Formats may have dates of their own: each is marked below those that have it.
        let is_last = stores.peek().is_none_or(|next| day(next) != day(store));
        if let Some(days) = day(store).filter(|_| is_last) {
            let mark = fixed("strip-publication");
            lines.line(&format!("{}{mark}", " ".repeat(width + 2 + days)));
        }
    }
    // What stands in words beside a strip explains its letter.
    let said = |cell: &&Cell| !stands.contains(cell);
    let names: Vec<String> = legend
        .iter()
        .filter(said)
        .map(|cell| format!("{} {}", cell.letter(), cell.word()))
        .collect();
    let legend = if names.is_empty() {
        say!("strip-legend")
    } else {
        say!("strip-legend-of", legend = names.join(", "))
    };
    lines.wrapped("", &legend);
}

fn what_to_do(lines: &mut Lines, part: &Part) {
    if !part.step.is_empty() || part.contact.is_some() {
        lines.heading(fixed("heading-next-step"));
        for (index, paragraph) in part.step.iter().enumerate() {
            if 0 < index {
                lines.gap();
            }
            lines.wrapped("", paragraph);
        }
    }
    if let Some(contact) = &part.contact {
        lines.gap();
        lines.wrapped(
            "",
            &say!(
                "letter-contact",
                who = contact.who,
                how = words::capital(contact.how)
            ),
        );
        if let Some(link) = contact.link {
            lines.line(link);
        }
    }
    if let Some(text) = &part.text {
        ready_text(lines, text);
    }
    if !part.links.is_empty() {
        lines.heading(fixed("heading-links"));
        for (label, address) in &part.links {
            lines.line(label);
            lines.line(address);
        }
    }
}

fn ready_text(lines: &mut Lines, text: &ReadyText) {
    lines.heading(fixed("heading-ready-text"));
    lines.wrapped("", fixed("letter-delete"));
    if let Some(subject) = &text.subject {
        lines.gap();
        lines.wrapped("", &say!("letter-subject", subject = subject.as_str()));
    }
    for paragraph in &text.paragraphs {
        lines.gap();
        lines.wrapped("", &joined(paragraph));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_at_most_72_characters_and_addresses_stay_whole() {
        let mut lines = Lines::default();
        let long = format!("https://example.com/{}", "x".repeat(100));
        lines.wrapped("  ", &format!("{} {long} and so on", "word ".repeat(40)));
        let text = lines.finish();
        assert!(text.contains(&long));
        for line in text.lines() {
            assert!(line.starts_with("  "));
            assert!(
                line.chars().count() <= WIDTH || line.trim() == long,
                "{line}"
            );
        }
    }

    #[test]
    fn gaps_do_not_add_up() {
        let mut lines = Lines::default();
        lines.gap();
        lines.line("a");
        lines.gap();
        lines.gap();
        lines.heading("b");
        assert_eq!(lines.finish(), "a\n\n*b*\n");
    }
}
