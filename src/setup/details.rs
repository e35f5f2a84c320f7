//! The flags that describe an edition, shared by `add` and `edit`.

use jiff::civil::Date;

use crate::book::day::in_a_life;
use crate::book::{Distribution, Format, Money};
use crate::config;
use crate::config::import::dates::{self, DateError};

/// What is known of an edition.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "About the edition")]
pub struct Details {
    /// The title
    #[arg(long)]
    pub title: Option<String>,

    /// The author as printed on the cover
    #[arg(long, value_name = "NAME")]
    pub author: Option<String>,

    /// paperback, hardcover, ebook or audiobook
    #[arg(long)]
    pub format: Option<Format>,

    /// The publication date
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub date: Option<Date>,

    /// The first day of sale, when it is another than the publication date
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub on_sale: Option<Date>,

    /// Who carries it to the stores: ingramspark, draft2digital, publishdrive, kdp or other
    #[arg(long, value_name = "WHO")]
    pub distribution: Option<Distribution>,

    /// The day on which distribution was enabled
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub enabled: Option<Date>,

    /// KDP Print takes Amazon over on the publication date
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub amazon_switch: Option<bool>,

    /// It is the first title of its account at the distributor
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub first_title: Option<bool>,

    /// The list price with its currency, as "16.99 USD"
    #[arg(long, value_name = "PRICE", value_parser = price)]
    pub price: Option<Money>,

    /// The imprint or client that it belongs to
    #[arg(long, value_name = "NAME")]
    pub imprint: Option<String>,

    /// Where it is watched, in place of what holds; give it once for each store
    #[arg(long = "store", value_name = "STORE")]
    pub stores: Vec<String>,
}

/// Reads a civil date as people write it, as lists do: `2027-02-09`, `February 9, 2027`; one that may
/// be two days is none.
///
/// # Errors
///
/// A sentence that says how to write it.
pub fn date(text: &str) -> Result<Date, String> {
    let date = dates::read(text, None).map_err(|error| match error {
        DateError::Ambiguous { written, .. } => {
            format!("`{written}` may be two days; write year, month and day, as 2027-02-09")
        }
        DateError::None(_) | DateError::NoSuchDay(_) | DateError::NoDay(_) => error.to_string(),
    })?;
    in_a_life(text, date)
}

/// Reads a price.
///
/// # Errors
///
/// A sentence that says how to write it.
pub fn price(text: &str) -> Result<Money, String> {
    config::price(text)
        .ok_or_else(|| format!("`{text}` is no price; write it with its currency, as 16.99 USD"))
}
