//! Dates as stores write them, in the languages of the wording files.
//!
//! Forms: "October 6, 2026", "10 April 2027", "12. Mai 2026", "1er mai 2026", "12 de mayo de
//! 2026", "12 maja 2026", "2026年5月12日", "2026/5/12", "2026-05-12", and with a known order also
//! "05/12/2026". A date without a year is no date: stores write those for deliveries.

use jiff::civil::Date;

use super::wording::Wording;
use crate::book::day::believable;

/// In which order a date of numbers alone is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOrder {
    /// 12/31/2026, in the US.
    MonthFirst,
    /// 31/12/2026, everywhere else.
    DayFirst,
}

/// The first full date in a text.
pub fn first_date(text: &str, wording: &Wording, order: DayOrder) -> Option<Date> {
    let tokens = tokens(text, wording);
    (0..tokens.len()).find_map(|start| date_at(tokens.get(start..)?, order))
}

/// A word or number of a text, as far as dates are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    /// A number, and how many digits it had.
    Number(i16, usize),
    /// The name of a month.
    Month(i8),
    /// A separator between the numbers of a date.
    Separator(char),
    /// 年, 月 or 日.
    Ideograph(char),
    /// A word or mark that stands inside dates: "de", "of", a comma, a full stop.
    Filler,
    /// Anything else.
    Other,
}

fn tokens(text: &str, wording: &Wording) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(&character) = characters.peek() {
        if character.is_ascii_digit() {
            let mut digits = String::new();
            while let Some(digit) = characters.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            tokens.push(match digits.parse() {
                Ok(number) => Token::Number(number, digits.len()),
                Err(_) => Token::Other,
            });
        } else if matches!(character, '年' | '月' | '日') {
            characters.next();
            tokens.push(Token::Ideograph(character));
        } else if character.is_alphabetic() {
            let mut word = String::new();
            while let Some(letter) =
                characters.next_if(|c| c.is_alphabetic() && !matches!(c, '年' | '月' | '日'))
            {
                word.extend(letter.to_lowercase());
            }
            tokens.push(word_token(&word, wording));
        } else {
            characters.next();
            match character {
                '/' | '-' => tokens.push(Token::Separator(character)),
                '.' | ',' => tokens.push(Token::Filler),
                _ if character.is_whitespace() => {}
                _ => tokens.push(Token::Other),
            }
        }
    }
    tokens
}

fn word_token(word: &str, wording: &Wording) -> Token {
    if let Some(month) = wording.month(word) {
        return Token::Month(month);
    }
    // Ordinals ("1er", "1st") and the small words of Romance dates.
    match word {
        "de" | "of" | "del" | "er" | "st" | "nd" | "rd" | "th" | "º" => Token::Filler,
        _ => Token::Other,
    }
}

fn date_at(tokens: &[Token], order: DayOrder) -> Option<Date> {
    let (first, rest) = tokens.split_first()?;
    match *first {
        Token::Month(month) => {
            let (day, rest) = number(rest)?;
            let (year, _) = year(rest)?;
            date(year, month, day)
        }
        Token::Number(value, digits) => numeric(tokens, order).or_else(|| {
            if digits > 2 {
                return None;
            }
            let (month, rest) = month_name(rest)?;
            let (year, _) = year(rest)?;
            date(year, month, value)
        }),
        Token::Separator(_) | Token::Ideograph(_) | Token::Filler | Token::Other => None,
    }
}

fn numeric(tokens: &[Token], order: DayOrder) -> Option<Date> {
    match *tokens {
        [
            Token::Number(year, 4),
            Token::Ideograph('年'),
            Token::Number(month, _),
            Token::Ideograph('月'),
            Token::Number(day, _),
            ..,
        ] => date(year, i8::try_from(month).ok()?, day),
        [
            Token::Number(year, 4),
            Token::Separator(one),
            Token::Number(month, _),
            Token::Separator(two),
            Token::Number(day, _),
            ..,
        ] if one == two => date(year, i8::try_from(month).ok()?, day),
        [
            Token::Number(one, 1 | 2),
            Token::Separator('/') | Token::Filler,
            Token::Number(two, 1 | 2),
            Token::Separator('/') | Token::Filler,
            Token::Number(year, 4),
            ..,
        ] => {
            let (month, day) = match order {
                DayOrder::MonthFirst => (one, two),
                DayOrder::DayFirst => (two, one),
            };
            date(year, i8::try_from(month).ok()?, day)
        }
        _ => None,
    }
}

fn skip_fillers(mut tokens: &[Token]) -> &[Token] {
    while let [Token::Filler, rest @ ..] = tokens {
        tokens = rest;
    }
    tokens
}

fn number(tokens: &[Token]) -> Option<(i16, &[Token])> {
    match skip_fillers(tokens) {
        [Token::Number(value, 1 | 2), rest @ ..] => Some((*value, rest)),
        _ => None,
    }
}

fn month_name(tokens: &[Token]) -> Option<(i8, &[Token])> {
    match skip_fillers(tokens) {
        [Token::Month(month), rest @ ..] => Some((*month, rest)),
        _ => None,
    }
}

fn year(tokens: &[Token]) -> Option<(i16, &[Token])> {
    match skip_fillers(tokens) {
        [Token::Number(value, 4), rest @ ..] => Some((*value, rest)),
        _ => None,
    }
}

fn date(year: i16, month: i8, day: i16) -> Option<Date> {
    believable(Date::new(year, month, i8::try_from(day).ok()?).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = first_date(text, Wording::shipped(), DayOrder::DayFirst);
        let found = found.map(|date| date.to_string()).unwrap_or_default();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn each_marketplace_s_form_is_read() {
        check(
            "This title will be released on October 6, 2026.",
            "2026-10-06",
        );
        check("released on 10 April 2027. Pre-order now.", "2027-04-10");
        check("Dieser Artikel erscheint am 12. Mai 2026.", "2026-05-12");
        check("Cet article paraîtra le 1er février 2027.", "2027-02-01");
        check("disponible el 3 de septiembre de 2026", "2026-09-03");
        check("será lançado em 5 de março de 2027", "2027-03-05");
        check("sarà disponibile a partire dal 9 agosto 2026", "2026-08-09");
        check("verschijnt op 2 maart 2027", "2027-03-02");
        check("släpps den 14 juni 2027", "2027-06-14");
        check("ukaże się 7 października 2026 r.", "2026-10-07");
        check("発売予定日は2026年5月12日です", "2026-05-12");
        check("発売予定日 2026/5/2", "2026-05-02");
        check("Oct. 8, 2013", "2013-10-08");
        check("availabilityStarts 2027-02-09T00:00:00Z", "2027-02-09");
    }

    #[test]
    fn numbers_alone_need_the_order() {
        check("Publication date: 09/02/2027", "2027-02-09");
        let us = first_date("09/02/2027", Wording::shipped(), DayOrder::MonthFirst);
        assert_eq!(
            us.map(|date| date.to_string()).as_deref(),
            Some("2027-09-02")
        );
    }

    #[test]
    fn what_is_no_full_date_is_none() {
        check("FREE delivery Sunday, 13 October", "");
        check("Only 3 left in stock. March 31, 20267", "");
        check("February 30, 2026", "");
        check("In 2026 we may", "");
        check("99/99/9999 and 978-0-13-235088-4", "");
        check("", "");
    }
}
