//! What a person names a book by: an ISBN or ASIN, or the address of its page at a store. Pure.

use crate::book::{EditionId, Format, StoreId, storefront};
use crate::config::address;
use crate::config::plan::StorePlan;

/// A book that was named, and perhaps where one of its pages is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The number; the address of a page may not tell it.
    pub id: Option<EditionId>,
    /// The page, where an address was given: its store and the address as it was written.
    pub page: Option<(StoreId, String)>,
}

/// Reads a number or an address; `own` are the stores that the user has defined.
///
/// # Errors
///
/// A sentence that says what is wrong and what to do.
pub fn read(words: &str, own: &[StorePlan]) -> Result<Named, String> {
    if looks_like_an_address(words) {
        let pasted =
            address::pasted(words, own).map_err(|error| format!("{error}; {}", error.remedy()))?;
        return Ok(Named {
            id: pasted.id,
            page: Some((pasted.store, pasted.address)),
        });
    }
    let id: EditionId = words.parse().map_err(|error| {
        format!(
            "`{words}` is no ISBN: {error}; compare it with the number over the barcode, or, where \
             it has no ISBN, give the ASIN or the address of its page"
        )
    })?;
    Ok(Named {
        id: Some(id),
        page: None,
    })
}

fn looks_like_an_address(words: &str) -> bool {
    words.contains("://") || words.contains('/') || words.contains(".com")
}

/// The address has to stand in the configuration, because it does not follow from the number.
pub fn must_be_written(store: &StoreId, id: &EditionId, format: Format, written: &str) -> bool {
    let Some(known) = storefront::find(store.as_str()) else {
        return true;
    };
    let Ok(made) = known.path_for(id, None, format) else {
        return true;
    };
    match address::clean(store, known.host, id.isbn(), written) {
        // At the stores other than Amazon the address from the ISBN leads to the same page.
        Ok(cleaned) => cleaned.asin.is_some() && !cleaned.address.as_str().ends_with(&made),
        Err(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &str, isbn: Option<&str>, store: Option<&str>) {
        let named = read(words, &[]).unwrap();
        assert_eq!(named.id.as_ref().map(EditionId::as_str), isbn);
        let found = named.page.as_ref().map(|(store, _)| store.as_str());
        assert_eq!(found, store);
    }

    #[test]
    fn a_book_is_named_by_an_isbn_or_an_address() {
        check("978-1-944098-11-7", Some("9781944098117"), None);
        check("0132350882", Some("9780132350884"), None);
        check(
            "https://www.amazon.com/Salt-Roads/dp/0132350882/ref=sr_1_1?tag=x",
            Some("9780132350884"),
            Some("amazon.com"),
        );
        check(
            "https://www.barnesandnoble.com/w/salt-roads-jane-roe/1140000000?ean=9781944098117",
            Some("9781944098117"),
            Some("barnesandnoble.com"),
        );
        check(
            "bookshop.org/book/9781944098117",
            Some("9781944098117"),
            Some("bookshop.org"),
        );
        check(
            "https://www.amazon.co.uk/dp/B0EXAMPLE1",
            Some("B0EXAMPLE1"),
            Some("amazon.co.uk"),
        );
        check("b0example1", Some("B0EXAMPLE1"), None);
        check(
            "https://www.barnesandnoble.com/w/salt-roads/1140000000",
            None,
            Some("barnesandnoble.com"),
        );
    }

    #[track_caller]
    fn refused(words: &str, why: &str) {
        let error = read(words, &[]).unwrap_err();
        assert!(error.contains(why), "{error}");
    }

    #[test]
    fn what_names_no_book_is_refused_with_the_reason() {
        refused("9781944098118", "check digit");
        refused("salt roads", "no ISBN");
        refused("https://amzn.to/3abc", "is a short link");
        refused("https://www.amazon.com/s?k=salt", "page of search results");
        refused(
            "https://example.com/book/9781944098117",
            "no store that Pubwatch knows",
        );
    }

    #[test]
    fn only_an_address_that_does_not_follow_from_the_isbn_is_written() {
        let isbn: EditionId = "9780132350884".parse().unwrap();
        let amazon = StoreId::new("amazon.com");
        let needs = |store: &StoreId, written: &str| {
            must_be_written(store, &isbn, Format::Paperback, written)
        };
        assert!(!needs(
            &amazon,
            "https://www.amazon.com/x/dp/0132350882?tag=y"
        ));
        assert!(needs(&amazon, "https://www.amazon.com/dp/B0EXAMPLE1"));
        assert!(!needs(
            &StoreId::new("bookshop.org"),
            "https://bookshop.org/book/9780132350884"
        ));
    }
}
