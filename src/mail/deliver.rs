//! Draining the outbox.

use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::files;
use super::message::{Parcel, Sender, message};
use super::outbox::{Fate, Meaning, Stage, Trouble, explain, fate, masked, meaning, pause_for};
use super::smtp::{Sent, SmtpServer};
use super::sqlite::{
    self, Claimant, Claimed, Failure, claim_next, hold_back, is_claimed_by, mark_delivered,
    mark_failed, release_all,
};
use super::{Letter, Route, http, ntfy, webhook};
use crate::clock::Clock;
use crate::config::command::secret;
use crate::config::files::SecretError;
use crate::config::plan::{Plan, Secret};
use crate::config::telling::{HookKind, HookPlan};
use crate::db::Db;
use crate::files::LARGEST_TEXT;
use crate::text::words::one_line;

/// How long a claim lasts: longer than the longest dialogue with a mail server, so that a letter
/// that is being sent is never taken by another process.
const CLAIM: SignedDuration = SignedDuration::from_mins(15);

/// Where letters go.
#[derive(Debug, Clone)]
pub enum Transport {
    /// To a mail server.
    Smtp {
        /// The server.
        server: SmtpServer,
        /// Who sends.
        sender: Sender,
    },
    /// To a program elsewhere.
    Hook(Hook),
    /// Into a folder, as `.eml` files.
    Folder {
        /// The folder; it is created when the first letter comes.
        folder: PathBuf,
        /// Who sends.
        sender: Sender,
    },
}

/// A program elsewhere, and how to reach it.
#[derive(Debug, Clone)]
pub struct Hook {
    /// What it speaks.
    pub kind: HookKind,
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: Secret,
    /// The key of the signature, or the access token.
    pub secret: Option<Secret>,
    /// A shorter limit than the usual one, for tests.
    pub patience: Option<Duration>,
}

/// Why no letter can be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The password cannot be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The file with the certificates cannot be read.
    #[error("cannot read `ca_file` {}: {cause}; correct it under [mail]", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
}

impl Transport {
    /// The way to a webhook or to ntfy. The secret is read now, so that one corrected meanwhile
    /// counts.
    ///
    /// # Errors
    ///
    /// [`TransportError`] when the secret cannot be read. What waits stays queued.
    pub async fn from_hook(plan: &HookPlan) -> Result<Self, TransportError> {
        let key = match &plan.secret {
            Some(source) => Some(secret(source).await?),
            None => None,
        };
        Ok(Self::Hook(Hook {
            kind: plan.kind,
            name: plan.name.clone(),
            address: plan.address.clone(),
            secret: key,
            patience: None,
        }))
    }

    /// The way whose letters it takes.
    pub fn route(&self) -> Route {
        match self {
            Self::Smtp { .. } | Self::Folder { .. } => Route::Mail,
            Self::Hook(hook) => Route::Hook(hook.kind, hook.name.clone()),
        }
    }

    fn most_per_hour(&self) -> Option<u32> {
        match self {
            Self::Smtp { server, .. } => server.most_per_hour,
            Self::Folder { .. } | Self::Hook(_) => None,
        }
    }

    /// The way that the configuration names: its mail server, or the folder `letters` in the data
    /// folder. The password is read now, so that one corrected meanwhile counts.
    ///
    /// # Errors
    ///
    /// [`TransportError`] when the password or the certificates cannot be read. Letters stay
    /// queued.
    pub async fn from_plan(plan: &Plan) -> Result<Self, TransportError> {
        let Some(mail) = &plan.mail else {
            return Ok(Self::Folder {
                folder: plan.data.join("letters"),
                sender: Sender::of(plan),
            });
        };
        let login = match (&mail.username, &mail.password) {
            (Some(user), Some(source)) => Some((user.clone(), secret(source).await?)),
            (_, _) => None,
        };
        let certificates = match &mail.ca_file {
            Some(path) => Some(crate::files::read(path, LARGEST_TEXT).map_err(|cause| {
                TransportError::Certificates {
                    path: path.clone(),
                    cause,
                }
            })?),
            None => None,
        };
        Ok(Self::Smtp {
            server: SmtpServer {
                host: mail.host.clone(),
                port: mail.port,
                encryption: mail.encryption,
                login,
                certificates,
                hello: mail.hello.clone(),
                most_per_hour: Some(mail.most_per_hour),
                patience: None,
            },
            sender: Sender::of(plan),
        })
    }
}

/// What a drain did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Letters that were delivered.
    #[serde(rename = "letters_delivered")]
    pub delivered: u32,
    /// Letters that will be tried again.
    #[serde(rename = "letters_waiting")]
    pub later: u32,
    /// Letters that were refused or given up, and are kept.
    #[serde(rename = "letters_refused")]
    pub refused: u32,
    /// What is wrong with the server, if something is; the drain ended there.
    pub trouble: Option<String>,
    /// The server does not take our user name or password.
    #[serde(skip)]
    pub login_refused: bool,
}

