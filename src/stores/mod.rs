//! From a page to what it says: one file a kind of store, and one way in.
//!
//! The order of reading is the same everywhere: refusal, identity, the controls of the product's
//! own buy box, the words inside it, structured data that names the edition, else *no evidence*.
//! `docs/dev/reading.md` explains it, with a list of the traps.

pub mod amazon;
pub mod barnes_noble;
pub mod bookshop;
pub mod creators_api;
mod buy_button;
mod data;
pub mod fixture;
pub mod generic;
mod how;
pub mod lessons;
mod whose;

use scraper::Html;

use crate::book::{Family, StoreId};
use crate::page::dom::{Tree, shorten};
use crate::page::sieve::sieve;
use crate::page::trace::Trace;
use crate::page::wording::Wording;
use crate::page::{Page, Reading, UnreadReason, Wanted, refusal};
pub use how::How;
pub use lessons::Lessons;

/// The most characters of a page's words that are kept as evidence.
const WORDS: usize = 240;

/// What ends a page.
const HTML_END: &[u8] = b"</html";

/// So much of a page's end is searched for it, in bytes: comments and pixels may follow.
const END: usize = 16 * 1024;

/// A reading with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// What the page says.
    pub reading: Reading,
    /// The parts of the page that were looked at: the evidence worth keeping. Empty when the page
    /// was refused before it was taken apart.
    pub kept: String,
    /// Each rule's look, in order.
    pub trace: Trace,
}

/// One reader's look at one page.
pub(crate) struct Look<'a> {
    /// The page as it came.
    pub(crate) page: &'a Page<'a>,
    /// The edition it should be of.
    pub(crate) wanted: &'a Wanted,
    /// The words to look for.
    pub(crate) wording: &'a Wording,
    /// The tree of its parts.
    pub(crate) tree: &'a Tree<'a>,
    /// The user's selector for the part of the page in which a copy is bought.
    pub(crate) buy_area: Option<&'a str>,
    /// The currency of prices whose mark many currencies share.
    pub(crate) currency: &'a str,
    /// The path and query that follow from the ISBN alone, where the store's addresses do.
    pub(crate) made_path: Option<String>,
    /// What has been looked at so far.
    pub(crate) trace: &'a mut Trace,
}

impl Look<'_> {
    /// Nothing of the page is evidence; its title stands for its words.
    pub(crate) fn no_evidence(&self, rule: &str) -> Reading {
        let words = self.tree.title().unwrap_or_default();
        Reading::unread(UnreadReason::NoEvidence, rule, &words)
    }

    /// The page has its end. Where it was cut off, the button that contradicts its data may be
    /// missing, so data alone is not believed at stores whose pages always have one.
    pub(crate) fn is_whole(&self) -> bool {
        let body = self.page.body.as_bytes();
        let end = body.get(body.len().saturating_sub(END)..).unwrap_or(body);
        end.windows(HTML_END.len())
            .any(|window| window.eq_ignore_ascii_case(HTML_END))
    }
}

/// What a page says, read with the shipped words. Never fails, never guesses.
pub fn read(page: &Page<'_>, wanted: &Wanted) -> Reading {
    read_closely(page, wanted, &Lessons::default()).reading
}

/// What a page says, with the parts that were looked at and each rule's look.
///
/// 1. Refusals and missing pages, from the status and the beginning of the page.
/// 2. The sieve keeps the parts that the store's reader names.
/// 3. The store's reader reads the tree of those parts. At a store without a reader of its own the
///    page's main part is kept, too, where the data of the page says nothing.
pub fn read_closely(page: &Page<'_>, wanted: &Wanted, lessons: &Lessons) -> Read {
    let mut trace = Trace::default();
    if let Some(reading) = refusal::read(page, lessons.wording(page.store), &mut trace) {
        return Read {
            reading,
            kept: String::new(),
            trace,
        };
    }
    let parts = parts(page.store, lessons);
    let before = trace.clone();
    let read = sifted(page, wanted, lessons, &parts, trace);
    if page.store.family() == Family::Other && generic::asks_for_more(&read.reading) {
        let more = [parts, vec![buy_button::part(page.body)]].concat();
        return sifted(page, wanted, lessons, &more, before);
    }
    read
}

