use super::names::SHORT_TAGS;
use super::*;
use crate::config::import::Field;

const PRODUCT: &str = r#"<RecordReference>r1</RecordReference>
    <NotificationType>03</NotificationType>
    <ProductIdentifier><ProductIDType>03</ProductIDType><IDValue>4006381333931</IDValue></ProductIdentifier>
    <ProductIdentifier><ProductIDType>02</ProductIDType><IDValue>1944098119</IDValue></ProductIdentifier>
    <ProductIdentifier><ProductIDType>15</ProductIDType><IDValue>9781944098117</IDValue></ProductIdentifier>
    <DescriptiveDetail>
      <ProductForm>BC</ProductForm>
      <Collection><TitleDetail><TitleType>01</TitleType><TitleElement><TitleText>A Series</TitleText></TitleElement></TitleDetail></Collection>
      <TitleDetail><TitleType>01</TitleType><TitleElement><TitleElementLevel>01</TitleElementLevel>
        <TitlePrefix>The</TitlePrefix><TitleWithoutPrefix>Salt &amp; the
          Roads</TitleWithoutPrefix><Subtitle>A Novel</Subtitle></TitleElement></TitleDetail>
      <Contributor><SequenceNumber>2</SequenceNumber><ContributorRole>A01</ContributorRole><PersonName>Max Pen</PersonName></Contributor>
      <Contributor><SequenceNumber>1</SequenceNumber><ContributorRole>A01</ContributorRole><NamesBeforeKey>Jane</NamesBeforeKey><PrefixToKey>de</PrefixToKey><KeyNames>Roe</KeyNames></Contributor>
      <Contributor><ContributorRole>A12</ContributorRole><PersonName>Ann Ink &unknown;</PersonName></Contributor>
    </DescriptiveDetail>
    <CollateralDetail><TextContent><Text>Sold&nbsp;at &unknown; &eacute; <p>x</p></Text></TextContent></CollateralDetail>
    <PublishingDetail>
      <Imprint><ImprintName>Lamplight &Eacute;ditions</ImprintName></Imprint>
      <PublishingStatus>02</PublishingStatus>
      <PublishingDate><PublishingDateRole>02</PublishingDateRole><Date dateformat="00">20270210</Date></PublishingDate>
      <PublishingDate><PublishingDateRole>09</PublishingDateRole><Date dateformat="00">20261201</Date></PublishingDate>
      <PublishingDate><PublishingDateRole>01</PublishingDateRole><Date>20270209</Date></PublishingDate>
    </PublishingDetail>
    <RelatedMaterial><RelatedProduct>
      <ProductIdentifier><ProductIDType>15</ProductIDType><IDValue>9780132350884</IDValue></ProductIdentifier>
    </RelatedProduct></RelatedMaterial>
    <ProductSupply><SupplyDetail><ProductAvailability>10</ProductAvailability><Price><PriceType>01</PriceType><PriceAmount>16.99</PriceAmount><CurrencyCode>USD</CurrencyCode></Price></SupplyDetail></ProductSupply>"#;

fn message(products: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<ONIXMessage release=\"3.0\" \
         xmlns=\"http://ns.editeur.org/onix/3.0/reference\">\n<Header/>\n{products}\n</ONIXMessage>\n"
    )
}

fn product(inside: &str) -> String {
    message(&format!("<Product>{inside}</Product>"))
}

fn in_short_tags(text: &str) -> String {
    let mut text = text.replace("ONIXMessage", "ONIXmessage");
    for (short, long) in SHORT_TAGS {
        for (before, after) in [("<", ">"), ("</", ">"), ("<", " ")] {
            text = text.replace(
                &format!("{before}{long}{after}"),
                &format!("{before}{short}{after}"),
            );
        }
    }
    text
}

fn us() -> Vec<Market> {
    vec![Market {
        country: "US".to_owned(),
        currency: "USD",
    }]
}

fn list(text: &str) -> List {
    read(text, &us()).unwrap()
}

#[track_caller]
fn check(text: &str, expected: &[(Field, &str)]) {
    let list = list(text);
    assert_eq!(list.troubles, []);
    let row = &list.rows[0];
    for (field, value) in expected {
        let found = row.values.get(field).map_or("", String::as_str);
        assert_eq!(found, *value, "{field:?}");
    }
}

#[test]
fn both_kinds_of_names_read_alike_and_what_is_not_read_has_no_faults() {
    let text = product(PRODUCT);
    check(
        &text,
        &[
            (Field::Isbn, "9781944098117"),
            (Field::Title, "The Salt & the Roads"),
            (Field::Author, "Jane de Roe & Max Pen"),
            (Field::Format, "BC"),
            (Field::PublicationDate, "2027-02-09"),
            (Field::OnSaleDate, "2027-02-10"),
            (Field::Announcement, "2026-12-01"),
            (Field::Status, "02"),
            (Field::Availability, "10"),
            (Field::Price, "16.99 USD"),
            (Field::Imprint, "Lamplight Éditions"),
        ],
    );
    let mut expected = list(&text);
    let row = &expected.rows[0];
    assert_eq!((row.line, row.record.as_deref()), (4, Some("r1")));
    assert_eq!((&row.faults, &row.notes), (&Vec::new(), &Vec::new()));
    expected.understood = vec!["ONIX 3.0, short tags.".to_owned()];
    assert_eq!(list(&in_short_tags(&text)), expected);
}

