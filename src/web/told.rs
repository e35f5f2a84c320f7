//! A finding on the page of its edition: what it is, what is usual, the next step, and the text to
//! send.

use super::edition::Material;
use super::frame::Place;
use super::markup::coded;
use super::verdict::class_of;
use crate::alerts::lifecycle::key;
use crate::alerts::mute;
use crate::book::StoreId;
use crate::book::launch::midnight_gmt;
use crate::judge::text::said;
use crate::judge::{Finding, FindingKind};
use crate::mail::controls;
use crate::mail::support::{self, Case};
use crate::text::words;

/// A finding as its box shows it.
pub(super) struct Told {
    pub(super) class: &'static str,
    pub(super) severity: &'static str,
    pub(super) headline: String,
    /// The day of what is to be done, in the author's clock and in KDP's.
    pub(super) day: Option<String>,
    /// As markup.
    pub(super) verdict: String,
    pub(super) usual: Option<(String, String, Option<String>)>,
    /// As markup.
    pub(super) next_step: String,
    pub(super) contact: Option<(&'static str, &'static str, Option<&'static str>)>,
    pub(super) subject: Option<String>,
    pub(super) text: Vec<String>,
    /// The cause that a mute of it names.
    pub(super) cause: String,
    /// The store that a mute of it names; empty when it is about several.
    pub(super) store: String,
    /// The stores that it is about, by which an answer finds it.
    pub(super) stores: String,
    /// What the author may answer: name and words.
    pub(super) answers: Vec<(&'static str, String)>,
    /// Until when it is muted.
    pub(super) muted: Option<String>,
}

impl Told {
    /// About how many lines its text takes in a field, where a browser does not fit the field to it.
    pub(super) fn rows(&self) -> usize {
        let lines = self.text.iter().map(|one| one.chars().count() / 64 + 2);
        lines.sum()
    }
}

/// What a box says of a finding.
pub(super) fn told(place: &Place<'_>, material: &Material<'_>, finding: &Finding) -> Told {
    let case = Case {
        view: material.view,
        finding,
        stores: place.stores,
        zone: place.zone,
        now: place.now,
    };
    let alert = key(&material.view.edition.id, finding);
    let muted = mute::until(&alert, &material.view.notes, place.zone, place.now);
    let ready = finding
        .support_text()
        .map(|text| support::ready_text(text, &case));
    let said = said(
        finding,
        &place.voice(&material.view.edition, &material.view.launch),
    );
    Told {
        store: match alert.stores.as_slice() {
            [one] => one.to_string(),
            _ => String::new(),
        },
        cause: alert.cause.name().to_owned(),
        stores: names(&alert.stores),
        answers: controls::answers(material.view, finding)
            .into_iter()
            .map(|(answer, whom)| (answer.name(), answer.words(whom)))
            .collect(),
        muted: muted.map(words::date),
        class: class_of(finding.severity),
        day: day(place, finding),
        severity: finding.severity.word(),
        headline: words::one_line(&said.headline),
        verdict: coded(&said.verdict),
        usual: finding.usual.as_ref().map(|usual| {
            let link = usual.link.clone().filter(|link| link.starts_with("http"));
            (usual.sentence.clone(), usual.source.clone(), link)
        }),
        next_step: coded(&said.step),
        contact: finding
            .ask()
            .map(crate::judge::Party::contact)
            .map(|contact| (contact.who, contact.how, contact.link)),
        subject: ready.as_ref().and_then(|ready| ready.subject.clone()),
        text: ready
            .map(|ready| {
                ready
                    .paragraphs
                    .iter()
                    .map(|one| support::joined(one))
                    .collect()
            })
            .unwrap_or_default(),
    }
}

/// The names of stores, as a form has them.
pub(super) fn names(stores: &[StoreId]) -> String {
    let names: Vec<&str> = stores.iter().map(StoreId::as_str).collect();
    names.join(",")
}

/// The day of a reminder. What is to be done at KDP goes by its clock, which is GMT, so both clocks
/// are said where they differ.
fn day(place: &Place<'_>, finding: &Finding) -> Option<String> {
    let FindingKind::Milestone { day, .. } = &finding.kind else {
        return None;
    };
    let begins = midnight_gmt(*day);
    let is_gmt = begins.to_zoned(place.zone.clone()).offset().is_zero();
    let begins = words::moment(begins, place.zone);
    Some(if is_gmt {
        format!("{}.", words::date(*day))
    } else {
        format!(
            "{}; at KDP, whose clock is GMT, it begins {begins}.",
            words::date(*day)
        )
    })
}
