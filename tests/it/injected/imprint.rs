//! A small imprint: its books, its configuration, and a fortnight of looks at their pages.

use std::fmt::{Display, Write as _};
use std::path::Path;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use pubwatch::book::{Availability, StoreId};
use pubwatch::db::Db;
use pubwatch::demo::pages::{Book, isbn};
use pubwatch::history::sqlite::record;
use pubwatch::history::{ListingId, Observation, Source};
use pubwatch::page::{Reading, Says};

pub(crate) const STORES: [&str; 2] = ["barnesandnoble.com", "bookshop.org"];

/// A book that was published five days ago.
pub(crate) fn book(number: usize, now: Timestamp) -> Book {
    let five_days_ago = now - SignedDuration::from_hours(5 * 24);
    Book {
        title: format!("The Tide Tables, volume {number}"),
        author: "Jane Roe".to_owned(),
        publisher: "Saltmarsh Press".to_owned(),
        isbn: isbn(number).parse().unwrap(),
        price: "$16.99".to_owned(),
        publication_date: five_days_ago.to_zoned(TimeZone::UTC).date(),
    }
}

/// The configuration of an author in `zone` whose stores stand at these addresses and are asked
/// without pauses; `more` are its other settings.
pub(crate) fn configuration<S: Display, A: Display>(
    books: &[Book],
    shops: impl IntoIterator<Item = (S, A)>,
    zone: &str,
    more: &str,
) -> String {
    let mut text = format!(
        "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\ntimezone = \"{zone}\"\n\n\
         [data]\nfolder = \"data\"\n\n[politeness]\npause = \"0s\"\njitter = \"0s\"\n\
         deadline = \"1s\"\nrequests_per_day = 10000\n\n{more}"
    );
    for (store, base) in shops {
        write!(text, "\n[[store]]\nname = \"{store}\"\nbase = \"{base}\"\n").unwrap();
    }
    for book in books {
        write!(
            text,
            "\n[[edition]]\ntitle = \"{}\"\nisbn = \"{}\"\nformat = \"paperback\"\n\
             publication_date = {}\ndistribution = \"ingramspark\"\n\
             distribution_enabled = 2020-01-01\nstores = [\"{}\"]\n",
            book.title,
            book.isbn,
            book.publication_date,
            STORES.join("\", \"")
        )
        .unwrap();
    }
    text
}

/// A fortnight of looks, all of which found a pre-order: the next one is a reason to write.
pub(crate) fn seed(data: &Path, books: &[Book], now: Timestamp) {
    std::fs::create_dir(data).unwrap();
    let db = Db::open(&data.join("pubwatch.db")).unwrap();
    for (book, store) in books
        .iter()
        .flat_map(|book| STORES.map(|store| (book, store)))
    {
        for days in [14, 10, 4] {
            let mut says = Says::new(Availability::PreOrder, "seed", "Pre-order", "seed");
            says.date = Some(book.publication_date);
            let observation = Observation {
                listing: ListingId {
                    edition: book.isbn.clone().into(),
                    store: StoreId::new(store),
                },
                at: now - SignedDuration::from_hours(24 * days),
                source: Source::Http,
                reading: Reading::Says(Box::new(says)),
            };
            db.write(|tx| record(tx, &observation, SignedDuration::from_hours(6)))
                .unwrap();
        }
    }
}
