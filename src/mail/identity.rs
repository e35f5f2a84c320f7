//! The names of letters: Message-IDs that say what the letter is about, and stay the same.

use jiff::Timestamp;

/// What makes a letter this one letter.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    /// What it is about: an ISBN, or a word such as `digest`.
    pub about: &'a str,
    /// The rules it tells of, most severe first; empty where none speaks.
    pub rules: &'a [&'a str],
    /// When it was written.
    pub written: Timestamp,
    /// Who gets it.
    pub to: &'a str,
    /// Who sends it.
    pub from: &'a str,
}

/// The Message-ID, without angle brackets.
///
/// It follows from the letter alone, so that deciding the same thing twice makes the same letter,
/// and the outbox, which knows each Message-ID once, keeps one. After the `@` stands the domain of
/// the sender's address, as RFC 5322 §3.6.4 advises and mail programs do: it is the only domain
/// that is the author's to use, and spam filters look askance at one that does not exist. Where
/// the sender has none, it is `pubwatch.invalid`, which can belong to nobody (RFC 2606).
pub fn message_id(identity: &Identity<'_>) -> String {
    let first = identity.rules.first().copied().unwrap_or("letter");
    let mut parts = vec![identity.about, identity.to];
    parts.extend(identity.rules);
    format!(
        "{}.{}.{}.{:016x}@{}",
        identity.written.as_millisecond(),
        plain(identity.about),
        plain(first),
        fingerprint(&parts),
        domain(identity.from)
    )
}

/// The name of a copy, from the name of the letter that it is a copy of and who gets it: the copies
/// of a thread refer to each other as the letters do.
pub fn copy_id(message_id: &str, to: &str) -> String {
    format!("{:08x}.{message_id}", fingerprint(&[to]) & 0xffff_ffff)
}

/// The domain of an address when it is made of the letters of one, otherwise `pubwatch.invalid`.
fn domain(address: &str) -> String {
    let domain = address
        .rsplit_once('@')
        .map_or("", |(_, domain)| domain.trim_end_matches('>'))
        .to_ascii_lowercase();
    let is_plain = domain
        .chars()
        .all(|character| character.is_ascii_alphanumeric() || matches!(character, '.' | '-'));
    let is_whole = domain.split('.').all(|label| !label.is_empty());
    if is_plain && is_whole {
        domain
    } else {
        "pubwatch.invalid".to_owned()
    }
}

fn plain(text: &str) -> String {
    text.chars()
        .filter(|character| character.is_ascii_alphanumeric() || *character == '-')
        .collect()
}

/// 64 bits that tell texts apart (FNV-1a, with the end of each text counted in): for names, never
/// for secrets.
pub fn fingerprint(parts: &[&str]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0]) {
            hash ^= u64::from(byte);
            hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity<'a>(rules: &'a [&'a str], to: &'a str, from: &'a str) -> Identity<'a> {
        Identity {
            about: "9780132350884",
            rules,
            written: "2027-01-28T12:00:00.123Z".parse().unwrap(),
            to,
            from,
        }
    }

    #[test]
    fn a_message_id_follows_from_its_letter_alone() {
        let one = message_id(&identity(
            &["stuck"],
            "jane@example.com",
            "watch@Example.com",
        ));
        assert_eq!(
            one,
            message_id(&identity(
                &["stuck"],
                "jane@example.com",
                "watch@example.com"
            ))
        );
        assert!(
            one.starts_with("1801137600123.9780132350884.stuck."),
            "{one}"
        );
        assert!(one.ends_with("@example.com"), "{one}");
        for other in [
            identity(
                &["stuck", "missing"],
                "jane@example.com",
                "watch@example.com",
            ),
            identity(&["stuck"], "joe@example.com", "watch@example.com"),
        ] {
            assert_ne!(one, message_id(&other));
        }
    }

    #[test]
    fn a_sender_without_a_usable_domain_gets_one_that_is_nobodys() {
        #[track_caller]
        fn check(from: &str, expected: &str) {
            assert_eq!(domain(from), expected);
        }
        check("jane@example.com", "example.com");
        check("Jane <jane@example.com>", "example.com");
        check("jane", "pubwatch.invalid");
        check("jane@exa mple.com", "pubwatch.invalid");
        check("jane@example..com", "pubwatch.invalid");
        check("jane@bücher.example", "pubwatch.invalid");
    }

    #[test]
    fn fingerprints_tell_where_a_part_ends() {
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
    }
}