/// Reads the tree of these parts.
fn sifted(
    page: &Page<'_>,
    wanted: &Wanted,
    lessons: &Lessons,
    parts: &[&str],
    mut trace: Trace,
) -> Read {
    match sieve(page.body, parts) {
        Ok(kept) => {
            let html = Html::parse_document(&kept);
            let reading = read_tree(page, wanted, lessons, &html, &mut trace);
            Read {
                reading,
                kept,
                trace,
            }
        }
        Err(error) => {
            let words = format!("the page is not taken apart: {error}");
            trace.saw("page/sieve", "the page", &words);
            let reading = Reading::unread(UnreadReason::NoEvidence, "page/sieve", &words);
            Read {
                reading,
                kept: String::new(),
                trace,
            }
        }
    }
}

/// The same from the tree of the whole page. It is several times slower and stands only for the
/// proof that the sieve loses nothing.
pub fn read_without_sieve(page: &Page<'_>, wanted: &Wanted, lessons: &Lessons) -> Reading {
    let mut trace = Trace::default();
    if let Some(reading) = refusal::read(page, lessons.wording(page.store), &mut trace) {
        return reading;
    }
    let html = Html::parse_document(page.body);
    read_tree(page, wanted, lessons, &html, &mut trace)
}

/// The address that a page gives itself: its canonical link, else `og:url`.
pub fn canonical_of(body: &str) -> Option<String> {
    let kept = sieve(body, &["link[rel='canonical']", "meta[property='og:url']"]).ok()?;
    let html = Html::parse_document(&kept);
    let tree = Tree::new(&html);
    let address = tree.canonical().or_else(|| tree.meta("og:url"))?;
    Some(address.to_owned())
}

fn read_tree(
    page: &Page<'_>,
    wanted: &Wanted,
    lessons: &Lessons,
    html: &Html,
    trace: &mut Trace,
) -> Reading {
    let tree = Tree::new(html);
    let mut look = Look {
        page,
        wanted,
        wording: lessons.wording(page.store),
        tree: &tree,
        buy_area: lessons.buy_area(page.store),
        currency: lessons.currency(page.store),
        made_path: lessons.made_path(page.store, wanted),
        trace,
    };
    let reading = match page.store.family() {
        Family::Amazon => amazon::read(&mut look),
        Family::BarnesNoble => barnes_noble::read(&mut look),
        Family::Bookshop => bookshop::read(&mut look),
        Family::Other => generic::read(&mut look),
    };
    shortened(reading)
}

/// The parts that are kept: those that the store's reader names, and the user's buy area.
fn parts<'a>(store: &StoreId, lessons: &'a Lessons) -> Vec<&'a str> {
    let named: &[&str] = match store.family() {
        Family::Amazon => amazon::PARTS,
        Family::BarnesNoble => barnes_noble::PARTS,
        Family::Bookshop => bookshop::PARTS,
        Family::Other => generic::PARTS,
    };
    let own = lessons.buy_area(store);
    named.iter().copied().chain(own).collect()
}

/// All the parts of a store's pages that a reader may look at, as CSS selectors.
#[must_use]
pub fn parts_of<'a>(store: &StoreId, lessons: &'a Lessons) -> Vec<&'a str> {
    let mut parts = parts(store, lessons);
    if store.family() == Family::Other {
        // Where its own button is looked for, see `buy_button::part`.
        parts.extend(["main", "body:not(:has(main))"]);
    }
    parts
}

/// Words are evidence, not documents.
fn shortened(mut reading: Reading) -> Reading {
    match &mut reading {
        Reading::Says(says) => says.words = shorten(&says.words, WORDS),
        Reading::Unread(unread) => unread.words = shorten(&unread.words, WORDS),
    }
    reading
}
