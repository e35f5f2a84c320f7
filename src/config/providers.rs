//! How letters go out through the usual mail providers: data for `pubwatch init` and the page of the
//! first start.

use serde::Deserialize;

const FILE: &str = include_str!("../../config/mail-providers.toml");

/// A mail provider.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// What it is called.
    pub name: String,
    /// How it writes itself.
    pub label: String,
    /// Where app passwords are made there, if it has such a page.
    pub page: Option<String>,
    /// The domains of its addresses.
    pub domains: Vec<String>,
    /// Its outgoing server; empty when it cannot be used, see `refused`.
    #[serde(default)]
    pub host: String,
    /// The port there.
    #[serde(default)]
    pub port: u16,
    /// As in the configuration: `starttls`, `tls` or `none`.
    #[serde(default)]
    pub encryption: String,
    /// It wants a user name and a password.
    #[serde(default = "yes")]
    pub login: bool,
    /// What the author has to do there first; may be empty.
    #[serde(default)]
    pub note: String,
    /// Why it cannot be used, when it cannot.
    pub refused: Option<String>,
}

#[derive(Deserialize)]
struct File {
    provider: Vec<Provider>,
}

fn yes() -> bool {
    true
}

/// Every known provider, in the order of the file.
pub fn all() -> Vec<Provider> {
    // The file is part of the program, and a test reads it.
    toml::from_str::<File>(FILE).map_or_else(|_| Vec::new(), |file| file.provider)
}

/// The provider of that name.
pub fn named(name: &str) -> Option<Provider> {
    all()
        .into_iter()
        .find(|provider| provider.name.eq_ignore_ascii_case(name.trim()))
}

/// The provider of an address, by its domain.
pub fn of_address(email: &str) -> Option<Provider> {
    let (_, domain) = email.trim().rsplit_once('@')?;
    all().into_iter().find(|provider| {
        provider
            .domains
            .iter()
            .any(|known| known.eq_ignore_ascii_case(domain))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_provider_can_be_used_or_says_why_not() {
        let providers = toml::from_str::<File>(FILE).unwrap().provider;
        assert!(providers.len() > 10);
        for provider in &providers {
            if provider.refused.is_some() {
                assert!(provider.host.is_empty(), "{provider:?}");
                continue;
            }
            let default = match provider.encryption.as_str() {
                "starttls" => 587,
                "tls" => 465,
                "none" => 25,
                other => panic!("{other}"),
            };
            assert_eq!(provider.port, default, "{provider:?}");
            assert_eq!(
                provider.encryption == "none",
                provider.host == "localhost",
                "{provider:?}"
            );
        }
    }

    #[test]
    fn a_provider_is_found_by_its_name_and_by_an_address() {
        assert_eq!(named(" Gmail").unwrap().host, "smtp.gmail.com");
        assert_eq!(of_address("jane.roe@GoogleMail.com").unwrap().name, "gmail");
        assert_eq!(of_address("jane@example.com"), None);
        assert_eq!(named("pigeon"), None);
    }
}
