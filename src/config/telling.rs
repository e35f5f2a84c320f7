//! Who is told, of what, and by which way, in the checked form.

use strum::{EnumString, IntoStaticStr};

use super::plan::{EditionPlan, Plan, Secret, SecretSource};

/// From which weight on somebody is told. What was told of as more is also told of as over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Least {
    /// Everything.
    Good,
    /// What to watch and what to act on; no good news, no launch reports.
    Watch,
    /// Only what to act on; no digest either.
    Act,
}

impl Least {
    /// The names in the configuration, which are those of the severities.
    pub const NAMES: [(&'static str, Self); 3] = [
        ("good", Self::Good),
        ("watch", Self::Watch),
        ("act", Self::Act),
    ];
}

/// Somebody who gets letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The name in the greeting, when it is known.
    pub name: Option<String>,
    /// The mail address.
    pub address: String,
    /// From which weight on.
    pub least: Least,
}

/// A client of an imprint: the editions that name it have recipients and a digest of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientPlan {
    /// The name, as the editions' `imprint` has it.
    pub name: String,
    /// Who gets the letters about its editions that name nobody themselves; empty: the author.
    pub notify: Vec<Recipient>,
}

/// A program elsewhere that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookPlan {
    /// What it speaks.
    pub kind: HookKind,
    /// Its name, by which the outbox knows it.
    pub name: String,
    /// Its address. Whoever knows it can write there, so it prints as stars.
    pub address: Secret,
    /// Where the key of the signature or the access token is kept.
    pub secret: Option<SecretSource>,
    /// From which weight on.
    pub least: Least,
}

/// What a program elsewhere speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum HookKind {
    /// Our own JSON, signed.
    Webhook,
    /// ntfy.
    Ntfy,
}

impl HookKind {
    /// The name of its table in the configuration, and in the outbox.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Who is told after every round that we are alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PingPlan {
    /// The address. Whoever knows it can feign that we are alive, so it prints as stars.
    pub address: Secret,
    /// The address after a failure, where it does not follow from the first one.
    pub failure: Option<Secret>,
}

impl Plan {
    /// The client that an edition belongs to; `None` for the author's own.
    pub fn client_of(&self, edition: &EditionPlan) -> Option<&ClientPlan> {
        let imprint = edition.edition.imprint.as_deref()?;
        self.clients.iter().find(|client| client.name == imprint)
    }

    /// Who gets the letters about an edition: those it names, otherwise those its client names,
    /// otherwise the author. Never empty.
    pub fn recipients(&self, edition: &EditionPlan) -> Vec<Recipient> {
        let of_client = self.client_of(edition).map(|client| &client.notify);
        [Some(&edition.notify), of_client]
            .into_iter()
            .flatten()
            .find(|some| !some.is_empty())
            .cloned()
            .unwrap_or_else(|| vec![self.author_as_recipient()])
    }

    /// The author, who is told everything.
    pub fn author_as_recipient(&self) -> Recipient {
        Recipient {
            name: Some(self.author.name.clone()),
            address: self.author.email.clone(),
            least: Least::Good,
        }
    }
}
