//! A row of a list held against what the configuration says of that edition already. Pure.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::{Field, Row, Trouble};
use crate::book::{Edition, EditionId};
use crate::config::edit::Change;
use crate::text::words;

/// An edition that the list and the configuration tell differently.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The line of the file, from one.
    pub line: usize,
    /// The edition.
    pub id: EditionId,
    /// Its title in the configuration, on one line.
    pub title: String,
    /// Each value that differs: as configured, and as listed.
    pub values: Vec<(Field, String, String)>,
    /// What takes the list's dates over.
    pub dates: Vec<Change>,
}

impl Difference {
    /// In words, with what takes it over; `is_taken` when that was asked for.
    #[must_use]
    pub fn told(&self, is_taken: bool) -> Trouble {
        let mut told = format!("{} differs: ", self.title);
        for (index, (field, configured, listed)) in self.values.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(told, "{comma}{} {configured} → {listed}", field.label());
        }
        let has_rest = self
            .values
            .iter()
            .any(|(field, ..)| !is_a_moving_date(*field));
        told.push_str(match (self.dates.is_empty(), has_rest, is_taken) {
            (false, false, false) => "; `--update` takes it over",
            (false, true, false) => "; `--update` takes the date over, `pubwatch edit` the rest",
            (false, false, true) => "; taken over",
            (false, true, true) => "; the date is taken over, `pubwatch edit` changes the rest",
            (true, ..) => "; `pubwatch edit` changes it",
        });
        Trouble::at(self.line, told)
    }
}

/// What differs, or nothing.
///
/// 1. Only what the row itself says counts, not what holds where it says nothing.
/// 2. A new publication date takes the on-sale date along where the two were one and the row names
///    none, as a note of a moved date does.
#[must_use]
pub fn difference(row: &Row, listed: &Edition, configured: &Edition) -> Option<Difference> {
    let mut values = Vec::new();
    for (field, known, new) in pairs(listed, configured) {
        if row.values.contains_key(&field) && known != new {
            values.push((field, known, new));
        }
    }
    if values.is_empty() {
        return None;
    }
    Some(Difference {
        line: row.line,
        id: configured.id.clone(),
        title: words::one_line(&configured.title),
        dates: moved(row, listed, configured),
        values,
    })
}

fn is_a_moving_date(field: Field) -> bool {
    matches!(field, Field::PublicationDate | Field::OnSaleDate)
}

/// Every value that a row may say, as configured and as listed.
fn pairs(listed: &Edition, configured: &Edition) -> [(Field, String, String); 10] {
    let [new, known] = [listed, configured].map(|edition| edition.dates.as_written());
    let text = |written: Option<&String>| {
        let plain = written.map(|text| words::one_line(text));
        plain.map_or_else(|| "nothing".to_owned(), |text| format!("“{text}”"))
    };
    let day = |day: Option<Date>| day.map_or_else(|| "nothing".to_owned(), |day| day.to_string());
    let price = |edition: &Edition| {
        let price = edition.list_price.as_ref();
        price.map_or_else(|| "nothing".to_owned(), ToString::to_string)
    };
    let flag = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
    let pair = |field, of: &dyn Fn(&Edition) -> String| (field, of(configured), of(listed));
    [
        pair(Field::Title, &|edition| text(Some(&edition.title))),
        pair(Field::Author, &|edition| text(edition.author.as_ref())),
        pair(Field::Format, &|edition| edition.format.name().to_owned()),
        (
            Field::PublicationDate,
            known.0.to_string(),
            new.0.to_string(),
        ),
        (Field::OnSaleDate, known.1.to_string(), new.1.to_string()),
        pair(Field::Distribution, &|edition| {
            edition.distribution.name().to_owned()
        }),
        (Field::DistributionEnabled, day(known.2), day(new.2)),
        pair(Field::AmazonSwitch, &|edition| flag(edition.amazon_switch)),
        pair(Field::Price, &price),
        pair(Field::Imprint, &|edition| text(edition.imprint.as_ref())),
    ]
}

fn moved(row: &Row, listed: &Edition, configured: &Edition) -> Vec<Change> {
    let (publication, on_sale, _) = configured.dates.as_written();
    let (new, listed_on_sale, _) = listed.dates.as_written();
    let names_on_sale = row.values.contains_key(&Field::OnSaleDate);
    let new_on_sale = if names_on_sale {
        listed_on_sale
    } else if on_sale == publication {
        new
    } else {
        on_sale
    };
    if (new, new_on_sale) == (publication, on_sale) {
        return Vec::new();
    }
    let mut changes = Vec::new();
    if new != publication {
        changes.push(Change::date("publication_date", new));
    }
    let on_sale_date = Change::date("on_sale_date", new_on_sale);
    changes.push(if new_on_sale == new {
        on_sale_date.only_where_written()
    } else {
        on_sale_date
    });
    changes
}