#[test]
fn the_title_of_the_product_goes_before_that_of_its_collection() {
    let titled = |elements: &str| {
        product(&format!(
            "<DescriptiveDetail><TitleDetail><TitleType>01</TitleType>{elements}</TitleDetail>\
             </DescriptiveDetail>"
        ))
    };
    let cycle = "<TitleElement><TitleElementLevel>02</TitleElementLevel><TitleText>The Salt \
                 Cycle</TitleText></TitleElement>";
    let own = |inside: &str| {
        titled(&format!(
            "{cycle}<TitleElement><TitleElementLevel>01</TitleElementLevel>{inside}</TitleElement>"
        ))
    };
    check(
        &own("<TitleText>Roads</TitleText>"),
        &[(Field::Title, "Roads")],
    );
    check(
        &own("<PartNumber>3</PartNumber>"),
        &[(Field::Title, "The Salt Cycle, 3")],
    );
    check(&titled(cycle), &[(Field::Title, "The Salt Cycle")]);
    let elided = "<TitlePrefix>L’</TitlePrefix><TitleWithoutPrefix>Été</TitleWithoutPrefix>";
    check(&own(elided), &[(Field::Title, "L’Été")]);
    let marked = "<TitleText textformat=\"05\">The <em>Salt</em> Roads</TitleText>";
    check(&own(marked), &[(Field::Title, "The Salt Roads")]);
}

#[test]
fn a_gtin_that_is_no_isbn_hides_none_and_two_isbns_are_a_fault() {
    let identified = |pairs: &[(&str, &str)]| {
        let mut all = String::new();
        for (kind, value) in pairs {
            let named = format!("<ProductIDType>{kind}</ProductIDType><IDValue>{value}</IDValue>");
            all.push_str("<ProductIdentifier>");
            all.push_str(&named);
            all.push_str("</ProductIdentifier>");
        }
        product(&all)
    };
    let isbn = [(Field::Isbn, "9781944098117")];
    check(
        &identified(&[("03", "4006381333931"), ("03", "9781944098117")]),
        &isbn,
    );
    check(
        &identified(&[("03", "9781944098117"), ("15", "9781944098117")]),
        &isbn,
    );
    check(
        &identified(&[("14", "09781944098117")]),
        &[(Field::Isbn, "09781944098117")],
    );
    check(
        &identified(&[("02", "1944098119")]),
        &[(Field::Isbn, "1944098119")],
    );
    let two = list(&identified(&[
        ("03", "9780132350884"),
        ("15", "9781944098117"),
    ]));
    assert!(two.rows[0].faults[0].contains("two ISBNs"), "{two:?}");
}

#[test]
fn an_audiobook_is_one_whatever_its_form_and_an_unnamed_binding_is_told_by_its_detail() {
    let formed =
        |inside: &str| product(&format!("<DescriptiveDetail>{inside}</DescriptiveDetail>"));
    let form = |inside: &str, expected: &str| check(&formed(inside), &[(Field::Format, expected)]);
    form(
        "<ProductForm>ED</ProductForm><ProductFormDetail>A103</ProductFormDetail>",
        "AJ",
    );
    form(
        "<ProductForm>EA</ProductForm><PrimaryContentType>01</PrimaryContentType>",
        "AJ",
    );
    form(
        "<ProductForm>ED</ProductForm><ProductFormDetail>E101</ProductFormDetail>",
        "ED",
    );
    form(
        "<ProductForm>BA</ProductForm><ProductFormDetail>B106</ProductFormDetail>",
        "BC",
    );
    form(
        "<ProductForm>BA</ProductForm><ProductFormDetail>B402</ProductFormDetail>",
        "BB",
    );
}

