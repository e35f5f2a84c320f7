//! Settings of the letters: when the digest comes, and who gets letters about which book. Pure.

use toml_edit::{Array, InlineTable, Value};

use super::book_form::Wrong;
use super::new_book::{at, whole};
use super::sections::{Asked, Section, Topic, field, needed};
use crate::config::edit::named::{NewValue, Place, with_values, written};
use crate::config::edit::{Change, with_changes};
use crate::config::plan::EditionPlan;
use crate::config::telling::{ClientPlan, Least, Recipient};
use crate::config::{Loaded, Plan};
use crate::setup::answers::email_address;
use crate::text::words;

/// The page.
pub const LETTERS: Topic = Topic {
    path: "/settings/letters",
    title: "Letters",
    lead: "Who gets letters, and when the digest comes. A letter goes out when there is something to \
           tell. Letters are paused under Settings, or on the page of a book.",
    sections,
};

/// Before the name of a client, where the address says what the page is about.
const CLIENT: &str = "client ";

/// The days of a digest, as cron has them.
const DAYS: [(&str, &str); 8] = [
    ("MON", "Monday"),
    ("TUE", "Tuesday"),
    ("WED", "Wednesday"),
    ("THU", "Thursday"),
    ("FRI", "Friday"),
    ("SAT", "Saturday"),
    ("SUN", "Sunday"),
    ("*", "every day"),
];

/// What the recipients can be chosen for: all books, each client, each book; with what the address says.
pub fn subjects(plan: &Plan) -> Vec<(String, String)> {
    let clients = plan.clients.iter();
    let clients = clients.map(|one| (format!("{CLIENT}{}", one.name), words::one_line(&one.name)));
    let editions = plan.editions.iter().map(|one| {
        let edition = &one.edition;
        let said = format!(
            "{}, {}",
            words::one_line(&edition.title),
            edition.format.name()
        );
        (edition.id.to_string(), said)
    });
    let all = (String::new(), "all books".to_owned());
    std::iter::once(all)
        .chain(clients)
        .chain(editions)
        .collect()
}

fn sections(loaded: &Loaded, about: &str) -> Vec<Section> {
    let reminder = field(
        ("remind_every", "text"),
        "Remind me at most every",
        "As 3 days. Empty: 7 days.",
        written(&loaded.text, &Place::Top("judging"), "remind_every").unwrap_or_default(),
    );
    let reminders = Section::of_keys(
        "judging",
        "Reminders",
        "A trouble that lasts is recalled now and then.",
        vec![reminder],
    );
    let mut all = recipients(&loaded.plan, about);
    all.extend([digest(loaded), reminders]);
    all
}

/// The day and the time of a digest that comes once a week, or once a day.
fn day_and_time(pattern: &str) -> Option<(&'static str, String)> {
    let parts: Vec<&str> = pattern.split_whitespace().collect();
    let [minute, hour, "*", "*", day] = parts[..] else {
        return None;
    };
    // Sunday is 0 or 7, and Monday 1.
    let number = day.parse::<usize>().ok().filter(|number| *number <= 7);
    let is_it = |(place, (name, _)): &(usize, (&str, &str))| {
        name.eq_ignore_ascii_case(day) || number.is_some_and(|number| (number + 6) % 7 == *place)
    };
    let (_, (day, _)) = DAYS.into_iter().enumerate().find(is_it)?;
    let (minute, hour): (u8, u8) = (minute.parse().ok()?, hour.parse().ok()?);
    Some((day, format!("{hour:02}:{minute:02}")))
}

/// When the digest comes, as "Monday, 08:00"; a pattern that is no such thing as it is.
pub(super) fn digest_at(pattern: &str) -> String {
    day_and_time(pattern).map_or_else(
        || pattern.to_owned(),
        |(name, time)| {
            let day = DAYS.iter().find(|(day, _)| *day == name);
            format!("{}, {time}", day.map_or(name, |(_, label)| *label))
        },
    )
}

fn digest(loaded: &Loaded) -> Section {
    let schedule = &loaded.plan.schedule;
    let pattern = written(&loaded.text, &Place::Top("schedule"), "digest")
        .unwrap_or_else(|| schedule.digest.pattern.to_string());
    let (day, time) = day_and_time(&pattern).unwrap_or_default();
    let kept = day
        .is_empty()
        .then(|| ("", format!("as the file has it: {pattern}")));
    let days = DAYS.map(|(name, label)| (name, label.to_owned()));
    let mut when = field(
        ("digest_when", "select"),
        "It comes",
        "When all is as it should be, one comes in four weeks all the same, as a sign of life.",
        if schedule.digest_always {
            "always"
        } else {
            "needed"
        },
    );
    when.choices = vec![
        ("needed", "when there is something to tell".to_owned()),
        ("always", "always".to_owned()),
    ];
    let mut on = field(("day", "select"), "On", "", day);
    on.choices = kept.into_iter().chain(days).collect();
    let at = field(("time", "time"), "At", "In your time zone.", time);
    Section {
        id: "digest".to_owned(),
        write: digest_written,
        ..Section::of_keys("schedule", "Digest", "", vec![when, on, at])
    }
}

