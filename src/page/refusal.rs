//! Pages that are not the page: bot walls, captchas, challenges, error pages, missing pages.
//!
//! This comes before all other reading, since a wall may come with any status, also 200, and may
//! say "in stock" anywhere. Walls are told by marks that no product page carries; where a mark
//! could also stand on a product page (a title, a sentence), the page must be small as well:
//! walls measure less than 10 kB, product pages more than 150 kB.
//!
//! Sources: saved walls of Amazon's, Akamai's, Cloudflare's and `PerimeterX`'s; the provider list of
//! microlinkhq/is-antibot; tamnd/amz-cli, `amz/classify.go`.

use memchr::memmem;
use scraper::Html;

use super::dom::{Tree, collapse, shorten};
use super::product::isbn;
use super::sieve::sieve;
use super::trace::Trace;
use super::wording::{Meaning, Wording};
use super::{Page, Reading, Says, UnreadReason, json_ld, microdata};
use crate::book::{Availability, Family};

/// So much of a page's beginning is looked at, in bytes.
const HEAD: usize = 64 * 1024;

/// A page larger than this is no wall by its title or sentences alone, in bytes.
const SMALL: usize = 48 * 1024;

/// Marks that only walls carry, in lower case, and what they are.
const WALLS: &[(&str, &str)] = &[
    // The picture with letters first: the page with a mere button has the same form.
    ("captchacharacters", "Amazon's captcha"),
    ("/errors/validatecaptcha", BUTTON),
    ("/errors_page/validatecaptcha", BUTTON),
    ("opfcaptcha.amazon", BUTTON),
    ("window.gokuprops", "a challenge of AWS WAF"),
    ("_cf_chl_opt", "a challenge of Cloudflare"),
    ("?bm-verify=", "a challenge of Akamai"),
    ("&bm-verify=", "a challenge of Akamai"),
    ("id=\"px-captcha\"", "a challenge of PerimeterX"),
    ("id='px-captcha'", "a challenge of PerimeterX"),
    ("id=\"queue-it_log\"", "a queue of Queue-it's"),
    ("cs_503_", ERROR_FOR_ROBOTS),
    ("error/500_503.png", ERROR_FOR_ROBOTS),
];

const BUTTON: &str = "Amazon's page with a button to continue";

/// Titles of walls, in lower case; the whole title must be one of them, and the page small.
const TITLES: &[&str] = &[
    "robot check",
    "robot or human?",
    "queue-it",
    "radware bot manager captcha",
    "radware page",
    "shieldsquare captcha",
    "bot check",
    "just a moment...",
    "attention required! | cloudflare",
    "access denied",
    "access to this page has been denied",
    "access to this page has been denied.",
    "pardon our interruption",
    "sorry! something went wrong!",
    "request blocked",
    "human verification",
    "before you continue",
    "security check",
    "ddos-guard",
    "403 forbidden",
    "429 too many requests",
    "503 service unavailable",
];

