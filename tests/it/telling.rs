//! Who is told, from the text of a configuration to the rows of the outbox: whole rounds over ten
//! days on a virtual clock.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use pubwatch::book::StoreId;
use pubwatch::clock::Clock;
use pubwatch::config::check;
use pubwatch::config::telling::{HookKind, HookPlan};
use pubwatch::demo::pages::{Book, Offer, missing, product};
use pubwatch::demo::street::{Asked, Shown, Street};
use pubwatch::mail::sqlite::{Entry, EntryState, Show, enqueue, entries};
use pubwatch::mail::{Letter, Route};
use pubwatch::round::{House, Stop, Which, round};
use pubwatch::service::context::Context;
use pubwatch::service::deliver::deliver;
use pubwatch::setup::data::open_database;

use crate::delivery::letter;
use crate::hook_server::{Act, HookServer};

const TITLES: [(&str, &str); 3] = [
    ("Salt Roads", "9781944098117"),
    ("Fog Roads", "9780132350884"),
    ("Tide Roads", "9781944098223"),
];

/// A Tuesday, so that one Monday morning lies within ten days.
fn start() -> Timestamp {
    "2027-01-05T12:00:00Z".parse().unwrap()
}

fn book(index: usize) -> Book {
    Book {
        title: TITLES[index].0.to_owned(),
        author: "Jane Roe".to_owned(),
        isbn: TITLES[index].1.parse().unwrap(),
        publication_date: jiff::civil::date(2027, 5, 11),
        price: "$16.99".to_owned(),
        publisher: "Lantern Hill Press".to_owned(),
    }
}

/// Salt Roads appears at Amazon on the second day; Fog Roads vanishes from sale at Barnes & Noble
/// on the third; nothing happens to Tide Roads.
fn play(asked: &Asked, days: i64) -> Shown {
    if asked.path == "/robots.txt" {
        return Shown::text("User-agent: *\nDisallow: /cart\n");
    }
    let found = (0..TITLES.len()).find(|index| {
        let book = book(*index);
        asked.path.contains(book.isbn.as_str()) || asked.path.contains(&book.asin())
    });
    let Some(index) = found else {
        return Shown::page(404, missing());
    };
    let is_amazon = asked.store.as_str() == "amazon.com";
    let offer = match (index, is_amazon) {
        (0, true) if days < 2 => return Shown::page(404, missing()),
        (1, false) if days >= 3 => Offer::OutOfStock,
        _ => Offer::PreOrder,
    };
    Shown::page(200, product(asked.store.family(), &book(index), offer))
}

struct World {
    _folder: tempfile::TempDir,
    house: Arc<House>,
    street: Street,
}

impl World {
    async fn new(telling: &str) -> Self {
        let clock = Clock::starting_at(start());
        let stores = ["amazon.com", "barnesandnoble.com"].map(StoreId::new);
        let watch = clock.clone();
        let keeper = move |asked: &Asked| {
            let hours = watch.now().duration_since(start()).as_hours();
            play(asked, hours / 24)
        };
        let street = Street::serve(clock.clone(), &stores, Arc::new(keeper))
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut text = format!(
            "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n\
             [data]\nfolder = {:?}\n",
            folder.path()
        );
        for (store, base) in street.shops() {
            write!(text, "[[store]]\nname = \"{store}\"\nbase = \"{base}\"\n").unwrap();
        }
        text.push_str(telling);
        let (plan, _) = check(&text, "pubwatch.toml", jiff::civil::date(2027, 1, 5))
            .unwrap_or_else(|problems| panic!("{problems:#?}"));
        let db = open_database(&plan.data).unwrap();
        let context = Context {
            plan,
            config: folder.path().join("pubwatch.toml"),
            db,
            clock,
            moved: Vec::new(),
        };
        Self {
            house: Arc::new(context.into_house().unwrap()),
            _folder: folder,
            street,
        }
    }

