//! Invented letters: what `pubwatch letters preview` shows, and what the tests hold.

mod rest;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::book::Topic;
use super::letter::compose;
use super::{Desk, Letter};
use crate::alerts::{Occasion, Telling};
use crate::book::{
    Availability, ConfiguredDates, Distribution, Edition, Format, Launch, Money, StoreId,
};
use crate::config::plan::Author;
use crate::history::{Blind, ListingView, Spell, View};
use crate::judge::kind::Blindness;
use crate::judge::windows::Stage;
use crate::judge::{Finding, FindingKind, NextStep, Party, Severity, SupportText, Task, Usual};
use crate::page::{Says, Unread, UnreadReason};

/// An invented letter, and what it is an example of.
#[derive(Debug, Clone)]
pub struct Example {
    /// Its name, as `act`.
    pub name: &'static str,
    /// What it shows.
    pub about: &'static str,
    /// The letter.
    pub letter: Letter,
}

/// The invented author.
pub fn author() -> Author {
    Author {
        name: "Jane Roe".to_owned(),
        email: "jane@example.com".to_owned(),
        zone: TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap_or(TimeZone::UTC),
    }
}

/// The invented desk.
pub fn desk(author: &Author) -> Desk<'_> {
    Desk {
        author,
        copy_of: None,
        also_to: &[],
        from: "jane@example.com",
        stores: &[],
        next_look: Some(moment(0) + SignedDuration::from_hours(6)),
        remind_every: SignedDuration::from_hours(7 * 24),
        digest_always: false,
        site: None,
        signs: None,
        remarks: &[],
    }
}

/// `hours` after noon in New York on 28 January 2027, twelve days before publication.
pub fn moment(hours: i64) -> Timestamp {
    let noon = Timestamp::constant(1_801_155_600, 0);
    noon.checked_add(SignedDuration::from_hours(hours))
        .unwrap_or(noon)
}

/// The invented edition.
///
/// # Errors
///
/// Never: its ISBN is right, which a test holds.
pub fn edition() -> Result<Edition, crate::book::EditionIdError> {
    Ok(Edition {
        id: "9781944098117".parse()?,
        asin: None,
        title: "Salt Roads".to_owned(),
        author: Some("Jane Roe".to_owned()),
        format: Format::Paperback,
        dates: ConfiguredDates::new(PUBLICATION, None, Some(date(2026, 12, 28))),
        distribution: Distribution::IngramSpark,
        printing: None,
        amazon_switch: true,
        first_title: false,
        list_price: Some(Money::new(1699, "USD")),
        imprint: Some("Gull House".to_owned()),
    })
}

const PUBLICATION: Date = date(2027, 2, 9);

const UNAVAILABLE: &str =
    "Currently unavailable. We don't know when or if this item will be back in stock.";

/// A spell that began and was last seen so many hours from [`moment`] zero.
pub fn spell(availability: Availability, words: &str, since: i64, until: Option<i64>) -> Spell {
    let mut says = Says::new(availability, "example", words, "#availability");
    if availability == Availability::PreOrder {
        says.date = Some(PUBLICATION);
    }
    if availability.is_orderable() {
        says.price = Some(Money::new(1699, "USD"));
    }
    let last_seen = until.map_or(-4, |until| until - 6);
    Spell {
        availability,
        since: moment(since),
        last_seen: moment(last_seen.max(since)),
        until: until.map(moment),
        readings: u32::try_from((last_seen - since).max(0) / 6 + 1).unwrap_or(1),
        confirmed_at: Some(moment(since + 6)),
        says,
    }
}

/// A listing with these spells, oldest first.
pub fn listing(store: &str, address: &str, spells: Vec<Spell>) -> ListingView {
    ListingView {
        store: StoreId::new(store),
        address: address.to_owned(),
        is_by_hand: false,
        watched_since: spells.first().map(|spell| spell.since),
        last_try: Some(moment(-4)),
        last_good: Some(moment(-4)),
        good_until: None,
        gaps: Vec::new(),
        spells,
        shown: Vec::new(),
        blind: None,
    }
}

