//! What a timeline shows, element by element.

use jiff::SignedDuration;

use super::*;
use crate::web::testing::{at, view};

const UTC: TimeZone = TimeZone::UTC;

fn picture<'a>(view: &'a View, zone: &'a TimeZone, layout: Layout) -> Picture<'a> {
    Picture {
        view,
        grounds: &[],
        prices: &[],
        letters: &[],
        range: (at("2027-01-01T00:00:00Z"), at("2027-01-31T00:00:00Z")),
        now: at("2027-01-25T12:00:00Z"),
        zone,
        stores: &[],
        layout,
    }
}

/// The bars of a drawing: class, place and width.
fn bars(drawing: &str) -> Vec<String> {
    let document = scraper::Html::parse_fragment(drawing);
    let bar = scraper::Selector::parse("a.bar").unwrap();
    let body = scraper::Selector::parse("rect.body").unwrap();
    document
        .select(&bar)
        .map(|group| {
            let rect = group.select(&body).next().unwrap();
            format!(
                "{} {}+{}",
                group.attr("class").unwrap(),
                rect.attr("x").unwrap(),
                rect.attr("width").unwrap()
            )
        })
        .collect()
}

/// Every element is closed in the right order, and every attribute is quoted.
#[track_caller]
fn check_well_formed(markup: &str) {
    let mut open = Vec::new();
    let mut rest = markup;
    while let Some(begin) = rest.find('<') {
        let end = begin + rest[begin..].find('>').expect("a tag is not closed");
        let tag = &rest[begin + 1..end];
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{tag}");
        } else if !tag.ends_with('/') && !tag.starts_with('?') {
            open.push(tag.split_whitespace().next().unwrap());
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{open:?}");
}

const TWO_STORES: &str = "\
amazon.com not_listed 2027-01-02T00:00:00Z .. 2027-01-10T00:00:00Z
amazon.com pre_order 2027-01-10T00:00:00Z .. 2027-01-20T00:00:00Z
amazon.com out_of_stock 2027-01-20T00:00:00Z ..
bookshop.org pre_order 2027-01-05T00:00:00Z ..";

#[test]
fn a_bar_lasts_from_its_first_reading_to_the_next_ones_or_to_now() {
    let view = view("2027-01-28", TWO_STORES);
    let drawing = draw(&picture(&view, &UTC, Layout::Wide));
    assert_eq!(
        bars(&drawing),
        [
            "bar s-m 177+235",
            "bar s-p 413+293",
            "bar s-o 707+161",
            "bar s-p 265+603",
        ]
    );
    check_well_formed(&drawing);
}

#[test]
fn a_lane_that_cannot_be_read_any_more_ends_in_hatching() {
    let mut view = view("2027-01-28", TWO_STORES);
    crate::web::testing::go_blind(&mut view.listings[0], "2027-01-22T00:00:00Z");
    let drawing = draw(&picture(&view, &UTC, Layout::Wide));
    assert_eq!(bars(&drawing)[2..4], ["bar s-o 707+58", "bar gap 766+103"]);
}

#[test]
fn times_in_which_it_was_not_seen_are_drawn_over_the_bars() {
    let mut view = view("2027-01-28", TWO_STORES);
    view.listings[1].gaps = vec![(at("2027-01-08T00:00:00Z"), at("2027-01-11T00:00:00Z"))];
    let drawing = draw(&picture(&view, &UTC, Layout::Wide));
    assert_eq!(bars(&drawing)[4], "bar gap 354+88");
    assert!(
        drawing.contains("Not seen: nobody could read the page. Fri 8 January, 00:00 UTC to Mon 11 January, 00:00 UTC, 3 days")
    );
}

#[test]
fn a_moment_is_still_to_be_seen_and_is_marked_as_seen_once() {
    let mut view = view(
        "2027-01-28",
        "amazon.com in_stock 2027-01-10T00:00:00Z .. 2027-01-10T00:10:00Z
         amazon.com pre_order 2027-01-10T00:10:00Z ..",
    );
    view.listings[0].spells[0].confirmed_at = None;
    let drawing = draw(&picture(&view, &UTC, Layout::Wide));
    assert_eq!(bars(&drawing)[0], "bar s-a once 413+3");
    assert!(drawing.contains("not confirmed by a second look"));
}

#[test]
fn what_lies_outside_the_range_is_not_drawn() {
    let view = view(
        "2027-01-28",
        "amazon.com in_stock 2026-10-10T00:00:00Z .. 2026-12-10T00:00:00Z
         amazon.com pre_order 2026-12-10T00:00:00Z ..",
    );
    let drawing = draw(&picture(&view, &UTC, Layout::Wide));
    assert_eq!(bars(&drawing), ["bar s-p 148+720"]);
}

#[test]
fn words_full_of_markup_stay_words() {
    let mut view = view("2027-01-28", TWO_STORES);
    view.edition.title = "</title><script>alert(1)</script>\u{202e}\"'&".to_owned();
    view.listings[0].spells[2].says.words =
        format!("<img src=x onerror=alert(1)>{}", "x".repeat(300));
    for layout in [Layout::Wide, Layout::Narrow] {
        let drawing = standalone(&picture(&view, &UTC, layout));
        check_well_formed(&drawing);
        assert!(!drawing.contains("<script"), "{drawing}");
        assert!(!drawing.contains("<img"), "{drawing}");
        assert!(!drawing.contains('\u{202e}'));
    }
}

#[test]
fn windows_notes_and_letters_have_their_places() {
    let mut view = view("2027-01-28", TWO_STORES);
    view.notes.push(crate::book::Note {
        kind: crate::book::NoteKind::AskedIngramSpark,
        at: at("2027-01-21T10:00:00Z"),
        store: None,
        ticket: Some("4711".to_owned()),
        text: None,
    });
    let grounds = [vec![Ground {
        stretch: Stretch {
            from: at("2027-01-21T00:00:00Z"),
            to: at("2027-01-25T12:00:00Z"),
        },
        severity: Severity::Act,
    }]];
    let letters = [Mark {
        at: at("2027-01-21T08:00:00Z"),
        words: "Act: Salt Roads".to_owned(),
        class: "act",
        link: Some("/letters/7".to_owned()),
    }];
    let zone = TimeZone::UTC;
    let mut picture = picture(&view, &zone, Layout::Wide);
    picture.grounds = &grounds;
    picture.letters = &letters;
    let drawing = draw(&picture);
    check_well_formed(&drawing);
    assert!(
        drawing.contains(r#"<rect class="ground-act" x="737" "#),
        "{drawing}"
    );
    assert!(
        drawing.contains("You told us: asked IngramSpark, request 4711"),
        "{drawing}"
    );
    assert!(
        drawing.contains(r#"class="mark letter act" href="/letters/7" interestfor="#),
        "{drawing}"
    );
    assert!(drawing.contains("Letter: Act: Salt Roads. Thu 21 January 2027, 08:00 UTC"));
    assert!(drawing.contains("Publishes Thu 28 January 2027"));
}

#[test]
fn a_file_that_stands_alone_needs_nothing_from_outside() {
    let view = view("2027-01-28", TWO_STORES);
    let file = standalone(&picture(&view, &UTC, Layout::Wide));
    check_well_formed(&file);
    let outside = file.replace("http://www.w3.org/2000/svg", "");
    assert!(!outside.contains("http"), "{outside}");
}

#[test]
fn an_edition_that_was_never_looked_at_has_empty_lanes() {
    let view = view("2027-01-28", "");
    let drawing = draw(&picture(&view, &UTC, Layout::Narrow));
    assert!(bars(&drawing).is_empty());
    check_well_formed(&drawing);
}

#[test]
fn the_range_that_tells_most_is_the_launch_and_later_the_year() {
    let view = view("2027-01-28", TWO_STORES);
    let fitting = |now: &str| Range::fitting(&view, at(now)).name();
    assert_eq!(fitting("2027-01-25T00:00:00Z"), "launch");
    assert_eq!(fitting("2027-06-25T00:00:00Z"), "year");
    for range in Range::ALL {
        assert_eq!(Range::from_name(range.name()), Some(range));
        let (from, to) = range.bounds(&view, at("2020-01-01T00:00:00Z"), &UTC);
        assert!(to.duration_since(from) >= SignedDuration::from_hours(24));
    }
}

#[test]
fn a_price_is_a_line_below_its_bar_that_steps_where_it_changes_and_ends_where_none_is_named() {
    let view = view(
        "2027-02-09",
        "amazon.com in_stock 2027-01-01T00:00:00Z\nbookshop.org in_stock 2027-01-01T00:00:00Z",
    );
    let asked = |day: &str, minor: Option<i64>| {
        let price = minor.map(|minor| Money::new(minor, "USD"));
        (at(&format!("2027-01-{day}T00:00:00Z")), price)
    };
    let mut view = view;
    for listing in &mut view.listings {
        listing.last_good = Some(at("2027-01-25T00:00:00Z"));
    }
    let prices = [
        vec![
            asked("01", Some(1699)),
            asked("10", Some(1299)),
            asked("20", None),
        ],
        vec![asked("01", Some(1499))],
    ];
    let zone = UTC;
    let plain = picture(&view, &zone, Layout::Wide);
    let asking = Picture {
        prices: &prices,
        ..plain.clone()
    };
    assert!(!draw(&plain).contains("class=\"price\""));
    let drawing = draw(&asking);
    check_well_formed(&drawing);
    let lines: Vec<&str> = drawing
        .split("class=\"price\" d=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    // The most on top, the least at the bottom of the room below the bar, what is between them there.
    assert_eq!(lines, ["M148 89H413V103H707", "M148 156H855"]);
    assert!(drawing.contains(">$14.99</text>"), "{drawing}");
    assert!(!drawing.contains(">$12.99</text>"), "{drawing}");
}
