//! Text from outside, made safe to stand in markup. Everything from a store is text.

use crate::text::words;

/// Text for an XML or HTML element or a quoted attribute.
///
/// It becomes one line without control characters and without the characters that turn the
/// direction of what follows; the five characters with a meaning in markup are escaped, and what
/// XML 1.0 (§2.2) forbids is left out.
pub fn text(raw: &str) -> String {
    let line = words::one_line(raw);
    let mut safe = String::with_capacity(line.len() + 16);
    for character in line.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\u{FFFE}' | '\u{FFFF}' => {}
            other => safe.push(other),
        }
    }
    safe
}

/// Text for an HTML element, in which what stands between two backticks is code.
pub fn coded(raw: &str) -> String {
    let parts: Vec<&str> = raw.split('`').collect();
    // A backtick without its fellow is a backtick.
    if parts.len().is_multiple_of(2) {
        return text(raw);
    }
    let mut safe = String::new();
    for (index, part) in parts.iter().enumerate() {
        // Spaces at the ends of a part belong to the sentence, and one line loses them.
        let (begins, ends) = (part.starts_with(' '), part.ends_with(' '));
        let inner = text(part);
        if index.is_multiple_of(2) {
            let space = |is: bool| if is { " " } else { "" };
            let after = if inner.is_empty() { "" } else { space(ends) };
            safe.extend([space(begins), &inner, after]);
        } else {
            safe.extend(["<code>", &inner, "</code>"]);
        }
    }
    safe
}

/// Text clipped to `most` characters, for an element or a quoted attribute.
pub fn clipped(raw: &str, most: usize) -> String {
    text(&words::clipped(raw, most))
}

/// About how wide a line of the system's font is, in hundredths of its size: Chinese, Japanese and
/// Korean letters and pictographs are square, the others a little over half as wide as high.
pub fn width(line: &str) -> i64 {
    line.chars()
        .map(|character| match u32::from(character) {
            0x1100..=0x11FF | 0x2E80..=0xD7FF | 0xF900..=0xFAFF | 0xFF00..=0xFF60 => 100,
            0x1_F000.. => 110,
            _ => match character {
                'i' | 'j' | 'l' | 'I' | '.' | ',' | '\'' | ':' | ' ' | '|' => 30,
                'm' | 'w' | 'M' | 'W' | '@' | '%' => 90,
                'A'..='Z' => 68,
                _ => 56,
            },
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_code_and_still_text() {
        #[track_caller]
        fn check(raw: &str, expected: &str) {
            assert_eq!(coded(raw), expected);
        }
        check("plain", "plain");
        check(
            "see `pubwatch look` or ask",
            "see <code>pubwatch look</code> or ask",
        );
        check("`a` `b`", "<code>a</code> <code>b</code>");
        check("`<b>`, <i>", "<code>&lt;b&gt;</code>, &lt;i&gt;");
        check("one ` alone", "one ` alone");
        check("", "");
    }

    #[test]
    fn markup_in_text_stays_text() {
        assert_eq!(
            text("<script>alert(\"1\")</script> & 'more'"),
            "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;more&#39;"
        );
    }

    #[test]
    fn what_xml_forbids_and_what_turns_the_direction_is_left_out() {
        assert_eq!(
            text("a\u{0}b\u{1b}c\u{202e}d\u{ffff}e\nf\u{2066}"),
            "a b cde f"
        );
    }

    #[test]
    fn wide_letters_are_wider() {
        assert!(width("五十音") > width("abc"));
        assert!(width("ill") < width("mmm"));
    }
}
