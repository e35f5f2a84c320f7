//! The fields of a form, as a browser sends them. Pure.

/// A field of a form, or nothing: URL-encoded, or in parts when `kind` (the `Content-Type`) says so.
pub fn field(kind: Option<&str>, body: &[u8], name: &str) -> Option<Vec<u8>> {
    match kind.and_then(boundary) {
        Some(boundary) => part(body, &boundary, name).map(<[u8]>::to_vec),
        None => url::form_urlencoded::parse(body)
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned().into_bytes()),
    }
}

/// What stands between the parts (RFC 7578, RFC 2046 §5.1.1); `None`: the form has no parts.
fn boundary(kind: &str) -> Option<String> {
    let mut pieces = kind.split(';').map(str::trim);
    if !pieces.next()?.eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = pieces.find_map(|piece| {
        let (key, value) = piece.split_once('=')?;
        key.eq_ignore_ascii_case("boundary").then_some(value)
    })?;
    let value = value.trim_matches('"');
    // RFC 2046 allows 70 characters; an empty one would be found everywhere.
    (1..=70)
        .contains(&value.len())
        .then(|| format!("--{value}"))
}

/// The content of the first part of that name.
fn part<'a>(body: &'a [u8], boundary: &str, name: &str) -> Option<&'a [u8]> {
    let mut rest = body.get(find(body, boundary.as_bytes())? + boundary.len()..)?;
    let between = format!("\r\n{boundary}");
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        // An empty part ends at once, so the line break before the boundary may be its first.
        let end = find(part, between.as_bytes())?;
        // Within this part only: what lies behind it would be searched again for each part.
        let head_end = find(part.get(..end + 2)?, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(part.get(..head_end)?);
        if name_of(&head).as_deref() == Some(name) {
            return part.get(head_end + 4..end);
        }
        rest = part.get(end + between.len()..)?;
    }
    None
}

/// The name in the head of a part. A quote in a name arrives as `%22`, so the next one ends it.
fn name_of(head: &str) -> Option<String> {
    let line = head.lines().find(|line| {
        line.get(..20)
            .is_some_and(|start| start.eq_ignore_ascii_case("content-disposition:"))
    })?;
    let (_, rest) = line.split_once("; name=\"")?;
    Some(rest.split('"').next()?.to_owned())
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/form-data; boundary=----x7";
    const BODY: &str = "------x7\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nabc\r\n\
        ------x7\r\nContent-Disposition: form-data; name=\"page\"; filename=\"a.html\"\r\n\
        Content-Type: text/html\r\n\r\n<p>two\r\nlines</p>\r\n------x7\r\n\
        Content-Disposition: form-data; name=\"none\"\r\n\r\n\r\n------x7--\r\n";

    #[track_caller]
    fn check(kind: Option<&str>, body: &str, name: &str, expected: Option<&str>) {
        let found =
            field(kind, body.as_bytes(), name).map(|value| String::from_utf8(value).unwrap());
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn a_field_is_found_in_either_kind_of_form() {
        check(None, "token=a%20b&page=c", "token", Some("a b"));
        check(None, "token=a", "page", None);
        check(Some(KIND), BODY, "token", Some("abc"));
        check(Some(KIND), BODY, "page", Some("<p>two\r\nlines</p>"));
        check(Some(KIND), BODY, "none", Some(""));
        check(Some(KIND), BODY, "other", None);
    }

    #[test]
    fn what_is_cut_off_or_forged_is_no_field() {
        for end in 0..BODY.len() {
            // Whatever is missing: no panic, and never more than was sent.
            if let Some(page) = field(Some(KIND), &BODY.as_bytes()[..end], "page") {
                assert_eq!(page, b"<p>two\r\nlines</p>");
            }
        }
        check(Some("multipart/form-data; boundary="), BODY, "token", None);
        check(Some("multipart/form-data"), BODY, "token", None);
        check(Some("text/plain"), "------x7", "token", None);
    }
}