/// Sentences and addresses of walls, in lower case, on small pages: product pages load scripts from
/// some of the same addresses.
const SMALL_WALLS: &[(&str, &str)] = &[
    ("errors.edgesuite.net", "a refusal of Akamai's"),
    ("errors&#46;edgesuite&#46;net", "a refusal of Akamai's"),
    ("captcha-delivery.com", "a challenge of DataDome"),
    (".awswaf.com/", "a challenge of AWS WAF"),
    ("awswafcookiedomainlist", "a challenge of AWS WAF"),
    ("px-captcha", "a challenge of PerimeterX"),
    ("window._pxappid", "a challenge of PerimeterX"),
    // Saved page of an Imperva site, 2018.
    ("incapsula incident id", "a refusal of Imperva's"),
    (
        "<iframe src=\"/_incapsula_resource",
        "a refusal of Imperva's",
    ),
    // EnableSecurity/wafw00f, plugins sucuri and radware; published programs, 2026.
    ("sucuri website firewall", "a refusal of Sucuri's"),
    ("sucuri_cloudproxy", "a challenge of Sucuri"),
    ("cloudproxy@sucuri.net", "a refusal of Sucuri's"),
    ("captcha.perfdrive.com", "a challenge of Radware"),
    ("validate.perfdrive.com", "a challenge of Radware"),
    ("botmanager_support@radware.com", "a challenge of Radware"),
    ("cloudwebsec@radware.com", "a challenge of Radware"),
    (".queue-it.net/", "a queue of Queue-it's"),
    // Saved page of Cloudflare's; its error numbers from 1000 on are refusals, those from 520 on
    // are faults of the store's.
    ("cf-error-code\">1015", TOO_OFTEN_FOR_CLOUDFLARE),
    ("error code: 1015", TOO_OFTEN_FOR_CLOUDFLARE),
    ("error 1015", TOO_OFTEN_FOR_CLOUDFLARE),
    ("cf-error-code\">10", BANNED_BY_CLOUDFLARE),
    ("used cloudflare to restrict access", BANNED_BY_CLOUDFLARE),
    ("error code: 1006", BANNED_BY_CLOUDFLARE),
    ("error code: 1009", BANNED_BY_CLOUDFLARE),
    ("error code: 1010", BANNED_BY_CLOUDFLARE),
    ("error code: 1020", BANNED_BY_CLOUDFLARE),
    (
        "enable javascript and cookies to continue",
        "a challenge of Cloudflare",
    ),
    (CAPTCHAS[0], "a captcha"),
    (CAPTCHAS[1], "a captcha"),
    ("make sure you're not a robot", "a challenge"),
    ("sorry! something went wrong", ERROR_FOR_ROBOTS),
];

/// Marks that shops carry, too, in the form of their newsletter: no walls where the page has the data
/// of a book.
const CAPTCHAS: [&str; 2] = ["g-recaptcha", "hcaptcha.com"];

const BANNED_BY_CLOUDFLARE: &str = "a ban of Cloudflare's";

const TOO_OFTEN_FOR_CLOUDFLARE: &str = "a ban of Cloudflare's for asking too often";

const ERROR_FOR_ROBOTS: &str = "Amazon's error page for robots";

/// Marks of Amazon's error pages in any language, in lower case: their pictures, and the link to
/// the dogs on them (saved pages of amazon.com and amazon.ca, 2022 to 2026).
const ERRORS_OF_AMAZON: &[&str] = &["/error/500", "dogs of amazon", "dogsofamazon"];

/// Reads a page that is not the page: a refusal, an error, or the store's word that there is none.
/// `None` for every page that may be the product's.
pub fn read(page: &Page<'_>, wording: &Wording, trace: &mut Trace) -> Option<Reading> {
    let head = Head::of(page);
    by_address(page, trace)
        .or_else(|| by_header(page, trace))
        .or_else(|| by_wall(&head, page, wording, trace))
        .or_else(|| by_error_of_amazon(&head, page, wording, trace))
        .or_else(|| by_missing_page(&head, page, wording, trace))
        .or_else(|| by_status(&head, page, trace))
}

/// The beginning of a page, in the forms in which it is searched.
struct Head {
    /// Lower case, with the tags.
    raw: String,
    /// Without tags and scripts, collapsed, only for small pages.
    text: String,
    title: String,
    small: bool,
}

impl Head {
    fn of(page: &Page<'_>) -> Self {
        let mut end = page.body.len().min(HEAD);
        while !page.body.is_char_boundary(end) {
            end -= 1;
        }
        let raw = page.body[..end].to_ascii_lowercase();
        let small = page.body.len() <= SMALL;
        Self {
            title: title(&raw),
            text: if small {
                without_tags(&raw)
            } else {
                String::new()
            },
            raw,
            small,
        }
    }
}

fn title(raw: &str) -> String {
    let Some((_, after)) = raw.split_once("<title") else {
        return String::new();
    };
    let after = after.split_once('>').map_or("", |(_, after)| after);
    collapse(after.split("</title").next().unwrap_or_default())
}