/// The invented book: unavailable at Amazon for eleven days, on pre-order elsewhere.
pub fn stuck() -> Result<View, crate::book::EditionIdError> {
    use Availability::{NotListed, OutOfStock, PreOrder};
    let edition = edition()?;
    Ok(View {
        launch: Launch::new(&edition, &[], &TimeZone::UTC),
        edition,
        listings: vec![
            listing(
                "amazon.com",
                "https://www.amazon.com/dp/1944098119",
                vec![
                    spell(NotListed, "", -27 * 24, Some(-11 * 24 - 4)),
                    spell(OutOfStock, UNAVAILABLE, -11 * 24 - 4, None),
                ],
            ),
            listing(
                "barnesandnoble.com",
                "https://www.barnesandnoble.com/w/?ean=9781944098117",
                vec![
                    spell(NotListed, "", -27 * 24, Some(-20 * 24)),
                    spell(PreOrder, "Pre-order", -20 * 24, None),
                ],
            ),
            listing(
                "bookshop.org",
                "https://bookshop.org/book/9781944098117",
                vec![
                    spell(NotListed, "", -27 * 24, Some(-13 * 24)),
                    spell(PreOrder, "Pre-order", -13 * 24, None),
                ],
            ),
        ],
        notes: Vec::new(),
        siblings: Vec::new(),
    })
}

/// What a rule finds about [`stuck`].
pub fn finding(severity: Severity) -> Finding {
    let act = severity == Severity::Act;
    let amazon = StoreId::new("amazon.com");
    let others = vec![
        StoreId::new("barnesandnoble.com"),
        StoreId::new("bookshop.org"),
    ];
    let says = Says::new(
        Availability::OutOfStock,
        "example",
        UNAVAILABLE,
        "#availability",
    );
    let since = moment(-11 * 24 - 4);
    let mut finding = Finding::new(
        FindingKind::StoresDisagree { others },
        vec![amazon.clone()],
        since,
    )
    .weighing(severity)
    .seen_on(&amazon, &says, (since, moment(-4)));
    finding.stage = Some(if act { Stage::Act } else { Stage::Normal });
    finding.usual = Some(Usual {
        sentence: "New pages settle within about ten days of their appearance.".to_owned(),
        source: "IngramSpark help, and other authors' accounts".to_owned(),
        link: Some(
            "https://help.ingramspark.com/hc/en-us/articles/5338732266509-Title-Listing-on-Websites"
                .to_owned(),
        ),
    });
    finding.act_from = Some(moment(if act { -24 } else { 5 * 24 }));
    finding.then(NextStep::Ask {
        whom: Party::IngramSpark,
        text: Some(SupportText::ResendUnavailable),
    })
}

fn telling(occasion: Occasion, finding: Finding) -> Telling {
    let again = !matches!(occasion, Occasion::Opened | Occasion::News);
    Telling {
        occasion,
        finding,
        thread: again.then(|| "1800000000000.9781944098117.stuck.0@example.com".to_owned()),
    }
}

/// News that asks for nothing.
fn news(kind: FindingKind, stores: &[&str]) -> Finding {
    let stores = stores.iter().map(|store| StoreId::new(store)).collect();
    Finding::new(kind, stores, moment(-6)).weighing(Severity::GoodNews)
}

/// [`stuck`], but Amazon takes pre-orders since last night.
fn recovered() -> Result<View, crate::book::EditionIdError> {
    let mut view = stuck()?;
    if let Some(amazon) = view.listings.first_mut() {
        if let Some(last) = amazon.spells.last_mut() {
            last.until = Some(moment(-12));
        }
        amazon.spells.push(spell(
            Availability::PreOrder,
            "Pre-order now. This title will be released on February 9, 2027.",
            -12,
            None,
        ));
    }
    Ok(view)
}

/// [`stuck`], but Bookshop.org has turned us away for two days.
fn half_blind() -> Result<View, crate::book::EditionIdError> {
    let mut view = stuck()?;
    if let Some(bookshop) = view.listings.last_mut() {
        bookshop.last_good = Some(moment(-50));
        if let Some(last) = bookshop.spells.last_mut() {
            last.last_seen = moment(-50);
        }
        bookshop.blind = Some(Blind {
            since: moment(-44),
            attempts: 8,
            alike_since: moment(-44),
            alike: 8,
            unread: Unread {
                reason: UnreadReason::Blocked,
                rule: "refusal/challenge".to_owned(),
                words: "Just a moment".to_owned(),
            },
        });
    }
    Ok(view)
}