fn digest_written(asked: &Asked<'_>) -> Result<String, Wrong> {
    let mut values: Vec<NewValue> = Vec::new();
    if let Some(when) = asked.changed("digest_when") {
        values.push(("digest_when", Some(Value::from(when))));
    }
    if asked.changed("day").is_some() || asked.changed("time").is_some() {
        let day = asked.text("day");
        if !DAYS.iter().any(|(name, _)| *name == day) {
            return Err(at("day")("choose a day".to_owned()));
        }
        let time: jiff::civil::Time = asked
            .text("time")
            .parse()
            .map_err(|_| at("time")("write hours and minutes, as 08:00".to_owned()))?;
        let digest = format!("{} {} * * {day}", time.minute(), time.hour());
        values.push(("digest", Some(Value::from(digest))));
    }
    asked.with(&values)
}

/// Where recipients are written.
#[derive(Clone, Copy)]
enum Holder<'a> {
    Edition(&'a EditionPlan),
    Client(&'a ClientPlan),
}

impl Holder<'_> {
    /// Who gets the letters.
    fn recipients(self, plan: &Plan) -> Vec<Recipient> {
        match self {
            Holder::Edition(edition) => plan.recipients(edition),
            Holder::Client(client) if client.notify.is_empty() => vec![plan.author_as_recipient()],
            Holder::Client(client) => client.notify.clone(),
        }
    }

    /// Who gets them where nobody is named.
    fn usual(self, plan: &Plan) -> Vec<Recipient> {
        let client = match self {
            Holder::Edition(edition) => plan.client_of(edition),
            Holder::Client(_) => None,
        };
        let of_client = client.map(|client| Holder::Client(client).recipients(plan));
        of_client.unwrap_or_else(|| vec![plan.author_as_recipient()])
    }

    /// The text with other recipients.
    fn with(self, text: &str, recipients: Option<&[Recipient]>) -> Result<String, Wrong> {
        let value = recipients.map(|all| Value::Array(all.iter().map(value).collect::<Array>()));
        let changed = match self {
            Holder::Edition(edition) => {
                let change = value.map_or_else(
                    || Change::unset("notify").only_where_written(),
                    |value| Change::to("notify", value),
                );
                with_changes(text, &edition.edition.id, &[change])
            }
            Holder::Client(client) => {
                let place = Place::Named("client", client.name.clone());
                with_values(text, &place, &[("notify", value)])
            }
        };
        changed.map_err(|why| whole(&why))
    }
}

/// What recipients are written at: of all books at the client's, where they name nobody themselves.
fn holders<'a>(plan: &'a Plan, about: &str) -> Vec<Holder<'a>> {
    if let Some(name) = about.strip_prefix(CLIENT) {
        let clients = plan.clients.iter().filter(|client| client.name == name);
        return clients.map(Holder::Client).collect();
    }
    if !about.is_empty() {
        let editions = plan.editions.iter();
        let editions = editions.filter(|one| one.edition.id.as_str() == about);
        return editions.map(Holder::Edition).collect();
    }
    let clients = plan.clients.iter().map(Holder::Client);
    let is_own = |one: &&EditionPlan| !one.notify.is_empty() || plan.client_of(one).is_none();
    let editions = plan.editions.iter().filter(is_own).map(Holder::Edition);
    clients.chain(editions).collect()
}

fn value(recipient: &Recipient) -> Value {
    if recipient.name.is_none() && recipient.least == Least::Good {
        return Value::from(recipient.address.as_str());
    }
    let mut table = InlineTable::new();
    table.insert("to", Value::from(recipient.address.as_str()));
    if let Some(name) = &recipient.name {
        table.insert("name", Value::from(name.as_str()));
    }
    if recipient.least != Least::Good {
        table.insert("severity", Value::from(least_name(recipient.least)));
    }
    Value::InlineTable(table)
}

/// A weight as the configuration has it.
pub(super) fn least_name(least: Least) -> &'static str {
    let mut names = Least::NAMES.into_iter();
    names
        .find(|(_, one)| *one == least)
        .map_or("good", |(name, _)| name)
}

/// The choices of a weight.
pub(super) fn least_choices() -> Vec<(&'static str, String)> {
    let label = |least| match least {
        Least::Good => "everything",
        Least::Watch => "what to watch and what to act on",
        Least::Act => "only what to act on",
    };
    let choices = Least::NAMES.map(|(name, least)| (name, label(least).to_owned()));
    choices.into()
}

fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn recipients(plan: &Plan, about: &str) -> Vec<Section> {
    let lists: Vec<Vec<Recipient>> = holders(plan, about)
        .into_iter()
        .map(|holder| holder.recipients(plan))
        .collect();
    if lists.is_empty() {
        return Vec::new();
    }
    let mut all: Vec<(&Recipient, usize)> = Vec::new();
    for recipient in lists.iter().flatten() {
        match all
            .iter_mut()
            .find(|(one, _)| is_same(&one.address, &recipient.address))
        {
            Some((_, count)) => *count += 1,
            None => all.push((recipient, 1)),
        }
    }
    let alone = matches!(&all[..], [(only, _)] if is_same(&only.address, &plan.author.email));
    let known = all.into_iter().map(|(recipient, count)| {
        let lead = match count {
            _ if alone => "You, unless somebody else is named.".to_owned(),
            count if count < lists.len() => format!("Of {} out of {}.", count, lists.len()),
            _ => String::new(),
        };
        Section {
            id: format!("to {}", recipient.address),
            heading: recipient.address.clone(),
            lead,
            remove: (!alone).then_some("Remove"),
            ..recipient_form(recipient)
        }
    });
    let nobody = Recipient {
        name: None,
        address: String::new(),
        least: Least::Good,
    };
    let new = Section {
        id: "to".to_owned(),
        heading: "Somebody else".to_owned(),
        thing: "to",
        lead: "They get a copy, without what only you can do.".to_owned(),
        button: "Add",
        ..recipient_form(&nobody)
    };
    known.chain([new]).collect()
}

fn recipient_form(recipient: &Recipient) -> Section {
    let mut to = field(
        ("to", "email"),
        "Email address",
        "",
        recipient.address.as_str(),
    );
    to.is_required = true;
    let name = recipient.name.clone().unwrap_or_default();
    let mut severity = field(
        ("severity", "select"),
        "Gets",
        "Who heard of a trouble hears of its end as well.",
        least_name(recipient.least),
    );
    severity.choices = least_choices();
    let name = field(("name", "text"), "Name in the greeting", "", name);
    Section {
        write: recipient_written,
        ..Section::of_keys("notify", "", "", vec![to, name, severity])
    }
}

/// Adds, changes or takes out one recipient wherever it is, and leaves the others.
fn recipient_written(asked: &Asked<'_>) -> Result<String, Wrong> {
    let plan = &asked.loaded.plan;
    let before = asked.section.id.strip_prefix("to ");
    let mut severities = Least::NAMES.into_iter();
    let recipient = Recipient {
        name: Some(asked.text("name").to_owned()).filter(|name| !name.is_empty()),
        address: needed(asked, "to")
            .and_then(|to| email_address(to).map_err(at("to")))
            .or_else(|wrong| {
                if asked.is_removal {
                    Ok(String::new())
                } else {
                    Err(wrong)
                }
            })?,
        least: severities
            .find(|(name, _)| *name == asked.text("severity"))
            .map_or(Least::Good, |(_, least)| least),
    };
    let mut text = asked.loaded.text.clone();
    for holder in holders(plan, asked.text("about")) {
        let mut list = holder.recipients(plan);
        let is_here =
            |one: &Recipient| before.is_some_and(|address| is_same(&one.address, address));
        let place = list.iter().position(is_here);
        let mut others = list.iter().enumerate().filter(|(at, _)| Some(*at) != place);
        if !asked.is_removal && others.any(|(_, one)| is_same(&one.address, &recipient.address)) {
            if before.is_none() {
                continue;
            }
            return Err(twice(&recipient));
        }
        match (place, before) {
            (Some(place), _) if asked.is_removal => drop(list.remove(place)),
            (Some(place), _) => list[place] = recipient.clone(),
            (None, Some(_)) => continue,
            (None, None) => list.push(recipient.clone()),
        }
        let is_usual = list.is_empty() || list == holder.usual(plan);
        text = holder.with(&text, (!is_usual).then_some(&list[..]))?;
    }
    if before.is_none() && text == asked.loaded.text {
        return Err(twice(&recipient));
    }
    Ok(text)
}

fn twice(recipient: &Recipient) -> Wrong {
    at("to")(format!("{} gets these letters already", recipient.address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_and_the_time_of_a_digest_are_read_and_other_patterns_are_left() {
        let read = |pattern| day_and_time(pattern).map(|(day, time)| format!("{day} {time}"));
        assert_eq!(read("0 8 * * MON").as_deref(), Some("MON 08:00"));
        assert_eq!(read("30 18 * * fri").as_deref(), Some("FRI 18:30"));
        assert_eq!(read("0 8 * * 1").as_deref(), Some("MON 08:00"));
        assert_eq!(read("0 8 * * 0"), read("0 8 * * 7"));
        assert_eq!(read("0 8 * * 7").as_deref(), Some("SUN 08:00"));
        assert_eq!(read("5 0 * * *").as_deref(), Some("* 00:05"));
        for other in [
            "0 8 1 * *",
            "0 8 * * 8",
            "0 8 * * MON-FRI",
            "*/5 8 * * MON",
            "0 8 * * MON#1",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
