//! ISBNs as lists have them. Pure.

use crate::book::{EditionId, EditionIdError, IsbnError};

/// Reads an ISBN as spreadsheets and catalogues write it: 13 or 10 digits, with hyphens and blanks,
/// `ISBN` before it or a remark in brackets behind it, as a GTIN-14 (a zero and the ISBN-13), or as
/// a number that a spreadsheet has grouped by thousands or given decimals. Of an edition without an
/// ISBN it may be the ASIN, or a store's own number.
///
/// # Errors
///
/// A sentence that says what is wrong, and where a spreadsheet has done it.
pub(super) fn read(written: &str) -> Result<EditionId, String> {
    if is_rounded(written) {
        return Err(format!(
            "`{written}` is an ISBN whose last digits the spreadsheet has lost; format the column as \
             text there, enter it again, and save the file once more"
        ));
    }
    let number = bare(written);
    let number = match number.strip_prefix('0') {
        Some(isbn) if is_digits(&number, 14) => isbn.to_owned(),
        Some(_) | None => number,
    };
    number.parse::<EditionId>().map_err(|error| match error {
        EditionIdError::Isbn(IsbnError::Length(14)) if is_digits(&number, 14) => {
            format!("`{written}` is the GTIN-14 of a carton and not of a book; give the ISBN")
        }
        EditionIdError::Isbn(IsbnError::Length(9 | 12)) => format!(
            "`{written}` is no ISBN: {error}; a zero at the start or the check digit may be lost"
        ),
        EditionIdError::Isbn(_) => format!("`{written}` is no ISBN: {error}"),
        EditionIdError::Asin | EditionIdError::Own => format!("`{written}`: {error}"),
    })
}

/// Without what stands around a number: a label before it, a remark behind it, what spreadsheets
/// put between its digits.
fn bare(written: &str) -> String {
    let mut number = written.trim();
    if number
        .split_once(':')
        .is_some_and(|(store, _)| store.contains('.'))
    {
        return number.to_owned();
    }
    if number
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("isbn"))
    {
        number = &number[4..];
        let label = ["-13:", "-10:", "-13 ", "-10 ", ":"];
        number = label
            .iter()
            .find_map(|one| number.strip_prefix(one))
            .unwrap_or(number);
    }
    if let Some((before, _)) = number.split_once('(') {
        number = before;
    }
    let number = number.trim();
    let number = number
        .strip_suffix(".0")
        .or(number.strip_suffix(".00"))
        .unwrap_or(number);
    let is_number = number
        .chars()
        .all(|one| one.is_ascii_digit() || matches!(one, ',' | '.' | '\'' | '’'));
    if is_number {
        return number.chars().filter(char::is_ascii_digit).collect();
    }
    number.to_owned()
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A spreadsheet shows long numbers as `9.78194E+12`, and saves them so.
fn is_rounded(written: &str) -> bool {
    let number = written.trim().replace(',', ".").replace(' ', "");
    number.contains(['E', 'e'])
        && number.starts_with(|one: char| one.is_ascii_digit())
        && number.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn isbns_are_read_as_lists_have_them() {
        for written in [
            "9781944098117",
            "978-1-944098-11-7",
            "978 1 944098 11 7",
            "1944098119",
            "1-944098-11-9",
            "09781944098117",
            "ISBN 978-1-944098-11-7",
            "ISBN-13: 9781944098117",
            "isbn:9781944098117",
            "978-1-944098-11-7 (pbk.)",
            "9781944098117.0",
            "9,781,944,098,117",
            "9.781.944.098.117",
            "978\u{2011}1\u{2011}944098\u{2011}11\u{2011}7",
        ] {
            assert_eq!(
                read(written).as_ref().map(EditionId::as_str),
                Ok("9781944098117")
            );
        }
        assert_eq!(read("080442957x").unwrap().as_str(), "9780804429573");
    }

    #[track_caller]
    fn refused(written: &str, why: &str) {
        let error = read(written).unwrap_err();
        assert!(error.contains(why), "{error}");
    }

    #[test]
    fn what_is_no_isbn_says_what_became_of_it() {
        for rounded in ["9.78194E+12", "9,78194E+12", "9.78E12", "9.78194 E+12"] {
            refused(rounded, "the spreadsheet has lost");
        }
        refused("19781944098114", "of a carton");
        refused("194409811", "a zero at the start");
        refused("B0EXAMPLE", "no ISBN");
        refused("kobo.com:", "STORE:NUMBER");
        for own in ["B0EXAMPLE1", "kobo.com:12-3"] {
            assert_eq!(read(own).unwrap().as_str(), own);
        }
        refused("9781944098118", "check digit");
        refused("5012345678900", "begins with `501`");
        refused("", "it has 0 digits");
    }
}
