//! `[[edition]]`: the books to watch, and where.

use std::collections::BTreeMap;
use std::ops::Range;

use super::calendar;
use super::listing::listings;
use super::store::Defined;
use super::telling;
use super::ways::Means;
use super::windows;
use crate::book::{
    Asin, ConfiguredDates, Distribution, Edition, EditionId, EditionIdError, Format, Isbn13,
    Making, OwnNumber,
};
use crate::config::findings::Kind;
use crate::config::plan::{EditionPlan, ListingPlan, StorePlan, WindowOverride};
use crate::config::problem::Problem;
use crate::config::table::{Table, Text};
use crate::config::telling::Recipient;
use crate::config::{times, values};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_spanned::Spanned;

/// An edition as written, with the places that warnings point at.
pub(super) struct Written {
    pub(super) edition: Edition,
    pub(super) id: Range<usize>,
    pub(super) publication: Range<usize>,
    pub(super) on_sale: Option<Range<usize>>,
    pub(super) enabled: Option<Range<usize>>,
    pub(super) switch: Option<Range<usize>>,
    pub(super) format: Option<Range<usize>>,
    pub(super) notify: Vec<Recipient>,
}

impl Written {
    /// Published, on sale, enabled: as the file says.
    pub(super) fn dates(&self) -> (Date, Date, Option<Date>) {
        self.edition.dates.as_written()
    }
}

/// Reads every `[[edition]]`; also gives the stores that they name, in the order of first use.
pub(super) fn editions(
    root: &mut Table<'_>,
    (defined, means): (&[Defined], Means),
    (today, zone): (Date, &TimeZone),
    own_windows: &mut Vec<WindowOverride>,
) -> (Vec<EditionPlan>, Vec<StorePlan>) {
    let mut used: Vec<StorePlan> = Vec::new();
    let mut plans: Vec<EditionPlan> = Vec::new();
    let mut seen: Vec<(Written, Vec<ListingPlan>)> = Vec::new();
    let mut places: BTreeMap<EditionId, usize> = BTreeMap::new();
    let is_there = root.has("edition");
    for mut table in root.tables("edition") {
        let findings = table.findings();
        let written = written(&mut table);
        let edition = written.as_ref().map(|written| &written.edition);
        let listings = listings(&mut table, edition, defined, &mut used, means);
        let only_here = windows::of_one(&mut table);
        table.finish();
        let Some(written) = written else { continue };
        let numbers: Vec<EditionId> = written.edition.numbers().collect();
        let first = numbers
            .iter()
            .find_map(|one| Some((one, seen.get(*places.get(one)?)?)));
        if let Some((number, (first, _))) = first {
            findings.add(same_number(&written, first, &number.kind()));
            continue;
        }
        places.extend(numbers.into_iter().map(|number| (number, seen.len())));
        calendar::warn(&written, today, findings);
        own_windows.extend(only_here.into_iter().map(|window| WindowOverride {
            edition: Some(written.edition.id.clone()),
            ..window
        }));
        seen.push((written, listings));
    }
    plans.extend(seen.into_iter().map(|(written, listings)| EditionPlan {
        edition: written.edition,
        listings,
        siblings: Vec::new(),
        notify: written.notify,
        zone: zone.clone(),
    }));
    join_formats(&mut plans);
    if !is_there {
        root.findings()
            .add(Problem::warning("there is no edition to watch").remedy(
            "add one: `[[edition]]`, and below it `title`, `isbn` or `asin`, `publication_date` \
                         and `stores`",
        ));
    }
    (plans, used)
}

/// Tells each edition of the other formats of its book: those with the same title and author,
/// whatever their case.
fn join_formats(plans: &mut [EditionPlan]) {
    let mut books: BTreeMap<(String, Option<String>), Vec<usize>> = BTreeMap::new();
    for (index, plan) in plans.iter().enumerate() {
        let author = plan.edition.author.as_ref().map(|name| name.to_lowercase());
        let book = (plan.edition.title.to_lowercase(), author);
        books.entry(book).or_default().push(index);
    }
    for indices in books.into_values().filter(|indices| 1 < indices.len()) {
        let formats: Vec<EditionPlan> = indices
            .iter()
            .filter_map(|index| plans.get(*index).cloned())
            .collect();
        for index in indices {
            let Some(plan) = plans.get_mut(index) else {
                continue;
            };
            let format = plan.edition.format;
            plan.siblings = formats
                .iter()
                .filter(|other| other.edition.format != format)
                .cloned()
                .collect();
        }
    }
}

