//! `[web]`: where the page is served, and who may see it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use url::Url;

use crate::config::plan::{Secret, WebPlan};
use crate::config::problem::Problem;
use crate::config::table::{Table, Text};
use crate::config::values;

/// Where the page is served unless the configuration says otherwise.
pub(super) const DEFAULT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 7117);

/// Reads the table; `None` when something in it is wrong.
pub(super) fn web(root: &mut Table<'_>) -> Option<WebPlan> {
    let Some(mut table) = root.table("web") else {
        return (!root.has("web")).then(WebPlan::default);
    };
    let findings = table.findings();
    let before = findings.errors();
    let listen = table.text("listen");
    let place = match &listen {
        Some(text) if text.get_ref() == "off" => None,
        Some(text) => findings.keep(socket(text)),
        None => Some(DEFAULT),
    };
    let written = table.text("address");
    let address = written
        .as_ref()
        .and_then(|text| findings.keep(public_address(text)));
    let password = table
        .text("password_hash")
        .and_then(|text| findings.keep(password_hash(&text)));
    if let (Some(text), Some(place), None) = (&listen, place, &password)
        && !place.ip().is_loopback()
        && !table.has("password_hash")
    {
        findings.add(
            Problem::error("everybody in this network could see the page and change notes")
                .at(text.span(), "not on this machine alone")
                .because("the page is served beyond this machine only behind a password")
                .remedy(
                    "run `pubwatch password` and write what it prints as `password_hash = \"…\"`",
                )
                .remedy("or write `listen = \"127.0.0.1:7117\"`"),
        );
    }
    let has_password = table.has("password_hash");
    table.finish();
    let plan = WebPlan {
        listen: place,
        address,
        password_hash: password,
    };
    if let Some(text) = written.filter(|_| plan.is_public() && place.is_some() && !has_password) {
        findings.add(
            Problem::error("everybody who finds this address could see the page and change notes")
                .at(text.span(), "leads here from other machines")
                .because("what a proxy shows to others is served only behind a password")
                .remedy(
                    "run `pubwatch password` and write what it prints as `password_hash = \"…\"`",
                ),
        );
    }
    (findings.errors() == before).then_some(plan)
}

fn socket(text: &Text) -> Result<SocketAddr, Problem> {
    let written = text.get_ref();
    if let Ok(place) = written.parse() {
        return Ok(place);
    }
    if let Some(port) = written
        .strip_prefix("localhost:")
        .and_then(|port| port.parse().ok())
    {
        return Ok(SocketAddr::new(DEFAULT.ip(), port));
    }
    Err(
        Problem::error(format!("`{written}` is no address to listen on"))
            .at(text.span(), "")
            .because("it takes an IP address and a port")
            .remedy("write `listen = \"127.0.0.1:7117\"`, or `listen = \"off\"` for no page"),
    )
}

fn public_address(text: &Text) -> Result<Url, Problem> {
    let mut url = values::web_address(text)?;
    url.set_query(None);
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

fn password_hash(text: &Text) -> Result<Secret, Problem> {
    if text.get_ref().starts_with("$argon2id$") {
        return Ok(Secret::new(text.get_ref().clone()));
    }
    Err(Problem::error("this is not the hash of a password")
        .at(text.span(), "")
        .because("it begins with `$argon2id$`; a password itself does not belong in this file")
        .remedy("run `pubwatch password` and write what it prints"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::config::{EXAMPLE, check};

    /// The listening address, the public address and whether there is a password, or the messages.
    #[track_caller]
    fn check_web(table: &str, expected: &str) {
        let text = format!("{EXAMPLE}\n[web]\n{table}\n");
        let found = match check(&text, "pubwatch.toml", date(2026, 11, 22)) {
            Ok((plan, _)) => format!(
                "{} {} {}",
                plan.web
                    .listen
                    .map_or("off".to_owned(), |place| place.to_string()),
                plan.web
                    .address
                    .map_or("-".to_owned(), |url| url.to_string()),
                plan.web.password_hash.is_some()
            ),
            Err(problems) => problems
                .iter()
                .map(|problem| problem.message.clone())
                .collect::<Vec<_>>()
                .join("; "),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn the_page_is_served_on_this_machine_alone_unless_there_is_a_password() {
        check_web("", "127.0.0.1:7117 - false");
        check_web("listen = \"off\"", "off - false");
        check_web("listen = \"localhost:80\"", "127.0.0.1:80 - false");
        check_web("listen = \"[::1]:7117\"", "[::1]:7117 - false");
        check_web(
            "listen = \"0.0.0.0:7117\"",
            "everybody in this network could see the page and change notes",
        );
        check_web(
            "listen = \"0.0.0.0:7117\"\npassword_hash = \"$argon2id$v=19$m=1\"",
            "0.0.0.0:7117 - true",
        );
    }

    #[test]
    fn what_is_no_address_and_no_hash_is_told() {
        check_web("listen = \"7117\"", "`7117` is no address to listen on");
        check_web(
            "password_hash = \"secret\"",
            "this is not the hash of a password",
        );
        check_web(
            "address = \"https://books.example.com/pubwatch/\"\npassword_hash = \"$argon2id$v=19$m=1\"",
            "127.0.0.1:7117 https://books.example.com/pubwatch true",
        );
    }

    #[test]
    fn a_public_address_without_a_password_is_refused_by_the_check() {
        for address in [
            "https://books.example.com/",
            "http://192.168.1.7:7117",
            "http://[2001:db8::1]",
        ] {
            check_web(
                &format!("address = \"{address}\""),
                "everybody who finds this address could see the page and change notes",
            );
            // Where nothing is served, nobody can see it.
            check_web(
                &format!("listen = \"off\"\naddress = \"{address}\""),
                &format!("off {} false", url::Url::parse(address).unwrap()),
            );
        }
        check_web(
            "address = \"http://localhost/watch\"",
            "127.0.0.1:7117 http://localhost/watch false",
        );
    }
}