/// Whether [`deliver_due`] would find a letter to try on that way now.
///
/// One is due, nobody else is sending it, and the hour has not had its letters: no secret is fetched for
/// nothing, since the program that knows it may ask a person.
///
/// # Errors
///
/// SQLite's.
pub fn is_due(db: &Db, plan: &Plan, route: &Route, now: Timestamp) -> rusqlite::Result<bool> {
    let most_per_hour = match route {
        Route::Mail => plan.mail.as_ref().map(|mail| mail.most_per_hour),
        Route::Hook(..) => None,
    };
    let until = end_of_claim(now);
    db.read(|connection| sqlite::is_due(connection, route, most_per_hour, now, until))
}

/// When a claim that begins now runs out.
fn end_of_claim(now: Timestamp) -> Timestamp {
    now.checked_add(CLAIM).unwrap_or(Timestamp::MAX)
}

/// Delivers what is due on the way of `transport`, one letter after the other.
///
/// It ends when nothing is due, `limit` letters were tried, the hour has had its letters, the server
/// is in trouble, or `stopped` says so.
///
/// 1. Claim the letter that has been due longest, until 15 minutes from now.
/// 2. Send it.
/// 3. Delivered: record it, and if the server had been in trouble, make the others due again.
/// 4. Not delivered: record why and when to try again; where the server is to blame, put all the
///    others off as well, and end.
///
/// Any number of processes may do this at once: a letter is claimed by one of them. A kill between
/// 2 and 3 is the one case in which a letter is sent twice, then under the same Message-ID; into a
/// folder it is written twice under the same name, which is once.
///
/// # Errors
///
/// SQLite's. What the mail server does is no error here, but in the summary.
pub async fn deliver_due(
    db: &Db,
    transport: &Transport,
    clock: &Clock,
    limit: u32,
    stopped: impl Fn() -> bool,
) -> rusqlite::Result<Summary> {
    let who = format!("{}-{:016x}", std::process::id(), fastrand::u64(..));
    let route = transport.route();
    let claimant = Claimant {
        who: &who,
        route: &route,
        most_per_hour: transport.most_per_hour(),
    };
    let mut summary = Summary::default();
    for _ in 0..limit {
        if stopped() {
            break;
        }
        let now = clock.now();
        let until = end_of_claim(now);
        let Some(claimed) = db.write(|tx| claim_next(tx, claimant, now, until))? else {
            break;
        };
        let is_ours = async || has_claim(db, claimed.id, &who, clock.now());
        match transport.send(&claimed, now, is_ours).await {
            Ok(None) => {
                tracing::warn!(letter.id = claimed.id, "another process took it over");
            }
            Ok(Some(proof)) => {
                let now = clock.now();
                db.write(|tx| -> rusqlite::Result<()> {
                    mark_delivered(tx, claimed.id, proof.words(), now)?;
                    release_all(tx, &route, now)?;
                    Ok(())
                })?;
                summary.delivered += 1;
                tracing::info!(
                    letter.id = claimed.id,
                    letter.message_id = claimed.letter.message_id,
                    letter.to = masked(&claimed.letter.to),
                    letter.tries = claimed.tries,
                    "letter delivered"
                );
                if let Proof::Taken(sent) = proof {
                    sent.goodbye().await;
                }
            }
            Err(trouble) => {
                let about_the_server = settle(db, &who, &claimed, &trouble, clock.now())?;
                summary.count(&trouble, about_the_server);
                if about_the_server {
                    break;
                }
            }
        }
    }
    Ok(summary)
}

/// Whether a letter is still ours to send; it is not where nobody can tell.
fn has_claim(db: &Db, id: i64, who: &str, now: Timestamp) -> bool {
    let claim = db.read(|connection| is_claimed_by(connection, id, who, now));
    claim.unwrap_or_else(|error| {
        tracing::error!(%error, "whose letter it is cannot be read; it is not sent");
        false
    })
}

/// Records a failed try. Says whether the server is to blame, so that all letters wait.
fn settle(
    db: &Db,
    who: &str,
    claimed: &Claimed,
    trouble: &Trouble,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let meaning = meaning(trouble);
    let again = match fate(trouble, claimed.tries, claimed.queued, now) {
        Fate::Again(then) => Some(then),
        Fate::Kept => None,
    };
    let failure = Failure {
        meaning,
        words: explain(trouble),
        again,
    };
    tracing::warn!(
        letter.id = claimed.id,
        letter.message_id = claimed.letter.message_id,
        letter.to = masked(&claimed.letter.to),
        letter.tries = claimed.tries,
        letter.again = again.map(tracing::field::display),
        "letter not delivered: {}",
        failure.words
    );
    let about_the_server = meaning.is_about_the_server();
    db.write(|tx| -> rusqlite::Result<()> {
        mark_failed(tx, claimed.id, who, &failure, now)?;
        if about_the_server {
            let pause = pause_for(trouble, claimed.tries, now);
            let until = now.checked_add(pause).unwrap_or(Timestamp::MAX);
            hold_back(tx, &claimed.letter.route, meaning, until)?;
        }
        Ok(())
    })?;
    Ok(about_the_server)
}

