//! A failed request in one sentence, with a next step.

use std::error::Error;
use std::io;
use std::time::Duration;

use super::address::PrivateAddress;

/// A request that gave no answer.
#[derive(Debug)]
pub enum Failure {
    /// The HTTP client's error, of which only the chain of causes matters.
    Client(Box<dyn Error + Send + Sync>),
    /// The whole answer was not there within the deadline.
    Deadline(Duration),
    /// The decoded body is longer than the cap, in bytes.
    TooLarge(usize),
    /// What came is no page, or cannot be unpacked: why, in words with a next step.
    NoPage(String),
    /// Another way in than our own request gave no page.
    Way {
        /// It is our own or the user's doing, and says nothing about the store.
        ours: bool,
        /// Why, in a whole sentence with a next step.
        words: String,
    },
}

/// Parts of messages of the layers below, and what they mean to a person. The first that is found
/// in the chain of causes speaks.
const MEANINGS: &[(&str, &str)] = &[
    (
        "unknownissuer",
        "its certificate is signed by nobody this machine trusts; if a proxy or a virus scanner \
         opens your traffic, install its certificate on this machine",
    ),
    (
        "certificate expired",
        "its certificate has expired; check this machine's date, otherwise wait for the store to \
         renew it",
    ),
    (
        "notvalidforname",
        "its certificate is for another name; check the address in the configuration",
    ),
    (
        "not valid for name",
        "its certificate is for another name; check the address in the configuration",
    ),
    (
        "invalid peer certificate",
        "its certificate is not valid; check this machine's date and the address in the \
         configuration",
    ),
    (
        "corrupt message",
        "it does not speak TLS there; check whether the address should begin with http://",
    ),
    (
        "handshake",
        "no protected connection could be agreed on; try the address in a browser",
    ),
    (
        "too many redirects",
        "it redirects in a circle; open the address in a browser and use the one where it ends",
    ),
    (
        "message head is too large",
        "its answer has too many headers; nothing can be done here, it is the host's to mend",
    ),
    (
        "invalid http",
        "its answer is not HTTP; check the address in the configuration",
    ),
    (
        "invalid content-length",
        "its answer contradicts itself about its length; it will be asked again",
    ),
    (
        "message completed",
        "it broke off in the middle of its answer; it will be asked again",
    ),
    (
        "end of file before message length reached",
        "it broke off in the middle of its answer; it will be asked again",
    ),
    (
        "unexpected end of file",
        "it broke off in the middle of its answer; it will be asked again",
    ),
    (
        "tunnel",
        "the proxy would not connect to it; check HTTPS_PROXY and the proxy's rules",
    ),
];

/// What happened and what to do next, in one sentence without a full stop.
pub fn explain(host: &str, failure: &Failure) -> String {
    let what = match failure {
        Failure::Deadline(limit) => format!(
            "it did not answer in full within {}; it will be asked again",
            seconds(*limit)
        ),
        Failure::TooLarge(cap) => format!(
            "its page is longer than {} kB, so it was not read to its end; if the address is \
             right, raise `body_cap`",
            cap / 1000
        ),
        Failure::Client(error) => of_chain(error.as_ref()),
        Failure::NoPage(words) | Failure::Way { words, .. } => words.clone(),
    };
    format!("{host}: {what}")
}

