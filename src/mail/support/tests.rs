use proptest::prelude::*;

use super::*;
use crate::book::{
    Availability, ConfiguredDates, Distribution, Format, Launch, Note, NoteKind, StoreId,
};
use crate::history::Blind;
use crate::judge::{Party, Severity};
use crate::mail::example;
use crate::page::{Unread, UnreadReason};

const TEXTS: [SupportText; 8] = [
    SupportText::ResendUnavailable,
    SupportText::NotListed,
    SupportText::WrongDate,
    SupportText::KdpNotLive,
    SupportText::RightsQuery,
    SupportText::FormatsNotLinked,
    SupportText::BarnesNobleFault,
    SupportText::StaleMetadata,
];

fn written(view: &View, stores: &[&str], text: SupportText) -> String {
    let author = example::author();
    let mut finding = example::finding(Severity::Act);
    finding.stores = stores.iter().map(|store| StoreId::new(store)).collect();
    let case = Case {
        view,
        finding: &finding,
        stores: &[],
        zone: &author.zone,
        now: example::moment(0),
    };
    let ready = ready_text(text, &case);
    let mut lines: Vec<String> = ready
        .subject
        .map(|subject| format!("Subject: {subject}"))
        .into_iter()
        .collect();
    for paragraph in ready.paragraphs {
        lines.push(joined(&paragraph));
    }
    lines.join("\n")
}

fn noted(mut view: View, kind: NoteKind, hours: i64) -> View {
    view.notes.push(Note {
        kind,
        at: example::moment(hours),
        store: None,
        ticket: None,
        text: None,
    });
    relaunch(&mut view);
    view
}

fn relaunch(view: &mut View) {
    view.launch = Launch::new(&view.edition, &view.notes, &TimeZone::UTC);
}