/// What shows that a letter is delivered.
enum Proof {
    /// The server took it.
    Taken(Box<Sent>),
    /// It is in this file.
    Written(String),
    /// The other side answered this.
    Posted(String),
}

impl Proof {
    fn words(&self) -> &str {
        match self {
            Self::Taken(sent) => &sent.answer,
            Self::Written(words) | Self::Posted(words) => words,
        }
    }
}

impl Summary {
    /// Adds what another drain did.
    pub fn add(&mut self, other: Self) {
        self.delivered += other.delivered;
        self.later += other.later;
        self.refused += other.refused;
        self.login_refused |= other.login_refused;
        self.trouble = self.trouble.take().or(other.trouble);
    }

    fn count(&mut self, trouble: &Trouble, about_the_server: bool) {
        match meaning(trouble) {
            Meaning::Refused => self.refused += 1,
            Meaning::LoginRefused => {
                self.login_refused = true;
                self.later += 1;
            }
            Meaning::LetterLater | Meaning::Unknown | Meaning::ServerLater => self.later += 1,
        }
        if about_the_server {
            self.trouble = Some(explain(trouble));
        }
    }
}

impl Transport {
    /// Sends one letter; `None`: another process took it over meanwhile.
    async fn send(
        &self,
        claimed: &Claimed,
        now: Timestamp,
        is_ours: impl AsyncFnOnce() -> bool,
    ) -> Result<Option<Proof>, Trouble> {
        let letter = &claimed.letter;
        match self {
            Self::Hook(hook) => {
                let posted = hook.send(letter, now).await;
                posted.map(|answer| Some(Proof::Posted(answer)))
            }
            Self::Smtp { server, sender } => {
                let sent = server.send(&parcel(letter, sender)?, is_ours).await?;
                Ok(sent.map(Box::new).map(Proof::Taken))
            }
            Self::Folder { folder, sender } => {
                files::write(folder, letter, &parcel(letter, sender)?)
                    .map(|path| Some(Proof::Written(path.display().to_string())))
                    .map_err(|error| Trouble {
                        // A full disk or a missing right is there for every letter.
                        stage: Stage::Connect,
                        code: None,
                        retry_after: None,
                        words: format!("cannot write to {}: {error}", folder.display()),
                    })
            }
        }
    }
}

fn parcel(letter: &Letter, sender: &Sender) -> Result<Parcel, Trouble> {
    message(letter, sender).map_err(|error| broken(&one_line(&error.to_string())))
}

impl Hook {
    /// Posts a letter whose text is the body, and gives the answer in a few words.
    ///
    /// # Errors
    ///
    /// [`Trouble`] says what was answered, or what the line did.
    pub async fn send(&self, letter: &Letter, now: Timestamp) -> Result<String, Trouble> {
        http::post(&self.post(letter, now)?).await
    }

    /// What is secret beside the headers: the key, and a topic of ntfy's, which travels in the body.
    fn secrets(&self) -> Vec<Secret> {
        let topic = ntfy::root_and_topic(&self.address).map(|(_, topic)| Secret::new(topic));
        let topic = topic.filter(|_| self.kind == HookKind::Ntfy);
        self.secret.iter().cloned().chain(topic).collect()
    }

    /// What is posted: the body as it was queued, under the letter's id.
    fn post(&self, letter: &Letter, now: Timestamp) -> Result<http::Post, Trouble> {
        let (address, headers, body) = match self.kind {
            HookKind::Webhook => {
                let body = letter.text.clone();
                let headers =
                    webhook::headers(&letter.message_id, &body, self.secret.as_ref(), now);
                (self.address.clone(), headers, body)
            }
            HookKind::Ntfy => {
                let (root, topic) = ntfy::root_and_topic(&self.address)
                    .ok_or_else(|| broken("the address names no topic"))?;
                let body = ntfy::with_topic(&letter.text, &topic)
                    .ok_or_else(|| broken("what is queued is no message for ntfy"))?;
                let bearer = |token: &Secret| Secret::new(format!("Bearer {}", token.reveal()));
                let token = self.secret.as_ref().map(bearer);
                let headers = token.map(|token| ("authorization", token));
                (root, headers.into_iter().collect(), body)
            }
        };
        Ok(http::Post {
            address,
            headers,
            body,
            secrets: self.secrets(),
            patience: self.patience,
        })
    }
}

fn broken(words: &str) -> Trouble {
    Trouble {
        stage: Stage::Prepare,
        code: None,
        retry_after: None,
        words: words.to_owned(),
    }
}
