//! What a refusal means to a person: one sentence for each kind, with the next step.

use super::{Unread, UnreadReason};
use crate::say::say;

/// Parts of what [`super::refusal`] says it saw, in lower case, and the name of the sentence for it.
/// The first that is found speaks.
const KINDS: &[(&str, &str)] = &[
    ("amazon's captcha", "refused-letters"),
    ("characters", "refused-letters"),
    ("zeichen", "refused-letters"),
    ("caract", "refused-letters"),
    ("caratter", "refused-letters"),
    ("button", "refused-continue"),
    ("schaltfläche", "refused-continue"),
    ("botón", "refused-continue"),
    ("botão", "refused-continue"),
    ("bouton", "refused-continue"),
    ("pulsante", "refused-continue"),
    ("amazon's error page for robots", "refused-error-page"),
    ("something went wrong", "refused-error-page"),
    ("aws waf", "refused-aws-waf"),
    ("x-amzn-waf-action", "refused-aws-waf"),
    ("human verification", "refused-aws-waf"),
    (
        "a ban of cloudflare's for asking too often",
        "refused-cloudflare-too-often",
    ),
    ("a ban of cloudflare", "refused-cloudflare-ban"),
    ("cf-mitigated", "refused-cloudflare"),
    ("cloudflare", "refused-cloudflare"),
    ("just a moment...", "refused-cloudflare"),
    ("a challenge of akamai", "refused-akamai-challenge"),
    ("a refusal of akamai", "refused-akamai"),
    ("perimeterx", "refused-perimeter-x"),
    ("access to this page has been denied", "refused-perimeter-x"),
    ("robot or human?", "refused-perimeter-x"),
    ("queue", "refused-queue"),
    ("radware", "refused-radware"),
    ("shieldsquare", "refused-radware"),
    ("a challenge of sucuri", "refused-sucuri-challenge"),
    ("a refusal of sucuri", "refused-sucuri"),
    ("datadome", "refused-datadome"),
    ("a refusal of imperva", "refused-imperva"),
    ("asks to sign in", "refused-sign-in"),
    ("asks for the visitor's age", "refused-age"),
    ("consent", "refused-consent"),
    ("status 429", "refused-too-often"),
    ("status 430", "refused-too-often"),
    ("429 too many requests", "refused-too-often"),
    ("status 503", "refused-busy"),
    ("503 service unavailable", "refused-busy"),
    ("before you continue", "refused-consent"),
    ("status 5", "refused-server-fault"),
    ("status 40", "refused-forbidden"),
    ("403 forbidden", "refused-forbidden"),
    ("access denied", "refused-forbidden"),
    ("request blocked", "refused-forbidden"),
    ("captcha", "refused-captcha"),
];

/// What came instead of the page, and what to do, in one sentence without a full stop; `None`
/// where nobody refused anything.
pub fn explain(unread: &Unread) -> Option<String> {
    let is_refusal = match unread.reason {
        UnreadReason::Blocked | UnreadReason::Unreachable => unread.rule.starts_with("refusal/"),
        UnreadReason::Robots
        | UnreadReason::WrongProduct
        | UnreadReason::NotOfferedHere
        | UnreadReason::NoEvidence => false,
    };
    if !is_refusal {
        return None;
    }
    let words = unread.words.to_lowercase();
    let kind = KINDS.iter().find(|(mark, _)| words.contains(mark));
    Some(say!(kind.map_or("refused-other", |(_, name)| *name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::say::pseudo::{plain, speaking};

    fn refused(words: &str) -> Unread {
        Unread {
            reason: UnreadReason::Blocked,
            rule: "refusal/example".to_owned(),
            words: words.to_owned(),
        }
    }

    #[test]
    fn every_refusal_has_a_sentence_and_none_stands_elsewhere() {
        for words in KINDS.iter().map(|(words, _)| *words).chain(["unheard of"]) {
            let said = speaking(|| explain(&refused(words))).unwrap();
            assert_eq!(plain(&said, &[]), [""; 0], "{words}: {said}");
        }
    }

    #[test]
    fn what_is_no_refusal_is_not_explained_as_one() {
        let mut unread = refused("captcha");
        "example".clone_into(&mut unread.rule);
        assert_eq!(explain(&unread), None);
        unread = refused("captcha");
        unread.reason = UnreadReason::WrongProduct;
        assert_eq!(explain(&unread), None);
    }
}