#[test]
fn of_several_markets_the_one_that_fits_the_stores_counts() {
    let market = |place: &str, date: &str, price: &str, state: &str| {
        format!(
            "<ProductSupply><Market><Territory>{place}</Territory></Market><MarketPublishingDetail>\
             <MarketPublishingStatus>04</MarketPublishingStatus><MarketDate><MarketDateRole>01\
             </MarketDateRole><Date>{date}</Date></MarketDate></MarketPublishingDetail>\
             <SupplyDetail><ProductAvailability>{state}</ProductAvailability>{price}</SupplyDetail>\
             </ProductSupply>"
        )
    };
    let price_of = |kind: &str, amount: &str, currency: &str| {
        format!(
            "<Price><PriceType>{kind}</PriceType><PriceAmount>{amount}</PriceAmount>\
             <CurrencyCode>{currency}</CurrencyCode></Price>"
        )
    };
    let britain = market(
        "<CountriesIncluded>GB IE</CountriesIncluded>",
        "20270101",
        &price_of("02", "9.99", "GBP"),
        "20",
    );
    let amounts = [
        ("05", "8.00", "USD"),
        ("01", "19.99", "CAD"),
        ("01", "16.99", "USD"),
    ];
    let prices: String = amounts.iter().map(|(a, b, c)| price_of(a, b, c)).collect();
    let world = market(
        "<RegionsIncluded>WORLD</RegionsIncluded><CountriesExcluded>GB IE</CountriesExcluded>",
        "20270209",
        &prices,
        "51",
    );
    let text = product(&format!(
        "<PublishingDetail><PublishingDate><PublishingDateRole>01</PublishingDateRole>\
         <Date>20261201</Date></PublishingDate></PublishingDetail>{britain}{world}"
    ));
    check(
        &text,
        &[
            (Field::PublicationDate, "2027-02-09"),
            (Field::Price, "16.99 USD"),
            (Field::Availability, "51"),
        ],
    );
    let gb = Market {
        country: "GB".to_owned(),
        currency: "GBP",
    };
    let row = &read(&text, &[gb]).unwrap().rows[0];
    assert_eq!(row.values[&Field::PublicationDate], "2027-01-01");
    assert_eq!(row.values[&Field::Price], "9.99 GBP");
    let nowhere = text.replace("<RegionsIncluded>WORLD", "<RegionsIncluded>AU-NS");
    let row = &list(&nowhere).rows[0];
    assert_eq!(row.values[&Field::PublicationDate], "2026-12-01");
    assert!(row.notes[0].contains("names no market"), "{row:?}");
}

#[test]
fn an_unknown_entity_in_a_title_is_that_product_s_fault_alone() {
    let entities = "<!DOCTYPE ONIXMessage [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]>";
    let bad = PRODUCT.replace("Salt &amp; the", "Caf&lol2; &amp; the");
    let text = message(&format!(
        "<Product>{bad}</Product>\n<Product>{PRODUCT}</Product>"
    ))
    .replace("\n<ONIX", &format!("\n{entities}\n<ONIX"));
    let list = list(&text);
    assert_eq!(list.rows.len(), 2);
    assert!(
        list.rows[0].faults[0].contains("`&lol2;` in its TitleWithoutPrefix"),
        "{list:?}"
    );
    assert_eq!(list.rows[1].faults, Vec::<String>::new());
    let author = PRODUCT.replace("<PersonName>Max Pen", "<PersonName>Max &pen;");
    let row = &read(&product(&author), &us()).unwrap().rows[0];
    assert_eq!(row.values.get(&Field::Author), None);
    assert!(row.notes[0].contains("the author is left out"), "{row:?}");
}

#[test]
fn broken_xml_costs_the_products_that_it_breaks_and_no_others() {
    let good = |isbn: &str| {
        format!(
            "<Product>{}</Product>\n",
            PRODUCT.replace("9781944098117", isbn)
        )
    };
    let isbns = |list: &List| -> Vec<String> {
        list.rows
            .iter()
            .map(|row| row.values[&Field::Isbn].clone())
            .collect()
    };
    let broken = good("9780132350884").replace("</ProductForm>", "</Product>");
    let unclosed = "<Product><RecordReference>r9</RecordReference>\n".to_owned();
    for (bad, line, word) in [(broken, 37, "broken"), (unclosed, 31, "has no end")] {
        let text = message(&[good("9781944098117"), bad, good("9780306406157")].concat());
        let list = list(&text);
        assert_eq!(isbns(&list).len(), 2, "{list:?}");
        assert_eq!(list.troubles.len(), 1, "{list:?}");
        assert_eq!(list.troubles[0].line, line, "{list:?}");
        assert!(list.troubles[0].message.contains(word), "{list:?}");
        assert!(list.troubles[0].record.is_some(), "{list:?}");
    }
    let whole = product(PRODUCT);
    let cut = list(&whole[..whole.find("<PublishingDetail>").unwrap()]);
    assert_eq!(cut.rows, []);
    assert!(cut.troubles[0].message.contains("cut off"), "{cut:?}");
    let no_end = list(whole.trim_end().trim_end_matches("</ONIXMessage>"));
    assert_eq!(no_end.rows.len(), 1);
    assert!(no_end.troubles[0].message.contains("cut off"), "{no_end:?}");
}

#[test]
fn another_version_is_refused_by_its_number_or_its_elements() {
    let old = product(PRODUCT).replace("release=\"3.0\"", "release=\"2.1\"");
    assert_eq!(
        read(&old, &[]),
        Err(ImportError::OnixVersion("2.1".to_owned()))
    );
    let silent = "<ONIXMessage><Product><ISBN>1944098119</ISBN></Product></ONIXMessage>";
    assert!(matches!(
        read(silent, &[]),
        Err(ImportError::OnixVersion(_))
    ));
    let other = read("<rss><channel/></rss>", &[]).unwrap_err();
    assert!(other.to_string().contains("`rss`"), "{other}");
}
