//! The selector of a user's own buy area: whatever CSS allows, and the same with the sieve and
//! without.

use pubwatch::book::{Availability, StoreId};
use pubwatch::config::plan::StorePlan;
use pubwatch::page::{Page, Wanted};
use pubwatch::stores::{Lessons, read_closely, read_without_sieve};

/// A page with two boxes, of which a selector names one.
const TWO_BOXES: &str = "<html><head><title>Salt Roads</title>\
    <meta property='book:isbn' content='9781944098117'></head><body><h1>Salt Roads</h1>\
    <aside class='also'><div class='buy'><p>Currently unavailable</p></div></aside>\
    <section class='product wide'><div class='buy' data-role='offer'>\
    <p class='label'>Availability</p><p>Available for pre-order</p></div>\
    <div class='pick'><p>In stock</p></div></section>\
    <footer><p>Sold out</p></footer></body></html>";

#[test]
fn a_buy_area_may_be_any_selector_and_reads_the_same_without_the_sieve() {
    let store = StoreId::new("books.example.com");
    let wanted = Wanted {
        isbn: "9781944098117".parse().ok(),
        ..Wanted::default()
    };
    let page = Page {
        store: &store,
        address: None,
        status: 200,
        headers: &[],
        body: TWO_BOXES,
    };
    for (selector, expected) in [
        (".product .buy", Some(Availability::PreOrder)),
        ("section.product > .buy", Some(Availability::PreOrder)),
        (
            "section.wide > div[data-role='offer'] > p + p",
            Some(Availability::PreOrder),
        ),
        ("#nothing, section .buy", Some(Availability::PreOrder)),
        (
            "section .pick, section .absent",
            Some(Availability::InStock),
        ),
        (
            "aside .buy ~ p, section .buy ~ .pick",
            Some(Availability::InStock),
        ),
        ("section :not(.buy).pick", Some(Availability::InStock)),
        ("section div:last-child", Some(Availability::InStock)),
        (
            "h1 ~ section > div:first-child",
            Some(Availability::PreOrder),
        ),
        ("aside .buy", Some(Availability::OutOfStock)),
        ("body > footer", Some(Availability::OutOfStock)),
        (".buy .pick", None),
        ("section > p", None),
    ] {
        let mut plan = StorePlan::plain(store.clone());
        plan.buy_area = Some(selector.to_owned());
        let lessons = Lessons::of(&[plan]);
        let sifted = read_closely(&page, &wanted, &lessons).reading;
        assert_eq!(sifted.availability(), expected, "{selector}: {sifted:?}");
        let whole = read_without_sieve(&page, &wanted, &lessons);
        assert_eq!(sifted, whole, "{selector}");
    }
}

#[track_caller]
fn check_area(area: &str, expected: Option<Availability>) {
    let store = StoreId::new("books.example.com");
    let wanted = Wanted {
        isbn: "9781944098117".parse().ok(),
        ..Wanted::default()
    };
    let mut plan = StorePlan::plain(store.clone());
    plan.buy_area = Some("#buy".to_owned());
    let lessons = Lessons::of(&[plan]);
    let body = format!(
        "<title>Salt Roads</title><meta property='book:isbn' content='9781944098117'>\
         <h1>Salt Roads</h1><div id='buy'>{area}</div><div><button>Add to cart</button></div>"
    );
    let page = Page {
        store: &store,
        address: None,
        status: 200,
        headers: &[],
        body: &body,
    };
    let sifted = read_closely(&page, &wanted, &lessons).reading;
    assert_eq!(sifted.availability(), expected, "{area}: {sifted:?}");
    assert_eq!(
        sifted,
        read_without_sieve(&page, &wanted, &lessons),
        "{area}"
    );
}

#[test]
fn the_button_of_a_buy_area_is_read_with_the_shipped_words() {
    use Availability::{Announced, BackOrder, InStock, OutOfStock, PreOrder, ShipsLater};
    for (area, expected) in [
        ("<button>Pre-order</button>", Some(PreOrder)),
        ("<input type='submit' value='Vorbestellen'>", Some(PreOrder)),
        (
            "<a class='btn' href='/cart'>Ajouter au panier</a> 12,99 €",
            Some(InStock),
        ),
        (
            "<p>Usually ships within 2 to 3 weeks</p><button>Add to basket</button>",
            Some(ShipsLater),
        ),
        (
            "<p>In stock on March 3, 2027</p><button>Add to basket</button>",
            Some(BackOrder),
        ),
        ("<button>Sold out</button>", Some(OutOfStock)),
        (
            "<p>Not yet published</p><button>Notify me</button>",
            Some(Announced),
        ),
        (
            "<button disabled>Add to cart</button><p>Sold out</p>",
            Some(OutOfStock),
        ),
        // Nothing that can be pressed, nothing that is said.
        ("<button disabled>Add to cart</button>", None),
        ("<button style='display: none'>Add to cart</button>", None),
        // What contradicts itself.
        (
            "<p>Currently unavailable</p><button>Add to cart</button>",
            None,
        ),
        (
            "<button>Pre-order</button><button>Add to cart</button>",
            None,
        ),
        ("<p>In stock</p><button>Notify me</button>", None),
    ] {
        check_area(area, expected);
    }
}

/// The page of another book or edition: its buy area sells that one.
const OF_ANOTHER: [(&str, &str); 4] = [
    (
        "a list on it names ours",
        "<meta property='book:isbn' content='9781944098124'>\
         <script type='application/ld+json'>{\"@type\":\"ItemList\",\"itemListElement\":[{\"@type\":\
         \"Book\",\"isbn\":\"9781944098117\",\"offers\":{\"availability\":\"InStock\"}}]}</script>",
    ),
    (
        "its address is of another",
        "<link rel='canonical' href='https://books.example.com/9781944098124'>\
         <div itemprop='isRelatedTo' itemscope itemtype='http://schema.org/Book'>\
         <b itemprop='isbn'>9781944098117</b></div>",
    ),
    (
        "its data is of another",
        "<script type='application/ld+json'>{\"@type\":\"Book\",\"isbn\":\"9781944098124\"}</script>\
         <div itemscope itemtype='http://schema.org/Review'><b itemprop='isbn'>9781944098117</b></div>",
    ),
    (
        "ours is an edition of it",
        "<meta property='book:isbn' content='9781944098124'>\
         <script type='application/ld+json'>{\"@type\":\"Book\",\"isbn\":\"9781944098124\",\
         \"workExample\":{\"@type\":\"Book\",\"isbn\":\"9781944098117\"}}</script>",
    ),
];

#[test]
fn the_buy_area_of_another_book_or_edition_says_nothing_of_ours() {
    let store = StoreId::new("books.example.com");
    let wanted = Wanted {
        isbn: "9781944098117".parse().ok(),
        ..Wanted::default()
    };
    let mut plan = StorePlan::plain(store.clone());
    plan.buy_area = Some("#buy".to_owned());
    let lessons = Lessons::of(&[plan]);
    for (name, head) in OF_ANOTHER {
        let body = format!("<title>x</title>{head}<h1>x</h1><div id='buy'>In stock</div>");
        let page = Page {
            store: &store,
            address: None,
            status: 200,
            headers: &[],
            body: &body,
        };
        let sifted = read_closely(&page, &wanted, &lessons).reading;
        assert_eq!(sifted.availability(), None, "{name}: {sifted:?}");
        let whole = read_without_sieve(&page, &wanted, &lessons);
        assert_eq!(sifted, whole, "{name}");
    }
}
