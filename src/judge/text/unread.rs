//! What is told of pages that cannot be read, and of those that only the author looks at.

use super::{Facts, Voice};
use crate::judge::finding::Finding;
use crate::judge::kind::{Blindness, UnreadStore};
use crate::judge::other_ways;
use crate::judge::rules::by_hand::{HandDay, HandLook};
use crate::page::refused;
use crate::say::{say, yes};
use crate::text::words;

pub(super) fn page(told: Facts, finding: &Finding, blind: &Blindness, voice: &Voice<'_>) -> Facts {
    let why =
        refused::explain(&blind.unread).unwrap_or_else(|| blind.unread.reason.words().to_owned());
    let store = finding.stores.first();
    let command = store
        .zip(voice.edition)
        .map(|(store, (edition, _))| other_ways::command(&edition.id, store));
    let another = store.map(|store| other_ways::another(&[(store, blind.unread.reason)]));
    told.so("ever", blind.last_good.is_some())
        .with("last_good", blind.last_good.map(|good| voice.day(good)))
        .with("since_moment", voice.moment(finding.since))
        .with("why", why)
        .with("address", blind.address.clone())
        .with("command", command)
        .with("another", another)
}

pub(super) fn stores(told: Facts, each: &[UnreadStore], voice: &Voice<'_>) -> Facts {
    let pages: usize = each.iter().map(|store| store.pages).sum();
    let ways: Vec<_> = each.iter().map(|one| (&one.store, one.reason)).collect();
    let each: Vec<String> = each
        .iter()
        .map(|one| {
            say!(
                "stores-unread-each",
                store = voice.label(&one.store),
                pages = one.pages,
                all = one.of,
                since = voice.day(one.since),
                why = one.reason.words(),
                ever = yes(!one.is_never_read)
            )
        })
        .collect();
    told.with("pages", pages)
        .with("each", each.join(" "))
        .with("another", other_ways::another(&ways))
}

/// "Look at Amazon’s page yourself", and each page with its link.
pub(super) fn by_hand(told: Facts, look: &HandLook, voice: &Voice<'_>) -> Facts {
    let days = voice.edition.map(|(_, launch)| {
        let today = voice.now.to_zoned(voice.zone.clone()).date();
        i64::from((look.date.unwrap_or(launch.publication) - today).get_days())
    });
    let occasion = match (look.day, days) {
        (HandDay::Week, _) | (_, None) => "week",
        (_, Some(0)) => "today",
        (_, Some(1..)) => "ahead",
        (_, Some(-2..)) => "just-out",
        (_, Some(_)) => "out",
    };
    let pages = look.addresses.iter().zip(&look.last_looks);
    let pages: Vec<String> = pages
        .map(|((store, address), last)| {
            say!(
                "look-by-hand-page",
                store = voice.label(store),
                address = address.as_str(),
                ever = yes(last.is_some()),
                last = last.map(|last| voice.day(last))
            )
        })
        .collect();
    let edition = voice.edition.map(|(edition, _)| &edition.id);
    let commands = look.addresses.iter().filter_map(|(store, _)| {
        edition.map(|edition| format!("`{}`", other_ways::command(edition, store)))
    });
    let commands: Vec<String> = commands.collect();
    let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
    told.with("occasion", occasion)
        .with("days", days.unwrap_or(0).abs())
        .with("pages", pages.join(", "))
        .with("pages_many", pages.len())
        .with("commands", words::list(&commands))
        .with("edition", edition.map(ToString::to_string))
}