/// The text and the `alt` and `value` attributes of a page, roughly: enough to look for a sentence.
fn without_tags(raw: &str) -> String {
    let mut text = String::new();
    let mut rest = raw;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        let skipped = ["script", "style"]
            .iter()
            .find(|name| tag.starts_with(**name))
            .and_then(|name| tag.split_once(&format!("</{name}")))
            .map(|(_, after)| after);
        let tag = skipped.unwrap_or(tag);
        let Some((attributes, after)) = tag.split_once('>') else {
            return entities(&collapse(&text));
        };
        for name in ["alt=\"", "value=\""] {
            if let Some((_, value)) = attributes.split_once(name) {
                text.push_str(value.split('"').next().unwrap_or_default());
                text.push(' ');
            }
        }
        rest = after;
    }
    text.push_str(rest);
    entities(&collapse(&text))
}

fn entities(text: &str) -> String {
    text.replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&apos;", "'")
        .replace("&rsquo;", "'")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
}

fn by_address(page: &Page<'_>, trace: &mut Trace) -> Option<Reading> {
    let address = page.address?;
    let wall = [
        ("/ap/signin", "the store asks to sign in"),
        ("/ap/cvf", "the store asks to sign in"),
        ("/black-curtain/", "the store asks for the visitor's age"),
        ("/errors/validatecaptcha", BUTTON),
        ("/cookieprefs", "the store asks to consent to its cookies"),
        ("/privacyprefs", "the store asks to consent to its cookies"),
        ("://consent.", "the store asks to consent to its cookies"),
        (".queue-it.net/", "a queue of Queue-it's"),
        ("://validate.perfdrive.com/", "a challenge of Radware"),
    ]
    .into_iter()
    .find(|(mark, _)| address.to_ascii_lowercase().contains(mark));
    trace.look("refusal/address", "the address", wall.map(|(_, what)| what));
    let (mark, what) = wall?;
    Some(blocked("refusal/address", &format!("{what} ({mark})")))
}

fn by_header(page: &Page<'_>, trace: &mut Trace) -> Option<Reading> {
    let found = page.headers.iter().find(|(name, value)| {
        let value = value.to_ascii_lowercase();
        match name.to_ascii_lowercase().as_str() {
            "cf-mitigated" => value.contains("challenge"),
            "x-amzn-waf-action" => value.contains("challenge") || value.contains("captcha"),
            _ => false,
        }
    });
    let words = found.map(|(name, value)| format!("{name}: {value}"));
    trace.look("refusal/header", "the headers", words.as_deref());
    Some(blocked("refusal/header", &words?))
}

fn by_wall(head: &Head, page: &Page<'_>, wording: &Wording, trace: &mut Trace) -> Option<Reading> {
    let marks = if head.small { SMALL_WALLS } else { &[] };
    let mark = WALLS
        .iter()
        .chain(marks)
        .filter(|(mark, _)| memmem::find(head.raw.as_bytes(), mark.as_bytes()).is_some())
        .find(|(mark, _)| !(CAPTCHAS.contains(mark) && has_data_of_a_book(page.body)));
    trace.look(
        "refusal/mark",
        "the beginning of the page",
        mark.map(|(_, what)| *what),
    );
    if let Some((mark, what)) = mark {
        return Some(blocked("refusal/mark", &format!("{what} ({mark})")));
    }
    let is_wall = head.small && TITLES.contains(&head.title.as_str());
    trace.look(
        "refusal/title",
        "<title>",
        is_wall.then_some(head.title.as_str()),
    );
    if is_wall {
        return Some(blocked("refusal/title", &head.title));
    }
    let family = page.store.family();
    let sentence = wording
        .find(&head.text, family, &[Meaning::Captcha])
        .map(|hit| hit.phrase.written.text.clone());
    trace.look(
        "refusal/sentence",
        "the text of a small page",
        sentence.as_deref(),
    );
    Some(blocked("refusal/sentence", &sentence?))
}