    /// Goes round every six hours, and sends what is due.
    async fn live(&self, days: i64) {
        let (steps, _heard) = tokio::sync::mpsc::unbounded_channel();
        let stop = Stop::default();
        let begun = self.house.clock.now();
        for look in 0..days * 4 {
            self.house
                .clock
                .turn_to(begun + SignedDuration::from_hours(look * 6));
            round(&self.house, Which::All, &stop, &steps).await.unwrap();
            deliver(&self.house, &stop).await.unwrap();
        }
    }

    /// Sends what is due so many hours after the start, and says what became of the newest letter.
    async fn send(&self, hours: i64) -> EntryState {
        let now = start() + SignedDuration::from_hours(hours);
        self.house.clock.turn_to(now);
        deliver(&self.house, &Stop::default()).await.unwrap();
        self.entries().pop().unwrap().state
    }

    /// Queues a post for the webhook `mine`.
    fn queue_post(&self, name: &str) {
        let post = Letter {
            route: Route::Hook(HookKind::Webhook, "mine".to_owned()),
            ..letter(name, "mine")
        };
        let now = self.house.clock.now();
        let is_new = self.house.db.write(|tx| enqueue(tx, &post, now));
        assert!(is_new.unwrap());
    }

    /// Puts these hooks into the configuration, and gives those that were there.
    fn with_hooks(&mut self, hooks: Vec<HookPlan>) -> Vec<HookPlan> {
        let house = Arc::get_mut(&mut self.house).unwrap();
        std::mem::replace(&mut house.plan.hooks, hooks)
    }

    fn entries(&self) -> Vec<Entry> {
        self.house.db.read(|c| entries(c, Show::All)).unwrap()
    }
}

fn edition(index: usize, more: &str) -> String {
    let (title, isbn) = TITLES[index];
    format!(
        "[[edition]]\ntitle = \"{title}\"\nisbn = \"{isbn}\"\npublication_date = 2027-05-11\n\
         distribution_enabled = 2027-01-04\nstores = [\"amazon.com\", \"barnesandnoble.com\"]\n\
         {more}\n"
    )
}

