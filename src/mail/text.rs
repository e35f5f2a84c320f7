//! The text part: written as a letter, at most 72 characters a line.

use super::Desk;
use super::sheet::{Part, Sheet, StoreLine};
use super::strip::Cell;
use super::support::{ReadyText, joined};
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

    /// A heading, between empty lines.
    pub fn heading(&mut self, heading: &str) {
        self.gap();
        self.line(heading);
        let rule: String = heading.chars().take(WIDTH).map(|_| '-').collect();
        self.line(&rule);
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

/// A letter about an edition as text.
pub fn letter(sheet: &Sheet) -> String {
    let mut lines = Lines::default();
    lines.wrapped("", &words::hello(&sheet.greeting));
    lines.gap();
    lines.wrapped("", &format!("{} ({}).", sheet.title, sheet.about));
    for remark in &sheet.remarks {
        lines.gap();
        lines.wrapped("", remark);
    }
    for (index, part) in sheet.parts.iter().enumerate() {
        lines.gap();
        let number = if sheet.parts.len() > 1 {
            format!("{}. ", index + 1)
        } else {
            String::new()
        };
        let headline = format!("{number}{}: {}.", part.word, part.headline);
        lines.wrapped("", &headline);
        for paragraph in part.verdict.iter().chain(&part.occasion) {
            lines.gap();
            lines.wrapped("", paragraph);
        }
    }
    lines.heading("What the stores say");
    for store in &sheet.stores {
        store_block(&mut lines, store);
    }
    lines.heading("The last 30 days");
    strips(&mut lines, &sheet.stores, &sheet.legend);
    for (index, part) in sheet.parts.iter().enumerate() {
        let number = if sheet.parts.len() > 1 {
            format!(" ({})", index + 1)
        } else {
            String::new()
        };
        what_to_do(&mut lines, part, &number);
    }
    if sheet.open {
        lines.heading("What would make this a mistake");
        lines.wrapped("", CAUTION);
    }
    if !sheet.controls.is_empty() {
        lines.heading("Tell us what we cannot see");
        for control in &sheet.controls {
            lines.gap();
            lines.wrapped(
                "",
                &format!("{}, tell us, and {}:", control.what, control.then),
            );
            for command in &control.commands {
                lines.line(&format!("  {command}"));
            }
        }
    }
    lines.heading("What happens next");
    lines.wrapped("", &sheet.next);
    lines.signature();
    lines.wrapped("", &sheet.why);
    lines.finish()
}

/// What to do before writing to anybody.
pub const CAUTION: &str = "We look from one place, without an account. A page can differ by \
                           account, country or device, so please open it yourself before you \
                           write to anyone.";

/// The small print: why this reader gets it, and who else does.
pub fn why_you_get_this(desk: &Desk<'_>) -> String {
    if let Some(author) = desk.copy_of {
        return format!(
            "You get this because {}, for whom Pubwatch keeps watch, wants you to know. An answer \
             to this mail goes to {}; ask there if you want no more of them.",
            words::clipped(&author.name, 60),
            words::one_line(desk.from)
        );
    }
    let others: Vec<&str> = desk.also_to.iter().map(String::as_str).collect();
    let others = match others[..] {
        [] => "It wrote to nobody else.".to_owned(),
        _ => format!("It also wrote to {}.", words::list(&others)),
    };
    format!(
        "You get this because Pubwatch runs on your behalf and watches this book. {others} An \
         answer to this mail reaches no machine."
    )
}

/// One store's block. Shared with the digest.
pub fn store_block(lines: &mut Lines, store: &StoreLine) {
    lines.gap();
    let state = store.state.map_or("Not seen", |state| state.word());
    lines.line(&format!("{}: {state}", store.label));
    if let Some(quote) = &store.quote {
        lines.wrapped("  ", &format!("The page says: “{quote}”"));
    }
    lines.wrapped("  ", &store.since);
    if let Some(normal) = &store.normal {
        lines.wrapped("  ", &format!("Is it normal? {normal}."));
    }
    if let Some(last) = &store.last_read {
        lines.wrapped("  ", last);
    }
    let mut facts = Vec::new();
    if let Some(date) = &store.date {
        facts.push(format!("Date shown: {date}."));
    }
    if let Some(price) = &store.price {
        facts.push(format!("Price: {price}."));
    }
    facts.push(format!("Last checked: {}.", store.checked));
    lines.wrapped("  ", &facts.join(" "));
    lines.line(&format!("  {}", store.address));
}

/// The strips in letters, with their legend. Shared with the digest.
pub fn strips(lines: &mut Lines, stores: &[StoreLine], legend: &[Cell]) {
    let width = stores
        .iter()
        .map(|store| store.label.chars().count())
        .max()
        .unwrap_or(0);
    let day = |store: &StoreLine| store.strip.iter().position(|cell| cell.publication);
    let mut stores = stores.iter().peekable();
    while let Some(store) = stores.next() {
        let pad = width - store.label.chars().count();
        let cells: String = store.strip.iter().map(|cell| cell.cell.letter()).collect();
        lines.line(&format!("  {}{}  {cells}", store.label, " ".repeat(pad)));
        // Formats may have dates of their own: each is marked below those that have it.
        let is_last = stores.peek().is_none_or(|next| day(next) != day(store));
        if let Some(days) = day(store).filter(|_| is_last) {
            lines.line(&format!(
                "{}^ publication",
                " ".repeat(2 + width + 2 + days)
            ));
        }
    }
    let names: Vec<String> = legend
        .iter()
        .map(|cell| format!("{} {}", cell.letter(), cell.word()))
        .collect();
    lines.wrapped(
        "  ",
        &format!("{}. Today is at the right.", names.join(", ")),
    );
}

fn what_to_do(lines: &mut Lines, part: &Part, number: &str) {
    if let Some(usual) = &part.usual {
        lines.heading(&format!("What is usual{number}"));
        lines.wrapped("", &format!("{} Source: {}.", usual.sentence, usual.source));
        if let Some(link) = &usual.link {
            lines.line(link);
        }
    }
    if !part.links.is_empty() {
        lines.heading("The links to share");
        for (label, address) in &part.links {
            lines.line(&format!("  {label}"));
            lines.line(&format!("  {address}"));
        }
    }
    if part.step.is_empty() && part.contact.is_none() {
        return;
    }
    lines.heading(&format!("Your next step{number}"));
    for (index, paragraph) in part.step.iter().enumerate() {
        if 0 < index {
            lines.gap();
        }
        lines.wrapped("", paragraph);
    }
    if let Some(contact) = &part.contact {
        lines.gap();
        lines.wrapped(
            "",
            &format!(
                "Whom to write to: {}. {}.",
                contact.who,
                contact_how(contact.how)
            ),
        );
        if let Some(link) = contact.link {
            lines.line(link);
        }
        lines.gap();
        lines.wrapped("", LOOK_ALIKES);
    }
    if let Some(text) = &part.text {
        ready_text(lines, text, number);
    }
}

/// The warning that goes with every contact.
pub const LOOK_ALIKES: &str = "Write only there: sites with similar names belong to somebody else.";

/// The first letter of a contact's description as a capital.
pub fn contact_how(how: &str) -> String {
    let mut characters = how.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// What goes before a ready text.
pub const DELETE_WHAT_IS_NOT_TRUE: &str = "Please read it first, complete what is in brackets, \
                                           and delete what is not true for you. Nobody has sent \
                                           it.";

fn ready_text(lines: &mut Lines, text: &ReadyText, number: &str) {
    lines.heading(&format!("The text, ready to paste{number}"));
    lines.wrapped("", DELETE_WHAT_IS_NOT_TRUE);
    lines.gap();
    if let Some(subject) = &text.subject {
        lines.wrapped("", &format!("Subject: {subject}"));
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
        assert_eq!(lines.finish(), "a\n\nb\n-\n");
    }
}
