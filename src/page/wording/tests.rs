use super::*;

#[track_caller]
fn check(text: &str, expected: Option<Meaning>) {
    let found = Wording::shipped().state(text, Family::Amazon);
    assert_eq!(found.map(|hit| hit.meaning()), expected, "{text}");
}

/// The source says of what kind it is, and names a store, or is a project.
fn is_honest(source: &str) -> bool {
    const KINDS: [&str; 8] = [
        "saved page",
        "saved challenge",
        "published page",
        "published program",
        "published price trackers",
        "published marketplace table",
        "help",
        "words of the former Product Advertising API",
    ];
    let is_project = source
        .split(',')
        .next()
        .is_some_and(|name| name.contains('/') || name == "uk-support.bookshop.org");
    let is_of_a_store = ["amazon.", "barnesandnoble."]
        .iter()
        .any(|store| source.contains(store));
    is_project || (is_of_a_store && KINDS.iter().any(|kind| source.starts_with(kind)))
}

#[test]
fn every_file_is_read_whole_and_says_where_each_phrase_comes_from() {
    for (language, text) in FILES {
        let file: WordingFile = toml::from_str(text).unwrap();
        assert_eq!(file.language, *language);
        assert_eq!(file.months.len(), 12, "{language}");
        for phrase in &file.phrase {
            assert_ne!(
                phrase.source.is_some(),
                phrase.unverified,
                "{language}: `{}` needs either a source or `unverified = true`",
                phrase.text
            );
            assert!(
                phrase.source.as_deref().is_none_or(is_honest),
                "{language}: the source of `{}` says not who saw it where",
                phrase.text
            );
            assert_eq!(plain(&phrase.text), phrase.text, "{language}: not plain");
            assert!(!Phrase::new(language, phrase.clone()).is_empty());
        }
    }
}

#[test]
fn every_language_has_words_for_all_that_amazon_says() {
    use Meaning::{
        AddToCart, BuyNow, Captcha, NotFound, PreOrderButton, ShippedAndSoldBy, ShipsFrom, SoldBy,
    };
    let others = [
        AddToCart,
        BuyNow,
        PreOrderButton,
        SoldBy,
        ShipsFrom,
        ShippedAndSoldBy,
        Captcha,
        NotFound,
    ];
    for (language, _) in FILES {
        for meaning in Meaning::STATES.into_iter().chain(others) {
            let has = Wording::shipped().phrases().iter().any(|phrase| {
                phrase.language == *language
                    && phrase.written.means == meaning
                    && phrase.is_for(Family::Amazon)
            });
            // Amazon says "temporarily out of stock" for it.
            assert!(
                has || meaning == Meaning::BackOrder,
                "{language} has no words for {meaning:?}"
            );
        }
    }
}

#[test]
fn refusals_come_before_offers() {
    check(
        "Currently unavailable. We don’t know when or if this item will be back in stock.",
        Some(Meaning::OutOfStock),
    );
    check(
        "Vorübergehend nicht auf Lager.",
        Some(Meaning::TemporarilyOut),
    );
    check("Non disponibile", Some(Meaning::OutOfStock));
    check("No disponible por el momento", Some(Meaning::OutOfStock));
    check("Temporarily out of stock.", Some(Meaning::TemporarilyOut));
}

#[test]
fn a_negated_offer_is_none() {
    check("Nicht auf Lager", None);
    check("It may be back in stock", None);
    check("Not in stock", None);
}

#[test]
fn words_are_matched_whole() {
    check("chicken stockpot", None);
    check(
        "Only 2 left in stock - order soon.",
        Some(Meaning::LowStock),
    );
    check("In Stock.", Some(Meaning::InStock));
    check("Disponible au format Kindle.", None);
}

#[test]
fn taught_phrases_count() {
    let own = PhraseText {
        means: Meaning::OutOfStock,
        text: "gone fishing".to_owned(),
        at: None,
        whole: false,
        source: None,
        unverified: false,
    };
    let wording = Wording::taught(&[own]);
    let hit = wording
        .state("We have gone fishing!", Family::Other)
        .unwrap();
    assert_eq!(hit.meaning(), Meaning::OutOfStock);
}
