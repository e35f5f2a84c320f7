//! What a refusal means to a person: one sentence for each kind, with the next step.

use super::{Unread, UnreadReason};

/// Parts of what [`super::refusal`] says it saw, in lower case, and the sentence for it. The first
/// that is found speaks.
const KINDS: &[(&str, &str)] = &[
    ("amazon's captcha", LETTERS),
    ("characters", LETTERS),
    ("zeichen", LETTERS),
    ("caract", LETTERS),
    ("caratter", LETTERS),
    ("button", CONTINUE),
    ("schaltfläche", CONTINUE),
    ("botón", CONTINUE),
    ("botão", CONTINUE),
    ("bouton", CONTINUE),
    ("pulsante", CONTINUE),
    ("amazon's error page for robots", ERROR_FOR_ROBOTS),
    ("something went wrong", ERROR_FOR_ROBOTS),
    ("aws waf", AWS_WAF),
    ("x-amzn-waf-action", AWS_WAF),
    ("human verification", AWS_WAF),
    (
        "a ban of cloudflare's for asking too often",
        "Cloudflare, which guards the store, says that it is asked too often (1015); make `pause` \
         longer if this comes again",
    ),
    (
        "a ban of cloudflare",
        "Cloudflare, which guards the store, has shut out this machine's address; see whether your \
         own browser is let in from here, and look by hand",
    ),
    ("cf-mitigated", CLOUDFLARE),
    ("cloudflare", CLOUDFLARE),
    ("just a moment...", CLOUDFLARE),
    (
        "a challenge of akamai",
        "Akamai, which guards the store, wants a browser that runs its script; the way in \
         `command` can start one",
    ),
    (
        "a refusal of akamai",
        "Akamai, which guards the store, has shut out this machine's address; see whether your \
         own browser is let in from here, and look by hand",
    ),
    ("perimeterx", PERIMETER_X),
    ("access to this page has been denied", PERIMETER_X),
    ("robot or human?", PERIMETER_X),
    ("queue", QUEUE),
    ("radware", RADWARE),
    ("shieldsquare", RADWARE),
    (
        "a challenge of sucuri",
        "Sucuri, which guards the store, wants a browser that runs its script; the way in \
         `command` can start one",
    ),
    (
        "a refusal of sucuri",
        "Sucuri, which guards the store, has refused this visit; see whether your own browser is \
         let in from here, and look by hand",
    ),
    (
        "datadome",
        "DataDome, which guards the store, takes us for what we are, a program; look by hand",
    ),
    (
        "a refusal of imperva",
        "Imperva, which guards the store, has refused this visit; see whether your own browser is \
         let in from here, and look by hand",
    ),
    (
        "asks to sign in",
        "the store shows this page only to those who are signed in, and Pubwatch never is; check \
         the address, and look by hand",
    ),
    (
        "asks for the visitor's age",
        "the store asks for the visitor's age first, and Pubwatch has none; look by hand",
    ),
    ("consent", CONSENT),
    ("status 429", TOO_OFTEN),
    ("status 430", TOO_OFTEN),
    ("429 too many requests", TOO_OFTEN),
    ("status 503", BUSY),
    ("503 service unavailable", BUSY),
    ("before you continue", CONSENT),
    (
        "status 5",
        "the store's server has a fault of its own; wait, it is asked again by itself",
    ),
    ("status 40", FORBIDDEN),
    ("403 forbidden", FORBIDDEN),
    ("access denied", FORBIDDEN),
    ("request blocked", FORBIDDEN),
    (
        "captcha",
        "the store asks to prove that a person looks, and Pubwatch is none; look by hand",
    ),
];

const LETTERS: &str = "Amazon asks to type the letters of a picture, and Pubwatch types none; it \
    stays away for an hour and longer, and comes back by itself";
const CONTINUE: &str = "Amazon shows a page with only a button to continue shopping, as it does to \
    a share of all visitors; wait, since a later look is often let in";
const AWS_WAF: &str = "the store's firewall (AWS WAF) wants a browser that runs its script; the way in \
    `command` can start one";
const CLOUDFLARE: &str = "Cloudflare stands before the store and lets in what it takes for a person's browser; \
    the way in `command` can start one, and where that is stopped too, look by hand";
const PERIMETER_X: &str = "PerimeterX, which guards the store, asks to press and hold a button, and Pubwatch \
    presses none; look by hand";
const QUEUE: &str = "the store lets its visitors in one after the other (Queue-it), and Pubwatch does not \
    queue; wait, it is asked again by itself";
const RADWARE: &str = "Radware, which guards the store, asks to prove that a person looks, and Pubwatch is \
    none; look by hand";
const TOO_OFTEN: &str = "the store says that it is asked too often (429); Pubwatch leaves it alone for as long as \
    it wants, and if this comes again, make `pause` longer";
const FORBIDDEN: &str = "the store forbids this page to programs; open it in your browser, and set another way \
    in if you can see it there";
const ERROR_FOR_ROBOTS: &str = "Amazon sends the “Something went wrong” page that it keeps for programs; wait, and look \
    yourself if it lasts for more than a day";
const BUSY: &str =
    "the store's server is busy or being mended (503); wait, it is asked again by itself";
const CONSENT: &str = "the store wants its cookies agreed to first, and Pubwatch agrees to nothing for you; \
    look by hand, or save the page once you have agreed";

/// A kind that nobody has named.
const OTHER: &str = "the store shows a bot check instead of the page; open the page in your \
                     browser, and set another way in if it comes again";

/// What came instead of the page, and what to do, in one sentence without a full stop; `None`
/// where nobody refused anything.
pub fn explain(unread: &Unread) -> Option<&'static str> {
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
    Some(kind.map_or(OTHER, |(_, sentence)| sentence))
}
