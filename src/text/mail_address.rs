//! A mail address in the form in which it travels.

use lettre::Address;
use url::Host;

/// Why a text is no address that every mail server takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoAddress {
    /// There is no name, no `@`, or no domain.
    #[error("it is not of the form name@example.com")]
    Form,
    /// The part before the `@` stands in quotation marks, or has signs that would need them.
    #[error("what stands before the `@` would need quotation marks, which few servers take")]
    Quoted,
    /// A bare address of a machine stands behind the `@`.
    #[error("an address in brackets stands behind the `@` where a domain belongs")]
    Literal,
    /// The domain is none.
    #[error("what stands behind the `@` is no domain")]
    Domain,
}

/// Why a text is no address that a person would write; `None`: it is one. Its domain is a whole one, or
/// this machine.
pub fn wrong(text: &str) -> Option<NoAddress> {
    let domain = text.rsplit_once('@').map(|(_, domain)| domain);
    let is_whole = domain.is_none_or(|domain| domain.contains('.') || domain == "localhost");
    match to_ascii_domain(text) {
        Ok(_) => (!is_whole).then_some(NoAddress::Domain),
        Err(why) => Some(why),
    }
}

/// The address as it goes over the line: a domain in letters of its own language as `xn--` (RFC 5890),
/// the name before it as it is.
///
/// # Errors
///
/// [`NoAddress`] when a mail server could not be told it.
pub fn to_ascii_domain(text: &str) -> Result<String, NoAddress> {
    let (name, domain) = text.rsplit_once('@').ok_or(NoAddress::Form)?;
    if name.is_empty() || domain.is_empty() {
        return Err(NoAddress::Form);
    }
    if domain.starts_with('[') {
        return Err(NoAddress::Literal);
    }
    let Ok(Host::Domain(domain)) = Host::parse(domain) else {
        return Err(NoAddress::Domain);
    };
    let address = Address::new(name, &domain).map_err(|_| NoAddress::Quoted)?;
    if name.contains('"') || name.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(NoAddress::Quoted);
    }
    Ok(address.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, NoAddress>) {
        let found = to_ascii_domain(text);
        assert_eq!(found.as_deref(), expected.as_ref().map(|known| *known));
    }

    #[test]
    fn domains_go_out_in_ascii_and_what_cannot_go_out_is_none() {
        check("jane@example.com", Ok("jane@example.com"));
        check("jane.roe+x@EXAMPLE.com", Ok("jane.roe+x@example.com"));
        check("jane@bücher.example", Ok("jane@xn--bcher-kva.example"));
        check("jané@example.com", Ok("jané@example.com"));
        check("jane", Err(NoAddress::Form));
        check("@example.com", Err(NoAddress::Form));
        check("\"jane roe\"@example.com", Err(NoAddress::Quoted));
        check("jane roe@example.com", Err(NoAddress::Quoted));
        check("jane@[192.0.2.1]", Err(NoAddress::Literal));
        check("jane@192.0.2.1", Err(NoAddress::Domain));
        check("jane@exa mple.com", Err(NoAddress::Domain));
        check(
            "jane@example.com\r\nRCPT TO:<x@example.com>",
            Err(NoAddress::Domain),
        );
    }
}