fn of_chain(error: &(dyn Error + 'static)) -> String {
    let chain: Vec<&(dyn Error + 'static)> =
        std::iter::successors(Some(error), |error| (*error).source()).collect();
    if let Some(private) = chain
        .iter()
        .find_map(|error| error.downcast_ref::<PrivateAddress>())
    {
        return format!(
            "{private}, where no store lives; a captive portal or a filter may stand in between: \
             open any page in a browser and sign in to the network"
        );
    }
    let words: Vec<String> = chain.iter().map(ToString::to_string).collect();
    let all = words.join(": ").to_ascii_lowercase();
    if all.contains("dns error") || all.contains("failed to lookup address") {
        return "its name could not be resolved; check the network connection, and the spelling \
                of the address"
            .to_owned();
    }
    if let Some((_, meaning)) = MEANINGS.iter().find(|(part, _)| all.contains(part)) {
        return (*meaning).to_owned();
    }
    let meaning = chain
        .iter()
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .find_map(|error| KINDS.iter().find(|(kind, _)| *kind == error.kind()));
    match meaning {
        Some((_, meaning)) => (*meaning).to_owned(),
        // The innermost cause says most; the outer ones only repeat the address.
        None => format!(
            "the request failed ({}); it will be asked again",
            words.last().map_or("no cause given", String::as_str)
        ),
    }
}

/// Kinds of failure of the operating system's, and what they mean to a person.
const KINDS: &[(io::ErrorKind, &str)] = &[
    (
        io::ErrorKind::ConnectionRefused,
        "it refused the connection; the host may be down: it will be asked again",
    ),
    (io::ErrorKind::ConnectionReset, CUT),
    (io::ErrorKind::ConnectionAborted, CUT),
    (io::ErrorKind::BrokenPipe, CUT),
    (
        io::ErrorKind::UnexpectedEof,
        "it broke off in the middle of its answer; it will be asked again",
    ),
    (
        io::ErrorKind::TimedOut,
        "the connection timed out; it will be asked again",
    ),
    (io::ErrorKind::HostUnreachable, NO_WAY),
    (io::ErrorKind::NetworkUnreachable, NO_WAY),
    (io::ErrorKind::NetworkDown, NO_WAY),
    (
        io::ErrorKind::PermissionDenied,
        "this machine does not allow the connection; check its firewall",
    ),
];

const CUT: &str = "it cut the connection; some stores do that to programs they do not want: it \
                   will be asked again";
const NO_WAY: &str = "there is no way to it; check the network connection";

fn seconds(limit: Duration) -> String {
    match limit.as_secs() {
        0 => format!("{} ms", limit.as_millis()),
        1 => "1 second".to_owned(),
        seconds => format!("{seconds} seconds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chain of causes, outermost first, as the HTTP client makes them.
    #[derive(Debug, thiserror::Error)]
    #[error("{words}")]
    struct Layer {
        words: &'static str,
        source: Option<Box<dyn Error + Send + Sync>>,
    }

    fn chain(words: &[&'static str], innermost: Option<io::Error>) -> Failure {
        let mut source: Option<Box<dyn Error + Send + Sync>> = innermost.map(Into::into);
        for words in words.iter().rev() {
            source = Some(Box::new(Layer { words, source }));
        }
        Failure::Client(source.unwrap())
    }

    #[track_caller]
    fn check(failure: &Failure, expected: &str) {
        assert_eq!(
            explain("books.example", failure),
            format!("books.example: {expected}")
        );
    }

    #[test]
    fn a_name_that_leads_nowhere_is_told_from_a_host_that_is_down() {
        check(
            &chain(
                &[
                    "error sending request",
                    "client error (Connect)",
                    "dns error",
                ],
                Some(io::Error::other("failed to lookup address information")),
            ),
            "its name could not be resolved; check the network connection, and the spelling of \
             the address",
        );
        check(
            &chain(
                &["error sending request", "tcp connect error"],
                Some(io::Error::from(io::ErrorKind::ConnectionRefused)),
            ),
            "it refused the connection; the host may be down: it will be asked again",
        );
    }

    #[test]
    fn certificates_are_explained() {
        check(
            &chain(
                &["client error (Connect)"],
                Some(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "invalid peer certificate: UnknownIssuer",
                )),
            ),
            "its certificate is signed by nobody this machine trusts; if a proxy or a virus \
             scanner opens your traffic, install its certificate on this machine",
        );
    }

    #[test]
    fn a_captive_portal_is_named() {
        let private = PrivateAddress {
            name: "www.books.example".to_owned(),
            address: "192.168.0.1".parse().unwrap(),
        };
        check(
            &Failure::Client(Box::new(Layer {
                words: "dns error",
                source: Some(Box::new(private)),
            })),
            "`www.books.example` leads to the private address 192.168.0.1, where no store lives; \
             a captive portal or a filter may stand in between: open any page in a browser and \
             sign in to the network",
        );
    }

    #[test]
    fn limits_of_our_own_are_named_with_their_size() {
        check(
            &Failure::Deadline(Duration::from_secs(30)),
            "it did not answer in full within 30 seconds; it will be asked again",
        );
        check(
            &Failure::TooLarge(8_000_000),
            "its page is longer than 8000 kB, so it was not read to its end; if the address is \
             right, raise `body_cap`",
        );
    }

    #[test]
    fn what_nobody_foresaw_still_names_its_innermost_cause() {
        check(
            &chain(&["error sending request", "flux capacitor empty"], None),
            "the request failed (flux capacitor empty); it will be asked again",
        );
    }
}
