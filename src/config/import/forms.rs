//! What the words and codes of lists mean: forms, states, distribution, yes and no. Pure.
//!
//! Sources: EDItEUR's code lists 150 (product forms), 64 (publishing status) and 65 (availability);
//! the words that printers, distributors and stores use in the languages of the stores.

use super::columns::plain;
use crate::book::{Distribution, Format, Making, Money};
use crate::text::money;

/// What a form is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// One of our formats.
    Is(Format),
    /// A book of another kind, which is watched as the nearest format.
    Nearest(&'static str, Format),
    /// Nothing whose page can be watched.
    NoBook(&'static str),
}

/// Codes of list 150 that begin with a B, and what they are.
const BOOKS: [(&str, &str, Format); 14] = [
    ("BA", "a book of no named binding", Format::Paperback),
    ("BD", "a loose-leaf book", Format::Paperback),
    ("BE", "a spiral-bound book", Format::Paperback),
    ("BF", "a pamphlet", Format::Paperback),
    ("BH", "a board book", Format::Hardcover),
    ("BI", "a rag book", Format::Hardcover),
    ("BJ", "a bath book", Format::Hardcover),
    ("BK", "a novelty book", Format::Hardcover),
    ("BL", "a slide-bound book", Format::Paperback),
    ("BM", "a big book", Format::Paperback),
    ("BN", "a part-work", Format::Paperback),
    ("BO", "a fold-out book", Format::Paperback),
    ("BP", "a foam book", Format::Hardcover),
    ("BZ", "a book of another kind", Format::Paperback),
];

/// What a code that is no book's is, by its first letter (list 150).
const NO_BOOKS: [(&str, &str); 11] = [
    ("A", "audio on a carrier"),
    ("C", "a map"),
    ("D", "a disc"),
    ("F", "a film"),
    ("L", "a licence for a digital product"),
    ("M", "microform"),
    ("P", "printed matter other than a book"),
    ("S", "a set of several products"),
    ("V", "video"),
    ("X", "trade material"),
    ("Z", "merchandise"),
];

const SPIRAL: Form = Form::Nearest("a spiral-bound book", Format::Paperback);
const BOARD: Form = Form::Nearest("a board book", Format::Hardcover);

/// Words within a form, without blanks, accents and capitals. The first line that fits counts: a
/// “Digital Audio” is an audiobook, and a “Digital Cloth” a hardcover.
const WORDS: [(Form, &str); 9] = [
    (
        Form::NoBook("audio on a carrier"),
        "compactdisc audiocd mp3cd cassette",
    ),
    (
        Form::Is(Format::Audiobook),
        "audio audible hoerbuch horbuch luisterboek ljudbok lydbok aanikirja audiolivre livreaudio \
         audiolibro mp3",
    ),
    (
        Form::NoBook("no book"),
        "calendar kalender calendrier calendario poster journal boxset boxedset bundle",
    ),
    (SPIRAL, "spiral coilbound wirobound comb"),
    (BOARD, "boardbook pappbilderbuch"),
    (
        Form::Is(Format::Paperback),
        "paperback softcover softback perfect saddle tradepaper massmarket taschenbuch broschur \
         broschier kartoniert broche poche rustica tapablanda bolsillo brossura copertinaflessibile \
         capamole capacomum brochura pocket haftad miekka ciltsiz",
    ),
    (
        Form::Is(Format::Hardcover),
        "hardcover hardback caselaminate cloth casebound jacket gebunden festeinband leinen relie \
         cartonne tapadura cartone copertinarigida rilegato capadura inbunden gebonden twarda \
         librarybinding ciltli",
    ),
    (
        Form::Is(Format::Ebook),
        "ebook epub kindle digital numerique electronic elektronisch libroelectronico ebok sahkokirja",
    ),
    (Form::NoBook("no book"), "video dvd toy game"),
];

/// Reads a form: a code of ONIX list 150, or the words of printers and stores.
///
/// # Errors
///
/// A sentence with what to write.
pub(super) fn form(written: &str) -> Result<Form, String> {
    let code = written.trim().to_uppercase();
    match code.as_str() {
        "BC" | "B1" | "PB" | "TP" | "TB" | "MM" => return Ok(Form::Is(Format::Paperback)),
        "BB" | "BG" | "HB" | "HC" => return Ok(Form::Is(Format::Hardcover)),
        "EA" | "EB" | "EC" | "ED" => return Ok(Form::Is(Format::Ebook)),
        "AJ" | "AN" | "AO" => return Ok(Form::Is(Format::Audiobook)),
        "CD" => return Ok(Form::NoBook("audio on a carrier")),
        _ => {}
    }
    if let Some((_, what, nearest)) = BOOKS.iter().find(|(known, ..)| *known == code) {
        return Ok(Form::Nearest(what, *nearest));
    }
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let letter = NO_BOOKS
        .iter()
        .find(|(letter, _)| is_code && code.starts_with(letter));
    if let Some((_, what)) = letter {
        return Ok(Form::NoBook(what));
    }
    let wanted = plain(written);
    let found = WORDS
        .iter()
        .find(|(_, words)| words.split_whitespace().any(|word| wanted.contains(word)));
    found.map(|(form, _)| *form).ok_or_else(|| {
        format!(
            "`{written}` is no format that Pubwatch knows; write paperback, hardcover, ebook \
             or audiobook"
        )
    })
}

/// What ends an edition, by ONIX list 64 and in words; between bars.
const OVER: [(&str, &str); 9] = [
    (
        "01|cancelled|canceled|abgesagt|annulé|cancelado|annullato",
        "cancelled",
    ),
    (
        "03|postponed|postponed indefinitely",
        "postponed indefinitely",
    ),
    ("05", "no longer our product"),
    (
        "07|out of print|vergriffen|épuisé|agotado|descatalogado|esaurito",
        "out of print",
    ),
    ("08|inactive", "inactive"),
    ("11|withdrawn|withdrawn from sale", "withdrawn from sale"),
    ("12|15|recalled", "recalled"),
    ("13", "not sold by itself"),
    ("17", "withdrawn for good"),
];

/// Why an edition is not to be watched any more, by what the list says of its state: ONIX list 64,
/// or words.
pub(super) fn is_over(status: &str) -> Option<String> {
    let lower = status.to_lowercase();
    if lower == "deleted record" {
        return Some("the record is a deletion".to_owned());
    }
    let (_, meaning) = OVER
        .iter()
        .find(|(words, _)| words.split('|').any(|one| one == lower))?;
    Some(format!("its status is `{status}`, {meaning}"))
}

/// Why it cannot be had any more, by ONIX list 65. What is late, reprinted or only withdrawn for a
/// time comes back, and stays on the list.
pub(super) fn is_unavailable(availability: &str) -> Option<String> {
    let meaning = match availability {
        "01" => "cancelled",
        "09" => "postponed indefinitely",
        "40" => "not available",
        "41" => "replaced by a new product",
        "42" => "available in another format only",
        "45" => "not sold by itself",
        "46" => "withdrawn from sale",
        "49" => "recalled",
        "51" => "out of print",
        "52" => "no longer sold in this market",
        _ => return None,
    };
    Some(format!("its availability is `{availability}`, {meaning}"))
}

/// Reads who carries an edition to the stores.
///
/// # Errors
///
/// A sentence that names the choices.
pub(super) fn distribution(written: &str) -> Result<Distribution, String> {
    let spelt = || plain(written).parse().ok();
    written.parse().or_else(|why| spelt().ok_or(why))
}

/// Reads yes or no.
///
/// # Errors
///
/// A sentence.
pub(super) fn flag(written: &str) -> Result<bool, String> {
    match plain(written).as_str() {
        "y" | "yes" | "true" | "1" | "x" | "ja" | "oui" | "si" | "sim" => Ok(true),
        "n" | "no" | "false" | "0" | "" | "nein" | "non" | "nao" => Ok(false),
        _ => Err(format!("`{written}` is neither yes nor no")),
    }
}

/// Reads a price with its currency, as people of any country write it.
///
/// # Errors
///
/// A sentence.
pub(super) fn price(written: &str) -> Result<Money, String> {
    let exact = crate::config::price(written);
    // A sign that several currencies share names none, save the dollar where nothing else is said.
    let home = if written.contains('$') { "USD" } else { "" };
    exact
        .or_else(|| money::first_price(written, home))
        .ok_or_else(|| format!("`{written}` is no price; write it with its currency, as 16.99 USD"))
}

/// Reads how an edition is printed.
///
/// # Errors
///
/// A sentence that names the choices.
pub(super) fn printing(written: &str) -> Result<Making, String> {
    let wanted = plain(written);
    let mut all = Making::CHOICES.iter().chain(&Making::HABITS);
    let known = all.find(|(name, _)| plain(name) == wanted);
    known.map(|(_, making)| *making).ok_or_else(|| {
        let choices: Vec<&str> = Making::CHOICES.iter().map(|(name, _)| *name).collect();
        format!(
            "`{written}` is no way of printing; write one of {}",
            choices.join(", ")
        )
    })
}

/// The words by which forms are known, for the table of the documentation.
#[cfg(test)]
pub(super) fn all_words() -> impl Iterator<Item = &'static str> {
    WORDS.iter().flat_map(|(_, words)| words.split_whitespace())
}