/// "mail to jane@example.com: good, Salt Roads".
fn line(entry: &Entry) -> String {
    let letter = &entry.letter;
    let title = TITLES
        .iter()
        .find(|(_, isbn)| {
            letter
                .edition
                .as_ref()
                .is_some_and(|one| one.as_str() == *isbn)
        })
        .map_or(letter.kind.name(), |(title, _)| title);
    let severity = letter.severity.map_or("-", |severity| severity.name());
    format!(
        "{} to {}: {severity}, {title}",
        letter.route.name(),
        letter.to
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn each_hears_what_they_asked_for_and_each_client_has_one_digest_in_ten_days() {
    let telling = [
        edition(0, "imprint = \"One\""),
        edition(1, "imprint = \"Two\""),
        edition(2, ""),
        "[[client]]\nname = \"One\"\nnotify = [\"one@example.com\", { to = \"press@example.com\", \
         severity = \"act\" }]\n[[client]]\nname = \"Two\"\nnotify = [\"jane@example.com\", { to = \
         \"two@example.com\", name = \"Tia\", severity = \"watch\" }]\n[[ntfy]]\nname = \
         \"phone\"\naddress = \"http://127.0.0.1:1/topic\"\nseverity = \"watch\"\n"
            .to_owned(),
    ]
    .concat();
    let world = World::new(&telling).await;
    world.live(10).await;
    let entries = world.entries();
    let mut found: Vec<String> = entries.iter().map(line).collect();
    found.sort();
    assert_eq!(
        found,
        [
            "mail to jane@example.com: -, digest",
            "mail to jane@example.com: -, digest",
            "mail to jane@example.com: watch, Fog Roads",
            "mail to one@example.com: -, digest",
            "mail to one@example.com: good, Salt Roads",
            "mail to two@example.com: -, digest",
            "mail to two@example.com: watch, Fog Roads",
            "ntfy:phone to ntfy:phone: watch, Fog Roads",
        ]
    );
    hold_digests(&entries);
    // The mail went into the folder; the phone's server is not there, and waits for itself.
    for entry in &entries {
        let is_mail = entry.letter.route.name() == "mail";
        let is_out = matches!(entry.state, EntryState::Delivered(_));
        assert_eq!(is_mail, is_out, "{}", line(entry));
    }
}

/// Each client's digest is of its own editions, and comes on Monday.
fn hold_digests(entries: &[Entry]) {
    let of = |to: &str, kind: &str| -> Vec<&Entry> {
        entries
            .iter()
            .filter(|entry| entry.letter.to == to && entry.letter.kind.name() == kind)
            .collect()
    };
    let [one] = of("one@example.com", "digest")[..] else {
        panic!("one digest for one client");
    };
    assert!(one.letter.subject.starts_with("Digest for One: "));
    assert_eq!(
        one.letter.written.strftime("%a").to_string(),
        "Mon",
        "the digest comes on Monday"
    );
    assert!(one.letter.text.contains("Salt Roads"));
    assert!(!one.letter.text.contains("Fog Roads") && !one.letter.text.contains("Tide Roads"));
    let subjects: Vec<&str> = of("jane@example.com", "digest")
        .iter()
        .map(|entry| entry.letter.subject.as_str())
        .collect();
    assert!(subjects[0].starts_with("Digest for Two: "), "{subjects:?}");
    assert!(subjects[1].starts_with("Digest: "), "{subjects:?}");
    assert!(
        of("two@example.com", "digest")[0]
            .letter
            .text
            .starts_with("Hello Tia,\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_word_about_it_everything_goes_to_the_author() {
    let world = World::new(&(edition(0, "") + &edition(1, "imprint = \"Two\""))).await;
    world.live(10).await;
    let entries = world.entries();
    assert!(
        entries
            .iter()
            .all(|one| one.letter.to == "jane@example.com")
    );
    let digests = entries
        .iter()
        .filter(|one| one.letter.kind.name() == "digest");
    assert_eq!(digests.count(), 1);
    assert!(
        entries
            .iter()
            .all(|one| !one.letter.text.contains("also wrote"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn when_no_store_answers_the_author_and_every_program_hear_of_it_once() {
    let hook = "[[webhook]]\nname = \"mine\"\naddress = \"http://127.0.0.1:1/hook\"\n";
    let mut world = World::new(&(edition(2, "") + hook)).await;
    world.live(1).await;
    // The shops close.
    let shops = std::mem::replace(
        &mut world.street,
        Street::serve(
            world.house.clock.clone(),
            &[],
            Arc::new(|_: &Asked| Shown::page(404, "")),
        )
        .await
        .unwrap(),
    );
    shops.stop().await;
    world.live(3).await;
    let found: Vec<String> = world
        .entries()
        .iter()
        .filter(|entry| entry.letter.kind.name() == "notice")
        .map(line)
        .collect();
    assert_eq!(
        found,
        [
            "mail to jane@example.com: watch, notice",
            "webhook:mine to webhook:mine: watch, notice",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_know_a_webhook_yet_leaves_its_letters_to_those_who_do() {
    let server = HookServer::start(vec![Act::Answer(200, "ok")]).await;
    let hook = format!(
        "[[webhook]]\nname = \"mine\"\naddress = \"{}/hook\"\n",
        server.base
    );
    let mut world = World::new(&(edition(2, "") + &hook)).await;
    // A turn that began before the webhook came into the configuration.
    let new = world.with_hooks(Vec::new());
    world.queue_post("one");
    assert_eq!(world.send(3).await, EntryState::Waiting);
    // The next turn.
    world.with_hooks(new);
    assert!(matches!(world.send(4).await, EntryState::Delivered(_)));
    assert_eq!(server.seen().len(), 1);
    // It is taken out again, for good.
    world.with_hooks(Vec::new());
    world.queue_post("two");
    assert_eq!(world.send(5).await, EntryState::Waiting);
    assert!(matches!(world.send(29).await, EntryState::Failed(_)));
    let said = world.entries().pop().unwrap().last_error.unwrap();
    assert_eq!(said, "the configuration no longer has `webhook:mine`");
    assert_eq!(server.seen().len(), 1);
}
