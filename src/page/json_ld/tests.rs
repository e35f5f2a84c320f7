//! What the reader of JSON-LD makes of tidy and untidy blocks.

use scraper::Html;

use super::*;
use crate::book::Availability;
use crate::page::product::Word;

#[track_caller]
fn check(json: &str, expected: &str) {
    let html = format!("<script type='application/ld+json'>{json}</script>");
    let html = Html::parse_document(&html);
    let found: Vec<String> = products(&Tree::new(&html))
        .iter()
        .map(|product| {
            let offer = match product.word(product.isbns.first()) {
                Word::Says(offer) => Some(offer),
                Word::Nothing | Word::Disagrees(_) => None,
            };
            let state = offer.as_deref().and_then(Offer::state);
            let price = offer.and_then(|offer| offer.price);
            format!(
                "{} {} {}",
                product.isbns.first().map_or("-", Isbn13::as_str),
                state.map_or("-", Availability::name),
                price.map_or("-".to_owned(), |price| price.to_string()),
            )
        })
        .collect();
    assert_eq!(found.join("; "), expected, "{json}");
}

const OFFER: &str = r#""offers":{"availability":"https://schema.org/InStock","price":"16.99","priceCurrency":"USD"}"#;

#[test]
fn tidy_forms_are_read() {
    check(
        &format!(r#"{{"@type":"Book","isbn":"978-0-13-235088-4",{OFFER}}}"#),
        "9780132350884 in_stock $16.99",
    );
    check(
        &format!(r#"{{"@graph":[{{"@type":["Product","Book"],"sku":"9780132350884",{OFFER}}}]}}"#),
        "9780132350884 in_stock $16.99",
    );
    check(
        r#"[{"@type":"ProductGroup","hasVariant":[
            {"@type":"Product","sku":"9780132350884","offers":[{"availability":"PreOrder","price":16,"priceCurrency":"USD"}]},
            {"@type":"Product","sku":"9780743273565","offers":{"availability":{"@id":"schema:BackOrder"}}}]}]"#,
        "- - -; 9780132350884 pre_order $16.00; 9780743273565 back_order -",
    );
}

#[test]
fn untidy_forms_are_read() {
    check(
        &format!(
            "<!-- {{\"@type\":\"Book\",\"isbn\":\"0132350882\",\"name\":\"two\nlines\",{OFFER},}} -->"
        ),
        "9780132350884 in_stock $16.99",
    );
    check(
        &format!(
            "//<![CDATA[\n{{\"@type\":\"http://schema.org/Book\",\"isbn\":9780132350884,{OFFER}}};\n//]]>"
        ),
        "9780132350884 in_stock $16.99",
    );
    check(
        "{&quot;@type&quot;:&quot;Book&quot;,&quot;isbn&quot;:&quot;9780132350884&quot;}",
        "9780132350884 - -",
    );
    check(
        &format!(r#"{{"@type":"WebPage"}} {{"@type":"Book",{OFFER}}}"#),
        "- in_stock $16.99",
    );
}

#[test]
fn used_copies_are_no_offer() {
    check(
        r#"{"@type":"Book","offers":{"@type":"AggregateOffer","priceCurrency":"GBP","offers":[
            {"availability":"InStock","price":"3","itemCondition":"UsedCondition"},
            {"availability":"OutOfStock","price":"9"}]}}"#,
        "- out_of_stock £9.00",
    );
}

#[test]
fn what_cannot_be_read_is_left_out() {
    check("{\"@type\":\"Book\"", "");
    check("null", "");
    check("", "");
    check(&"[".repeat(100_000), "");
    check(r#"{"@type":"Organization","name":"x"}"#, "");
}

#[test]
fn blocks_that_are_no_json_are_named() {
    let html = Html::parse_document(
        "<script type='application/ld+json'>{\"@type\":\"Book\",\"isbn\":\"9780132350884\"}</script>\
         <script type='application/ld+json'>{\"@type\":\"Book\",\"name\":\"The \"Salt\" Roads\"}</script>\
         <script type='application/ld+json'></script>",
    );
    let data = data(&Tree::new(&html));
    assert_eq!(data.products.len(), 1);
    let beginning = "{\"@type\":\"Book\",\"name\":\"The \"Salt\" Roads\"}".to_owned();
    assert_eq!(data.broken, [(2, beginning)]);
}

#[test]
fn references_are_followed_and_circles_end() {
    check(
        r##"{"@graph":[
            {"@type":"Product","@id":"#a","sku":"9780132350884","offers":{"@id":"#o"}},
            {"@id":"#o","availability":"InStock","price":"9.00","priceCurrency":"USD"}]}"##,
        "9780132350884 in_stock $9.00",
    );
    check(
        r##"[{"@type":"Thing","item":{"@id":"#a"}},
            {"@id":"#a","x":1,"item":[{"@id":"#a"},{"@id":"#a"}]},
            {"@type":"Book","offers":{"@id":"#o"}},
            {"@id":"#o","x":1,"offers":[{"@id":"#o"},{"@id":"#o"}]}]"##,
        "- - -",
    );
}

#[test]
fn what_stands_in_a_list_is_only_mentioned() {
    let places = |json: &str| {
        let html = format!("<script type='application/ld+json'>{json}</script>");
        let html = Html::parse_document(&html);
        let places = products(&Tree::new(&html)).into_iter().map(|p| p.place);
        places.collect::<Vec<_>>()
    };
    assert_eq!(
        places(r#"{"@type":"ItemList","itemListElement":[{"item":{"@type":"Book"}}]}"#),
        [Place::Mentioned]
    );
    assert_eq!(
        places(
            r##"[{"@type":"Book","@id":"#b","isbn":"1"},
                {"@type":"ItemList","itemListElement":[{"item":{"@id":"#b"}}]}]"##
        ),
        [Place::Mentioned]
    );
    assert_eq!(
        places(r#"{"@type":"WebPage","mainEntity":{"@type":"Book"}}"#),
        [Place::Main]
    );
}

#[test]
fn an_item_number_of_ten_digits_is_no_isbn() {
    for key in ["sku", "mpn", "productID", "identifier"] {
        let json = format!(r#"{{"@type":"Product","{key}":"0132350882",{OFFER}}}"#);
        check(&json, "- in_stock $16.99");
    }
    let json = r#"{"@type":"Book","identifier":{"propertyID":"ISBN","value":"0132350882"}}"#;
    check(json, "9780132350884 - -");
}