/// The words that end an edition, for the same table.
#[cfg(test)]
pub(super) fn all_over() -> impl Iterator<Item = &'static str> {
    OVER.iter().flat_map(|(words, _)| words.split('|'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &[&str], expected: Form) {
        for written in words {
            assert_eq!(form(written), Ok(expected), "{written}");
        }
    }

    #[test]
    fn forms_are_known_by_codes_and_words_of_many_languages() {
        let paperback = [
            "BC",
            "bc",
            "PB",
            "Perfect Bound",
            "Taschenbuch",
            "Broché",
            "Tapa blanda",
        ];
        check(&paperback, Form::Is(Format::Paperback));
        let hardcover = [
            "BB",
            "BG",
            "Case Laminate",
            "Digital Cloth",
            "Gebundenes Buch",
            "Relié",
        ];
        check(&hardcover, Form::Is(Format::Hardcover));
        check(
            &["EA", "ED", "E-Book", "Kindle Edition"],
            Form::Is(Format::Ebook),
        );
        check(&["BE", "Spiral"], SPIRAL);
        check(&["BH", "Board book"], BOARD);
        let audio = ["AJ", "Digital Audio", "Hörbuch", "Audiobook", "Audible"];
        check(&audio, Form::Is(Format::Audiobook));
        check(&["AC", "CD", "MP3 CD"], Form::NoBook("audio on a carrier"));
        check(&["PC"], Form::NoBook("printed matter other than a book"));
        assert!(form("vellum").unwrap_err().contains("write paperback"));
    }
}