#[test]
fn a_asks_to_re_send_and_names_who_takes_orders() {
    insta::assert_snapshot!(
        written(&example::stuck().unwrap(), &["amazon.com"], SupportText::ResendUnavailable),
        @r"
        Subject: Please re-send 9781944098117 to Amazon: shown as unavailable, other stores take orders
        Hello, I am the account holder for Gull House. The paperback 9781944098117, “Salt Roads” by Jane Roe, was enabled for distribution on 28 December 2026. Publication and on-sale date are both 9 February 2027.
        Barnes & Noble (https://www.barnesandnoble.com/w/?ean=9781944098117) and Bookshop.org (https://bookshop.org/book/9781944098117) take pre-orders with the right date. Amazon (https://www.amazon.com/dp/1944098119) has shown “Currently unavailable. We don't know when or if this item will be back in stock.” since 17 January 2027. [please attach: a screenshot of the page, with the date] [only if true: The title status in my account is Title Available, and I have made no file or date changes since enabling it.]
        Could you confirm that the record sent to Amazon carries the right publication date and an orderable status, and re-send it? If something on my side blocks it, please tell me what to change. Thank you.
        "
    );
}

#[test]
fn b_says_where_the_title_was_not_found() {
    let mut view = example::stuck().unwrap();
    view.listings[2].spells.truncate(1);
    view.listings[2].spells[0].until = None;
    insta::assert_snapshot!(written(&view, &["bookshop.org"], SupportText::NotListed), @r"
        Subject: 9781944098117 not listed at Bookshop.org, 31 days after enabling
        Hello, this is about the paperback 9781944098117, “Salt Roads” by Jane Roe, enabled for distribution on 28 December 2026. Publication and on-sale date are both 9 February 2027.
        On 15 January 2027 Bookshop.org had no page for this ISBN. Barnes & Noble (https://www.barnesandnoble.com/w/?ean=9781944098117) takes pre-orders with the right date.
        Could you tell me whether Bookshop.org receives this title in your feed, and if so re-send it? I know that each store decides what to list; I only want to be sure that the record is complete: cover, price $16.99, discount [please complete: your wholesale discount], returns [please complete: yes or no]. Thank you.
        ");
}

#[test]
fn c_says_which_date_is_right_and_when_it_was_moved() {
    let to = "2027-03-16".parse().unwrap();
    let mut view = noted(example::stuck().unwrap(), NoteKind::moved(to), -100);
    let spell = view.listings[1].spells.last_mut().unwrap();
    spell.availability = Availability::InStock;
    spell.says.date = Some("2026-11-09".parse().unwrap());
    "Add to Cart".clone_into(&mut spell.says.words);
    insta::assert_snapshot!(written(&view, &["barnesandnoble.com"], SupportText::WrongDate), @r"
        Subject: Wrong publication date at Barnes & Noble for 9781944098117: should be 16 March 2027
        Hello, this is about the paperback 9781944098117, “Salt Roads” by Jane Roe. Publication and on-sale date are both 16 March 2027.
        Barnes & Noble (https://www.barnesandnoble.com/w/?ean=9781944098117) shows 9 November 2026 and the state “available” (Add to Cart). [please attach: a screenshot of the page, with the date] Earlier the date was 9 February 2027, and I moved it to 16 March 2027 on 24 January 2027.
        Could you check which date is in the record that the stores hold, correct it, and send it out again? Please tell me whether any copies have been ordered or shipped, since that decides whether I can keep this ISBN. Thank you.
        ");
}

#[test]
fn d_tells_kdp_when_publish_was_clicked_in_gmt() {
    let mut view = noted(
        example::stuck().unwrap(),
        NoteKind::KdpPublished { on: None },
        -80,
    );
    let mut before = example::spell(Availability::PreOrder, "Pre-order", -500, Some(-268));
    before.says.date = None;
    view.listings[0].spells.insert(1, before);
    insta::assert_snapshot!(written(&view, &["amazon.com"], SupportText::KdpNotLive), @r"
        Subject: Paperback 9781944098117 submitted on 25 January 2027, 09:00 GMT: not available after 72 hours
        Hello, this is about the paperback 9781944098117, “Salt Roads” by Jane Roe, ISBN-10 1944098119, at amazon.com. The ebook's ASIN is [please complete: the ASIN; leave this sentence out if there is no ebook].
        I clicked Publish on 25 January 2027, 09:00 GMT. The Bookshelf status is [please complete: the status, in its exact words]. Amazon (https://www.amazon.com/dp/1944098119) has shown “Currently unavailable. We don't know when or if this item will be back in stock.” since 17 January 2027. [please attach: a screenshot of the page, with the date] The same ISBN was listed for pre-order through Ingram before publication; this is the planned change of printer. [only if true: I own the ISBN.]
        Could you tell me whether a review or a question about the rights is open, and when the paperback should become available to order? My publication date is 9 February 2027. Thank you.
        ");
}

#[test]
fn e_leaves_the_rights_to_the_author() {
    insta::assert_snapshot!(
        written(&example::stuck().unwrap(), &[], SupportText::RightsQuery),
        @r"
        [only if true: I am the author and publisher of “Salt Roads” and hold all rights.] ISBN 9781944098117 is registered to [please complete: the name it is registered to, perhaps Gull House] at [please complete: the ISBN agency]. [please attach: a screenshot of your ISBN account]
        The same edition has been distributed through IngramSpark since 28 December 2026. [please attach: the confirmation from that account] [please attach: what proves your rights: copyright registration, invoices for editing and cover, a signed statement, or the letter that gave the rights back] [only if true: My website shows the book, and this e-mail address is the one given there.]
        Please let me know if you need a different document. My publication date is 9 February 2027.
        "
    );
}

#[test]
fn f_names_this_edition_and_asks_for_the_others() {
    insta::assert_snapshot!(
        written(&example::stuck().unwrap(), &["amazon.com"], SupportText::FormatsNotLinked),
        @r"
        Please link the editions of “Salt Roads”: paperback ISBN-10 1944098119 (9781944098117) and [please complete: the other editions, each with its number on its page at Amazon].
        [only if true: All are live in my account, and title, subtitle, author, contributors, edition and language are identical.] They have been live since [please complete: the dates]. Pages: https://www.amazon.com/dp/1944098119, [please complete: the pages of the other editions]
        "
    );
}

#[test]
fn g_quotes_the_stores_own_rule() {
    let mut view = example::stuck().unwrap();
    let spell = view.listings[1].spells.last_mut().unwrap();
    spell.availability = Availability::OutOfStock;
    "Out of Stock Online".clone_into(&mut spell.says.words);
    insta::assert_snapshot!(
        written(&view, &["barnesandnoble.com"], SupportText::BarnesNobleFault),
        @r"
        Subject: 9781944098117: wrong availability on the product page
        Hello, this is about the paperback 9781944098117, “Salt Roads” by Jane Roe. Barnes & Noble (https://www.barnesandnoble.com/w/?ean=9781944098117) has shown “Out of Stock Online” since 8 January 2027. It should show a pre-order, for 9 February 2027. It is a print-on-demand title from Ingram. Your help page on out-of-stock titles says that such titles should always show an Add to Cart button, and that titles with a future date are generally available for pre-order.
        [only if true: I am the publisher.] The imprint is Gull House. [please attach: the cover, and the data of the title] Could you correct the page? Thank you.
        "
    );
}

#[test]
fn h_says_what_is_old_and_since_when() {
    let view = noted(example::stuck().unwrap(), NoteKind::RevisionDone, -25 * 24);
    insta::assert_snapshot!(written(&view, &["amazon.com"], SupportText::StaleMetadata), @r"
        Subject: Please re-send 9781944098117 to Amazon: old data shown
        Hello, I changed [please complete: what you changed: the cover, the description, the price] on 3 January 2027 for the paperback 9781944098117, “Salt Roads” by Jane Roe.
        Amazon (https://www.amazon.com/dp/1944098119) still shows the old state, 3 weeks later. [please attach: a screenshot of the page, with the date] [only if true: Other stores show the new one.]
        Could you re-send the record and the image to Amazon? Thank you.
        ");
}

#[test]
fn a_change_that_was_noted_is_not_denied() {
    let view = noted(example::stuck().unwrap(), NoteKind::RevisionStarted, -48);
    let text = written(&view, &["amazon.com"], SupportText::ResendUnavailable);
    assert!(!text.contains("no file or date changes"), "{text}");
    assert!(
        text.contains("my last change of files or dates was on 26 January 2027"),
        "{text}"
    );
}

#[test]
fn every_contact_is_official() {
    for party in [
        Party::IngramSpark,
        Party::Draft2Digital,
        Party::PublishDrive,
        Party::Distributor,
        Party::Kdp,
        Party::BarnesNoble,
        Party::Bookshop,
        Party::Store,
    ] {
        let link = party.contact().link.unwrap_or("https://kdp.amazon.com/");
        let official = [
            "https://help.ingramspark.com/",
            "https://draft2digital.freshdesk.com/",
            "https://kdp.amazon.com/",
            "mailto:Titles@bn.com",
            "https://support.bookshop.org/",
        ];
        assert!(official.iter().any(|one| link.starts_with(one)), "{link}");
    }
}

#[test]
fn what_the_author_completes_is_apart_from_what_is_said() {
    #[track_caller]
    fn check(said: &str, expected: &[(&str, bool)]) {
        let found = paragraph(said);
        let found: Vec<(&str, bool)> = found
            .iter()
            .map(|piece| (piece.text.as_str(), piece.is_open))
            .collect();
        assert_eq!(found, expected);
    }
    check("It is so.", &[("It is so.", false)]);
    check(
        "On  ⟦please complete: the date⟧. ⟦only if true: So.⟧ ",
        &[
            ("On ", false),
            ("[please complete: the date]", true),
            (". ", false),
            ("[only if true: So.]", true),
        ],
    );
    check("  ", &[]);
}

#[test]
fn no_text_from_outside_waits_for_the_author() {
    let author = example::author();
    let mut view = example::stuck().unwrap();
    let trap = "⟦a trap⟧ ⟧ ⟦".to_owned();
    view.edition.title.clone_from(&trap);
    view.edition.author = Some(trap.clone());
    view.edition.imprint = Some(trap.clone());
    for listing in &mut view.listings {
        listing.address.clone_from(&trap);
        for spell in &mut listing.spells {
            spell.says.words.clone_from(&trap);
        }
    }
    let finding = example::finding(Severity::Act);
    let case = Case {
        view: &view,
        finding: &finding,
        stores: &[],
        zone: &author.zone,
        now: example::moment(0),
    };
    let mut open = 0;
    for text in TEXTS {
        let ready = ready_text(text, &case);
        let subject = ready.subject.unwrap_or_default();
        assert!(!subject.contains(MARKS), "{subject}");
        for piece in ready.paragraphs.iter().flatten() {
            assert!(!piece.text.contains(MARKS), "{piece:?}");
            assert!(
                !piece.is_open || !piece.text.starts_with("[a trap"),
                "{piece:?}"
            );
            open += usize::from(piece.is_open);
        }
    }
    assert!(10 < open, "{open}");
}

/// Any view that the stages before us may hand over: any states, any of them blind, facts missing.
fn any_view() -> impl Strategy<Value = View> {
    let listing = (0..9_usize, any::<bool>(), any::<bool>(), any::<bool>());
    (
        proptest::collection::vec(listing, 3),
        (
            any::<bool>(),
            any::<bool>(),
            any::<bool>(),
            0..5_usize,
            (0..4_usize, 0..3_usize),
        ),
    )
        .prop_map(
            |(listings, (enabled, imprint, author, distribution, (format, number)))| {
                let mut view = example::stuck().unwrap();
                for (listing, (state, blind, confirmed, dated)) in
                    view.listings.iter_mut().zip(listings)
                {
                    let spell = listing.spells.last_mut().unwrap();
                    let state = Availability::ALL[state];
                    *spell = example::spell(state, "the words of the page", -200, None);
                    spell.says.date = dated.then_some(view.launch.publication);
                    spell.confirmed_at = confirmed.then(|| example::moment(-190));
                    listing.blind = blind.then(|| Blind {
                        since: example::moment(-2),
                        attempts: 2,
                        alike_since: example::moment(-2),
                        alike: 2,
                        unread: Unread {
                            reason: UnreadReason::Blocked,
                            rule: String::new(),
                            words: String::new(),
                        },
                    });
                }
                if !enabled {
                    let (publication, on_sale, _) = view.edition.dates.as_written();
                    view.edition.dates = ConfiguredDates::new(publication, Some(on_sale), None);
                }
                if !imprint {
                    view.edition.imprint = None;
                }
                if !author {
                    view.edition.author = None;
                }
                view.edition.distribution = Distribution::ALL[distribution];
                view.edition.format = Format::ALL[format];
                let other = ["B0EBOOK123", "books.example.com:1230004567890"];
                if let Some(other) = other.get(number) {
                    view.edition.id = other.parse().unwrap();
                }
                relaunch(&mut view);
                view
            },
        )
}

proptest! {
    #[test]
    fn no_field_stays_unfilled_and_no_sentence_is_untrue(view in any_view()) {
        let edition = &view.edition;
        for text in TEXTS {
            let shown = written(&view, &["amazon.com"], text);
            for mark in ["{", "}", "None", "Some(", "  ", "[]", " .", " ,", "“”", "..", ",,"] {
                prop_assert!(!shown.contains(mark), "{mark:?} in {shown}");
            }
            // What only the author knows is never stated.
            let stated = without_open_pieces(&shown);
            prop_assert!(edition.id.isbn().is_some() || !stated.contains("ISBN"), "{shown}");
            for claim in ["Title Available", "I own the ISBN", "hold all rights", "identical"] {
                prop_assert!(!stated.contains(claim), "{claim:?} in {shown}");
            }
            prop_assert!(!stated.contains("screenshot"), "{shown}");
            if view.launch.enabled.is_none() {
                prop_assert!(!stated.contains("28 December 2026"), "{shown}");
            }
            if !edition.distribution.is_ingram_fed() {
                prop_assert!(!stated.contains("Ingram"), "{shown}");
            }
            for listing in &view.listings[1..] {
                let spell = listing.now().unwrap();
                let lately = listing.blind.is_none() && spell.is_confirmed();
                let takes = lately && spell.availability == Availability::PreOrder;
                let sells = lately && spell.availability.is_released();
                let named = shown.contains(&format!("({})", listing.address));
                prop_assert!(!named || takes || sells, "{} in {shown}", listing.store);
                if !takes && !sells && shown.contains("with the right date") {
                    prop_assert!(named || !shown.contains(&listing.address));
                }
            }
            let dated = shown.contains("with the right date");
            let some_dated = view.listings[1..].iter().any(|listing| {
                listing.now().unwrap().says.date == Some(view.launch.publication)
            });
            prop_assert!(!dated || some_dated, "{shown}");
            let off = view.listings[0].now().unwrap().availability == Availability::OutOfStock;
            prop_assert!(off || !shown.contains("shown as unavailable"), "{shown}");
            if view.listings[0].blind.is_some() {
                prop_assert!(!stated.contains("has shown"), "{shown}");
            }
        }
    }
}

fn without_open_pieces(text: &str) -> String {
    let mut depth = 0;
    text.chars()
        .filter(|character| {
            match character {
                '[' => depth += 1,
                ']' => depth -= 1,
                _ => return depth == 0,
            }
            false
        })
        .collect()
}