/// Bookshop.org's page cannot be read, in `half_blind`.
pub fn blind() -> Finding {
    let unread = Unread {
        reason: UnreadReason::Blocked,
        rule: "example".to_owned(),
        words: "Please verify you are human".to_owned(),
    };
    let blindness = Blindness {
        unread,
        last_good: Some(moment(-80)),
        address: "https://bookshop.org/book/9781944098117".to_owned(),
    };
    news(FindingKind::Unread(blindness), &["bookshop.org"])
        .weighing(Severity::Watch)
        .to_do(Task::LookYourself)
}

/// Amazon's page takes orders for the first time, in `recovered`.
pub fn appeared() -> Finding {
    let address = "https://www.amazon.com/dp/1944098119".to_owned();
    let says = Says::new(
        Availability::PreOrder,
        "example",
        "Pre-order",
        "#availability",
    );
    news(FindingKind::PageAppeared { address }, &["amazon.com"])
        .seen_on(
            &StoreId::new("amazon.com"),
            &says,
            (moment(-12), moment(-4)),
        )
        .to_do(Task::Share)
}

/// What [`finding`] found is over, in `recovered`.
pub fn over() -> Finding {
    let over = FindingKind::AllClear {
        was: Box::new(finding(Severity::Act)),
        ended: moment(-12),
        now: vec![(StoreId::new("amazon.com"), Availability::PreOrder)],
        is_clear: true,
    };
    news(over, &["amazon.com"])
}

/// The hardcover of [`stuck`], of which the same is true.
pub fn hardcover() -> Result<View, crate::book::EditionIdError> {
    let mut view = stuck()?;
    view.edition.id = "9781944098230".parse()?;
    view.edition.format = Format::Hardcover;
    let addresses = [
        "https://www.amazon.com/dp/1944098232",
        "https://www.barnesandnoble.com/w/?ean=9781944098230",
        "https://bookshop.org/book/9781944098230",
    ];
    for (listing, address) in view.listings.iter_mut().zip(addresses) {
        address.clone_into(&mut listing.address);
    }
    Ok(view)
}

/// One letter of each kind.
pub fn letters() -> Result<Vec<Example>, crate::book::EditionIdError> {
    let author = author();
    let desk = desk(&author);
    let act = || finding(Severity::Act);
    let open = |finding| vec![telling(Occasion::Opened, finding)];
    let closed = Occasion::Closed {
        lasted: SignedDuration::from_hours(11 * 24 - 8),
    };
    let write = |name, about, view: View, tellings: &[Telling]| {
        let letter = compose(&desk, &[Topic::new(&view, tellings)], moment(0))?;
        Some(Example {
            name,
            about,
            letter,
        })
    };
    let late = "two things in one letter, one of them a page that cannot be read";
    let watch = open(finding(Severity::Watch));
    let reminder = [telling(Occasion::Reminded, act())];
    let escalated = [telling(Occasion::Escalated, act())];
    let several = [open(blind()), open(act())].concat();
    let appeared = [telling(Occasion::News, appeared())];
    let over = [telling(closed, over())];
    let about_an_edition = [
        write("act", "something to do", stuck()?, &open(act())),
        write("watch", "unusual, and waiting is right", stuck()?, &watch),
        write("reminder", "it still lasts", stuck()?, &reminder),
        write("escalated", "waiting is over", stuck()?, &escalated),
        write("several", late, half_blind()?, &several),
        write("good-news", "a page appeared", recovered()?, &appeared),
        write("all-clear", "it is over", recovered()?, &over),
    ];
    let told = open(act());
    let [paperback, hardcover] = [stuck()?, hardcover()?];
    let both = [&paperback, &hardcover].map(|view| Topic::new(view, &told));
    let both = compose(&desk, &both, moment(0)).map(|letter| Example {
        name: "formats",
        about: "something to do, of two formats at once",
        letter,
    });
    let mut letters: Vec<Example> = about_an_edition.into_iter().flatten().collect();
    letters.extend(both);
    letters.extend(rest::letters(&desk)?);
    Ok(letters)
}
