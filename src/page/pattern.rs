//! Phrases with gaps: "only {n} left in stock", "will be released on {date}".

use memchr::memmem;

/// The most characters that a date, a length of time or a name may take.
const GAP: usize = 60;

/// A phrase, cut at its gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    /// Digits, with spaces around them.
    Number,
    /// Any words, but not beyond [`GAP`] characters.
    Anything,
}

impl Pattern {
    /// Cuts a phrase in its plain form at its gaps `{n}`, `{date}`, `{time}` and `{name}`.
    pub fn new(phrase: &str) -> Self {
        let mut pieces = Vec::new();
        let mut rest = phrase;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((gap, after)) = after.split_once('}') else {
                break;
            };
            push_words(&mut pieces, before);
            pieces.push(if gap == "n" {
                Piece::Number
            } else {
                Piece::Anything
            });
            rest = after;
        }
        push_words(&mut pieces, rest);
        Self { pieces }
    }

    /// Nothing but gaps: it would match any text, or none.
    pub fn is_empty(&self) -> bool {
        !self
            .pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Words(words) if words.chars().any(char::is_alphanumeric)))
    }

    /// Where the phrase stands in a text in its plain form, at or after `from`: start and end, in
    /// bytes. A phrase that begins with a gap is found by the words after it.
    pub fn find(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        let skipped = self
            .pieces
            .iter()
            .position(|piece| matches!(piece, Piece::Words(_)))?;
        let Piece::Words(first) = &self.pieces[skipped] else {
            return None;
        };
        let mut at = from;
        while let Some(offset) = memmem::find(text.get(at..)?.as_bytes(), first.as_bytes()) {
            let start = at + offset;
            let end = start + first.len();
            if starts_a_word(text, start, first)
                && let Some(end) = self.rest_from(skipped + 1, text, end, first)
            {
                return Some((start, end));
            }
            at = start + first.chars().next().map_or(1, char::len_utf8);
        }
        None
    }

    /// Matches the pieces from `index` on, at `at`; answers the end of the match.
    fn rest_from(&self, index: usize, text: &str, at: usize, last: &str) -> Option<usize> {
        let mut at = at;
        let mut last = last;
        let mut index = index;
        loop {
            match self.pieces.get(index) {
                None => return ends_a_word(text, at, last).then_some(at),
                Some(Piece::Words(words)) => {
                    text.get(at..)?.starts_with(words.as_str()).then_some(())?;
                    at += words.len();
                    last = words;
                    index += 1;
                }
                Some(gap) => {
                    let after = text.get(at..)?;
                    let taken = match self.pieces.get(index + 1) {
                        Some(Piece::Words(words)) => gap_before(gap, after, words)?,
                        _ => open_gap(gap, after)?,
                    };
                    at += taken;
                    last = "";
                    index += 1;
                }
            }
        }
    }
}

fn push_words(pieces: &mut Vec<Piece>, words: &str) {
    let tight = words.trim();
    if !tight.is_empty() {
        pieces.push(Piece::Words(tight.to_owned()));
    }
}

/// How many bytes a gap takes before `words`.
fn gap_before(gap: &Piece, text: &str, words: &str) -> Option<usize> {
    let limit = text
        .char_indices()
        .nth(GAP + words.chars().count())
        .map_or(text.len(), |(at, _)| at);
    let taken = text.get(..limit)?.find(words)?;
    let inside = text.get(..taken)?;
    fits(gap, inside).then_some(taken)
}

/// How many bytes a gap at the end of a phrase takes: nothing need follow, but a number must be
/// there.
fn open_gap(gap: &Piece, text: &str) -> Option<usize> {
    match gap {
        Piece::Number => {
            let taken = text
                .find(|c: char| !c.is_ascii_digit() && !c.is_whitespace())
                .unwrap_or(text.len());
            fits(gap, text.get(..taken)?).then_some(taken)
        }
        Piece::Words(_) | Piece::Anything => Some(0),
    }
}

fn fits(gap: &Piece, inside: &str) -> bool {
    match gap {
        Piece::Number => {
            inside.chars().any(|c| c.is_ascii_digit())
                && inside
                    .chars()
                    .all(|c| c.is_ascii_digit() || c.is_whitespace())
        }
        Piece::Words(_) | Piece::Anything => true,
    }
}

/// The phrase does not begin in the middle of a word. Scripts without spaces have no words.
fn starts_a_word(text: &str, start: usize, words: &str) -> bool {
    let before = text.get(..start).and_then(|text| text.chars().next_back());
    is_boundary(before, words.chars().next())
}

fn ends_a_word(text: &str, end: usize, words: &str) -> bool {
    let after = text.get(end..).and_then(|text| text.chars().next());
    is_boundary(after, words.chars().next_back())
}

fn is_boundary(outside: Option<char>, inside: Option<char>) -> bool {
    match (outside, inside) {
        (Some(outside), Some(inside)) => !is_word(outside) || !is_word(inside),
        _ => true,
    }
}

fn is_word(character: char) -> bool {
    // Kana, Han and the fullwidth forms are written without spaces.
    character.is_alphanumeric() && !('\u{3000}'..='\u{9fff}').contains(&character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, text: &str, expected: Option<&str>) {
        let found = Pattern::new(pattern)
            .find(text, 0)
            .map(|(start, end)| &text[start..end]);
        assert_eq!(found, expected, "{pattern} in {text}");
    }

    #[test]
    fn gaps_take_what_they_may() {
        check(
            "only {n} left in stock",
            "hurry: only 12 left in stock (more on the way)",
            Some("only 12 left in stock"),
        );
        check("only {n} left in stock", "only a few left in stock", None);
        check(
            "released on {date}",
            "will be released on may 1, 2027.",
            Some("released on"),
        );
        check(
            "within {time} weeks",
            "within 1 to 3 weeks",
            Some("within 1 to 3 weeks"),
        );
        check("残り{n}点", "残り3点 ご注文はお早めに", Some("残り3点"));
        check("nur noch {n}", "nur noch 3 auf lager", Some("nur noch 3 "));
        check("nur noch {n}", "nur noch wenige", None);
    }

    #[test]
    fn words_are_whole_words() {
        check("in stock", "drain stock", None);
        check("in stock", "in stocking", None);
        check("in stock", "drain stock; in stock.", Some("in stock"));
        check("verfügbar", "unverfügbar", None);
        check("在庫あり", "現在在庫あり。", Some("在庫あり"));
    }

    #[test]
    fn a_gap_does_not_swallow_a_page() {
        let far = format!("within {} weeks", "x ".repeat(200));
        check("within {time} weeks", &far, None);
    }

    #[test]
    fn phrases_of_gaps_alone_are_empty() {
        assert!(Pattern::new("").is_empty());
        assert!(Pattern::new("{n} {date}").is_empty());
        assert!(Pattern::new("…").is_empty());
        assert!(!Pattern::new("{n} left").is_empty());
        assert_eq!(Pattern::new("{n}").find("3", 0), None);
    }
}