/// The data of the page names a book by its ISBN, which that of no wall does.
fn has_data_of_a_book(body: &str) -> bool {
    let parts = [
        "script[type*='ld+json']",
        "[itemtype]",
        "meta[property='book:isbn']",
    ];
    let Ok(kept) = sieve(body, &parts) else {
        return false;
    };
    let html = Html::parse_document(&kept);
    let tree = Tree::new(&html);
    let of_page = tree.page_meta("book:isbn");
    let mut products = json_ld::products(&tree)
        .into_iter()
        .chain(microdata::products(&tree, ""));
    of_page.is_some_and(|number| isbn("isbn", number).is_some())
        || products.any(|product| product.all_isbns().next().is_some())
}

/// Amazon answers programs with the page of a fault that is none, in the marketplace's language. It
/// is told from a fault by its pictures, and from the page for a missing book by its words.
fn by_error_of_amazon(
    head: &Head,
    page: &Page<'_>,
    wording: &Wording,
    trace: &mut Trace,
) -> Option<Reading> {
    if page.store.family() != Family::Amazon || page.status < 500 || !head.small {
        return None;
    }
    let mark = ERRORS_OF_AMAZON
        .iter()
        .find(|mark| head.raw.contains(**mark))
        .filter(|_| !wording.says(&head.text, Family::Amazon, Meaning::NotFound));
    let rule = "refusal/error-of-amazon";
    trace.look(rule, "the pictures of the page", mark.copied());
    Some(blocked(rule, &format!("{ERROR_FOR_ROBOTS} ({})", mark?)))
}

/// The store's own page for a missing one. Amazon's carries the same address for automated access
/// as its captcha, so that address is no mark of a wall.
fn by_missing_page(
    head: &Head,
    page: &Page<'_>,
    wording: &Wording,
    trace: &mut Trace,
) -> Option<Reading> {
    let family = page.store.family();
    let sentence = wording
        .find(&head.text, family, &[Meaning::NotFound])
        .map(|hit| hit.phrase.written.text.clone());
    let known = match family {
        Family::Amazon => head.raw.contains("dogsofamazon"),
        Family::BarnesNoble | Family::Bookshop | Family::Other => false,
    };
    // A page that comes with 200 must be the store's own error page beyond doubt: "page not found"
    // alone may be the title of a book.
    let sure = known && sentence.is_some();
    let is_missing = match page.status {
        404 | 410 => known || sentence.is_some() || names_store(head, page),
        200 | 203 => sure,
        // Who refuses, or cannot answer now, does not say that there is no such page.
        _ => false,
    };
    trace.look(
        "refusal/missing",
        "status, text",
        is_missing.then(|| sentence.as_deref().unwrap_or("the store's own error page")),
    );
    if !is_missing {
        return None;
    }
    let words = sentence.unwrap_or_else(|| {
        let title = if head.title.is_empty() {
            "no text"
        } else {
            &head.title
        };
        format!("{} {}", page.status, shorten(title, 120))
    });
    let says = Says::new(
        Availability::NotListed,
        "store/missing-page",
        &words,
        "the page",
    );
    Some(Reading::Says(Box::new(says)))
}

/// The page names the store: a 404 of somebody between us and the store does not.
fn names_store(head: &Head, page: &Page<'_>) -> bool {
    let store = page.store.as_str();
    let label = page.store.label().to_ascii_lowercase();
    head.raw.contains(store)
        || head.raw.contains(&label)
        || head.raw.contains(&label.replace('&', "&amp;"))
}

fn by_status(head: &Head, page: &Page<'_>, trace: &mut Trace) -> Option<Reading> {
    let words = if head.title.is_empty() {
        format!("status {}", page.status)
    } else {
        format!("status {}: {}", page.status, shorten(&head.title, 120))
    };
    let reason = match page.status {
        200 | 203 => None,
        401 | 403 | 407 | 429 | 430 => Some(UnreadReason::Blocked),
        500..=599 => Some(UnreadReason::Unreachable),
        _ => Some(UnreadReason::NoEvidence),
    };
    trace.look(
        "refusal/status",
        "the status",
        reason.map(|_| words.as_str()),
    );
    Some(Reading::unread(reason?, "refusal/status", &words))
}

fn blocked(rule: &str, words: &str) -> Reading {
    Reading::unread(UnreadReason::Blocked, rule, words)
}

#[cfg(test)]
mod tests;