fn written(table: &mut Table<'_>) -> Option<Written> {
    let findings = table.findings();
    let title = table.required("title", "\"Salt Roads\"");
    let author = table.text("author").map(Spanned::into_inner);
    let numbers = numbers(table);
    let formats = Format::ALL.map(|format| (format.name(), format));
    let format = table.choice(("format", "format"), &formats, &Format::HABITS);
    let format_span = format.as_ref().map(Spanned::span);
    let format = match format {
        None if !table.has("format") => numbers.as_ref().map(|(id, _)| Format::usual(id.get_ref())),
        found => found.map(Spanned::into_inner),
    };
    table.require("publication_date", "2027-02-09");
    let publication = date(table, "publication_date");
    let on_sale = date(table, "on_sale_date");
    let distributions = Distribution::ALL.map(|one| (one.name(), one));
    let of = ("distribution", "distribution");
    let distribution = match table.choice(of, &distributions, &Distribution::HABITS) {
        None if !table.has("distribution") => format
            .zip(numbers.as_ref())
            .map(|(format, (id, _))| Distribution::usual(id.get_ref(), format)),
        found => found.map(Spanned::into_inner),
    };
    let enabled = date(table, "distribution_enabled");
    let amazon_switch = table.flag("amazon_switch").unwrap_or(false);
    let first_title = table.flag("first_title").unwrap_or(false);
    let list_price = table
        .text("list_price")
        .and_then(|text| findings.keep(values::money(&text)));
    let of = ("printing", "way of printing");
    let printing = table.choice(of, &Making::CHOICES, &Making::HABITS);
    let imprint = table.text("imprint").map(Spanned::into_inner);
    let notify = telling::notify(table);
    let ((id, asin), publication) = (numbers?, publication?);
    Some(Written {
        id: id.span(),
        publication: publication.span(),
        on_sale: on_sale.as_ref().map(Spanned::span),
        enabled: enabled.as_ref().map(Spanned::span),
        switch: amazon_switch.then(|| table.key_span("amazon_switch")),
        format: format_span,
        notify,
        edition: Edition {
            id: id.into_inner(),
            asin,
            title: title?.into_inner(),
            author,
            format: format?,
            dates: ConfiguredDates::new(
                *publication.get_ref(),
                on_sale.map(Spanned::into_inner),
                enabled.map(Spanned::into_inner),
            ),
            distribution: distribution?,
            printing: printing.map(Spanned::into_inner),
            amazon_switch,
            first_title,
            list_price,
            imprint,
        },
    })
}

fn date(table: &mut Table<'_>, key: &'static str) -> Option<Spanned<Date>> {
    let value = table.value(key, Kind::Date)?;
    let date = table.findings().keep(times::date(key, value))?;
    Some(Spanned::new(value.span(), date))
}

/// What it is known by: its ISBN, else its ASIN, else a store's own number; and the ASIN that stands
/// beside an ISBN.
fn numbers(table: &mut Table<'_>) -> Option<(Spanned<EditionId>, Option<Asin>)> {
    let findings = table.findings();
    let (isbn, asin, own) = (table.text("isbn"), table.text("asin"), table.text("number"));
    if isbn.is_none() && asin.is_none() && own.is_none() {
        // One of another type is reported already.
        if !["isbn", "asin", "number"].iter().any(|key| table.has(key)) {
            findings.add(
                table
                    .missing("isbn", "\"978-1-944098-11-7\"")
                    .remedy(WITHOUT_ISBN),
            );
        }
        return None;
    }
    if let (Some(own), Some(_)) = (&own, isbn.as_ref().or(asin.as_ref())) {
        findings.add(
            Problem::error("`number` is for an edition that has neither an ISBN nor an ASIN")
                .at(own.span(), "")
                .remedy(
                    "leave it out, and give the address of that store's page below \
                     `[edition.addresses]`",
                ),
        );
    }
    let isbn = isbn.map(|text| (text.span(), findings.keep(isbn_of(&text))));
    let asin = asin.map(|text| (text.span(), findings.keep(asin_of(&text))));
    let own = own.map(|text| (text.span(), findings.keep(own_of(&text))));
    let (id, asin) = match (isbn, asin) {
        (Some((span, isbn)), None) => ((span, isbn?), None),
        (Some((span, isbn)), Some((_, asin))) => ((span, isbn?), Some(asin?)),
        (None, Some((span, asin))) => ((span, EditionId::Asin(asin?)), None),
        (None, None) => {
            let (span, own) = own?;
            ((span, EditionId::Own(own?)), None)
        }
    };
    Some((Spanned::new(id.0, id.1), asin))
}

/// What to do about an edition that has no ISBN.
const WITHOUT_ISBN: &str = "an ebook or audiobook without an ISBN has Amazon's number: \
                            `asin = \"B0EBOOK123\"`, from the address of its page";

fn isbn_of(text: &Text) -> Result<EditionId, Problem> {
    match text.get_ref().parse::<Isbn13>() {
        Ok(isbn) => Ok(EditionId::Isbn(isbn)),
        Err(error) => {
            let problem = Problem::error("this is no ISBN").at(text.span(), error.to_string());
            Err(match text.get_ref().parse::<Asin>() {
                Ok(asin) => problem.remedy(format!("it is Amazon's number: `asin = \"{asin}\"`")),
                Err(_) => problem.remedy(
                    "compare it with the number over the barcode; one digit is easily mistyped",
                ),
            })
        }
    }
}

fn asin_of(text: &Text) -> Result<Asin, Problem> {
    text.get_ref().parse().map_err(|error: EditionIdError| {
        Problem::error("this is no ASIN")
            .at(text.span(), error.to_string())
            .remedy("copy it from the address of its page at Amazon, from behind `/dp/`")
    })
}

fn own_of(text: &Text) -> Result<OwnNumber, Problem> {
    text.get_ref().parse().map_err(|error: EditionIdError| {
        Problem::error("this is no number of a store's")
            .at(text.span(), error.to_string())
            .remedy("copy the number from the address of its page at that store")
    })
}

/// Two tables for one number: an error when they are the same thing twice, a warning when they say
/// that it is of two formats. The first one is kept.
fn same_number(second: &Written, first: &Written, kind: &str) -> Problem {
    if second.edition.format == first.edition.format {
        return Problem::error(format!("two editions have the same {kind}"))
            .at(second.id.clone(), "again here")
            .at(first.id.clone(), "first here")
            .remedy("join the two tables, or correct the number that is wrong");
    }
    let name = |written: &Written| written.edition.format.name();
    Problem::warning(format!(
        "two formats have the same {kind}: only the first is watched"
    ))
    .at(second.id.clone(), format!("as {}", name(second)))
    .at(first.id.clone(), format!("as {}", name(first)))
    .because(format!(
        "an {kind} belongs to one format, and stores mix the pages of formats that share one"
    ))
    .remedy(format!(
        "give each format its own {kind}, or leave the second table out"
    ))
}
