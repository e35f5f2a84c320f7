use super::*;

#[track_caller]
fn check(text: &str, expected: &[(usize, Field, &str)]) {
    let list = read(text, &How::default()).unwrap();
    assert_eq!(list.troubles, []);
    let found: Vec<(usize, Field, &str)> = list
        .rows
        .iter()
        .flat_map(|row| {
            row.values
                .iter()
                .map(move |(field, value)| (row.line, *field, value.as_str()))
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn columns_are_known_by_their_names_below_a_preamble() {
    check(
        "Title report for Lamplight\n\nTitle;ISBN-13;Binding Type;US List Price;Pages\n\
         \"Salt; Roads\";=\"9781944098117\";Perfect Bound;16.99;200\n\n\
         Two\nlines;9780132350884;;;\n"
            .replace("Two\nlines", "\"Two\nlines\"")
            .as_str(),
        &[
            (4, Field::Isbn, "9781944098117"),
            (4, Field::Title, "Salt; Roads"),
            (4, Field::Format, "Perfect Bound"),
            (4, Field::Price, "16.99 USD"),
            (6, Field::Isbn, "9780132350884"),
            (6, Field::Title, "Two\nlines"),
        ],
    );
}

#[test]
fn columns_without_names_are_known_by_what_is_in_them() {
    check(
        "1\tSalt Roads\t978-1-944098-11-7\t2027-02-09\n\
         2\tThe Lamplighter\t9780132350884\t2027-05-01\n",
        &[
            (1, Field::Isbn, "978-1-944098-11-7"),
            (1, Field::Title, "Salt Roads"),
            (1, Field::PublicationDate, "2027-02-09"),
            (2, Field::Isbn, "9780132350884"),
            (2, Field::Title, "The Lamplighter"),
            (2, Field::PublicationDate, "2027-05-01"),
        ],
    );
    check(
        "9781944098117\n9780132350884\n",
        &[
            (1, Field::Isbn, "9781944098117"),
            (2, Field::Isbn, "9780132350884"),
        ],
    );
}

#[test]
fn a_broken_line_is_named_and_never_shifted() {
    let list = read(
        "ISBN,Title\n9781944098117,Salt, Roads\n9780132350884,Fine\n",
        &How::default(),
    )
    .unwrap();
    assert_eq!(list.rows.len(), 1);
    assert_eq!(list.troubles[0].line, 2);
    let mut text = "ISBN,Title\n9781944098117,\"Salt Roads\n".to_owned();
    for _ in 0..40 {
        text.push_str("9780132350884,Fine\n");
    }
    let list = read(&text, &How::default()).unwrap();
    assert_eq!(list.rows, []);
    assert_eq!(list.troubles[0].line, 2);
    assert!(list.troubles[0].message.contains("never closed"));
}

#[test]
fn the_separator_is_that_of_even_rows_whatever_the_titles_have() {
    check(
        "Titel;ISBN;Preis\nSalz, Wege, Meer, Licht;9781944098117;16,99\n\
         Ein, zwei, drei, vier;9780132350884;9,99\n",
        &[
            (2, Field::Isbn, "9781944098117"),
            (2, Field::Title, "Salz, Wege, Meer, Licht"),
            (2, Field::Price, "16,99"),
            (3, Field::Isbn, "9780132350884"),
            (3, Field::Title, "Ein, zwei, drei, vier"),
            (3, Field::Price, "9,99"),
        ],
    );
    check(
        "sep=;\r\nISBN;Title\r\n9781944098117;Salt\r\n",
        &[(3, Field::Isbn, "9781944098117"), (3, Field::Title, "Salt")],
    );
    check(
        "ISBN|Title\r9781944098117|Salt\r\r9780132350884|Roads\r",
        &[
            (2, Field::Isbn, "9781944098117"),
            (2, Field::Title, "Salt"),
            (4, Field::Isbn, "9780132350884"),
            (4, Field::Title, "Roads"),
        ],
    );
}

#[test]
fn of_several_isbns_the_first_filled_one_counts_and_two_are_a_fault() {
    check(
        "ISBN-10,ISBN-13,Title\n,9798896757733,A\n1944098119,9781944098117,B\n",
        &[
            (2, Field::Isbn, "9798896757733"),
            (2, Field::Title, "A"),
            (3, Field::Isbn, "9781944098117"),
            (3, Field::Title, "B"),
        ],
    );
    let text = "ISBN-10,ISBN-13,Title\n0132350882,9781944098117,B\n";
    let list = read(text, &How::default()).unwrap();
    assert!(list.rows[0].faults[0].contains("two ISBNs"), "{list:?}");
}

#[test]
fn a_column_of_isbns_for_each_format_gives_an_edition_of_each() {
    check(
        "Title,ISBN (pb),ISBN (hc)\nA,9781944098117,9780132350884\nB,,9780306406157\n",
        &[
            (2, Field::Isbn, "9780132350884"),
            (2, Field::Title, "A"),
            (2, Field::Format, "hardcover"),
            (2, Field::Isbn, "9781944098117"),
            (2, Field::Title, "A"),
            (2, Field::Format, "paperback"),
            (3, Field::Isbn, "9780306406157"),
            (3, Field::Title, "B"),
            (3, Field::Format, "hardcover"),
        ],
    );
}

#[test]
fn only_an_apostrophe_that_masks_a_number_is_taken_off() {
    for (written, meant) in [
        ("'9781944098117", "9781944098117"),
        ("'978-1-944098-11-7", "978-1-944098-11-7"),
        ("'Twas the Salt", "'Twas the Salt"),
        ("'=1+1", "=1+1"),
        ("'tis", "'tis"),
        ("=\"0132350882\"", "0132350882"),
        ("\u{a0} A\u{200b}", "A"),
    ] {
        assert_eq!(cell(written), meant);
    }
}

#[test]
fn columns_are_what_the_user_says() {
    let columns = [(Field::Isbn, "nummer"), (Field::Title, "2")];
    let columns = columns
        .map(|(field, name)| (field, name.to_owned()))
        .to_vec();
    let how = How {
        columns,
        ..How::default()
    };
    let list = read("Nummer,Was,Title\n9781944098117,Salt,x\n", &how).unwrap();
    assert_eq!(list.rows[0].values[&Field::Title], "Salt");
    assert_eq!(list.rows[0].values[&Field::Isbn], "9781944098117");
    let none = How {
        columns: vec![(Field::Isbn, "EAN".to_owned())],
        ..How::default()
    };
    let error = read("Nummer,Was\n9781944098117,Salt\n", &none).unwrap_err();
    assert!(
        error.to_string().contains("the file has Nummer, Was"),
        "{error}"
    );
}

#[test]
fn dates_that_a_spreadsheet_saved_as_numbers_are_dates() {
    check(
        "ISBN,Title,Pub Date,Price (EUR)\n9781944098117,46427,46427,\"24,95\"\n",
        &[
            (2, Field::Isbn, "9781944098117"),
            (2, Field::Title, "46427"),
            (2, Field::PublicationDate, "2027-02-09"),
            (2, Field::Price, "24,95 EUR"),
        ],
    );
}

#[test]
fn what_is_no_list_at_all_is_refused_before_it_is_held() {
    let error = read(&format!("ISBN\n{}", "9,".repeat(1 << 20)), &How::default()).unwrap_err();
    assert_eq!(error, ImportError::Line(2));
    let wide = format!("ISBN\n{}\n9781944098117\n", ",".repeat(MOST_COLUMNS));
    let list = read(&wide, &How::default()).unwrap();
    assert_eq!(list.rows.len(), 1);
    assert!(
        list.troubles[0]
            .message
            .contains("which no list of books has")
    );
    let long = format!("ISBN\n{}", "9781944098117\n".repeat(MOST_ROWS + 5));
    let list = read(&long, &How::default()).unwrap();
    assert!(list.troubles[0].message.contains("too much for one list"));
}