#[cfg(test)]
mod tests {
    use crate::config;
    use crate::config::edit::with_changes_of;
    use crate::config::import::{Defaults, How, build, read};

    const CONFIGURATION: &str = "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\n\
        timezone = \"UTC\"\n\n[[edition]]\ntitle = \"Salt Roads\"\nisbn = \"9781944098117\"\n\
        publication_date = 2027-05-07\nstores = [\"bookshop.org\"]\n";

    /// A list of two lines beside the configuration, with more in its edition: what is said, and the
    /// dates that `--update` leaves in the configuration.
    #[track_caller]
    fn check(more: &str, list: &str, said: &[&str], dates: &str) {
        let text = format!("{CONFIGURATION}{more}");
        let plan = |text: &str| config::check(text, "pubwatch.toml", "2026-12-01".parse().unwrap());
        let (before, _) = plan(&text).unwrap();
        let known = vec![before.editions[0].edition.clone()];
        let defaults = Defaults {
            stores: vec![crate::book::StoreId::new("bookshop.org")],
            own: Vec::new(),
            distribution: crate::book::Distribution::Draft2Digital,
            enabled: Some("2027-01-01".parse().unwrap()),
            amazon_switch: true,
            order: None,
        };
        let built = build(
            &read(list.as_bytes(), &How::default()).unwrap(),
            &known,
            &defaults,
        );
        assert_eq!((built.known, built.entries.len()), (1, 0), "{built:?}");
        let told: Vec<String> = built
            .differences
            .iter()
            .map(|one| one.told(false).message)
            .collect();
        assert_eq!(told, said);
        let changes: Vec<_> = built
            .differences
            .iter()
            .map(|one| (one.id.clone(), one.dates.clone()))
            .collect();
        let (after, _) = plan(&with_changes_of(&text, &changes).unwrap()).unwrap();
        let (publication, on_sale, _) = after.editions[0].edition.dates.as_written();
        assert_eq!(format!("{publication} {on_sale}"), dates);
    }

    const HEAD: &str = "isbn,title,publication date";

    #[test]
    fn what_is_the_same_or_not_said_is_no_difference() {
        let list = format!("{HEAD}\n9781944098117,Salt  Roads,2027-05-07\n");
        check("", &list, &[], "2027-05-07 2027-05-07");
    }

    #[test]
    fn a_moved_date_is_said_and_taken_over_with_the_on_sale_date() {
        let list = format!("{HEAD}\n9781944098117,Salt Roads,2027-05-21\n");
        let said = "Salt Roads differs: publication date 2027-05-07 → 2027-05-21; `--update` takes \
                    it over";
        check("", &list, &[said], "2027-05-21 2027-05-21");
        let same = "on_sale_date = 2027-05-07\n";
        check(same, &list, &[said], "2027-05-21 2027-05-21");
        let own = "on_sale_date = 2027-05-14\n";
        check(own, &list, &[said], "2027-05-21 2027-05-14");
    }

    #[test]
    fn an_on_sale_date_of_the_list_is_its_own() {
        let list = format!("{HEAD},on sale date\n9781944098117,Salt Roads,2027-05-07,2027-05-11\n");
        let said = "Salt Roads differs: on-sale date 2027-05-07 → 2027-05-11; `--update` takes it \
                    over";
        check("", &list, &[said], "2027-05-07 2027-05-11");
    }

    #[test]
    fn all_else_is_said_and_left_to_edit() {
        let list = format!(
            "{HEAD},format,distribution\n9781944098117,Salt Road,2027-05-07,hardcover,d2d\n"
        );
        let said = "Salt Roads differs: title “Salt Roads” → “Salt Road”, format paperback → \
                    hardcover, distribution ingramspark → draft2digital; `pubwatch edit` changes it";
        check("", &list, &[said], "2027-05-07 2027-05-07");
        let list = format!("{HEAD},price\n9781944098117,Salt Roads,2027-05-21,16.99 USD\n");
        let said = "Salt Roads differs: publication date 2027-05-07 → 2027-05-21, list price nothing \
                    → $16.99; `--update` takes the date over, `pubwatch edit` the rest";
        check("", &list, &[said], "2027-05-21 2027-05-21");
    }
}
