//! The tags that the pass finds, on pages and on any bytes.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag as TheirTag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer,
    TokenizerOpts, states,
};
use proptest::prelude::*;

use super::*;

/// A page in words: `name(attribute=value)`, `/name`, and text in quotes.
fn words(html: &str) -> Vec<String> {
    let mut pieces = Pieces::of(html);
    let mut words: Vec<String> = Vec::new();
    while let Some(piece) = pieces.next() {
        let word = match piece {
            Piece::Text(text) => format!("{text:?}"),
            Piece::Tag(tag) if tag.closes => format!("/{}", tag.name.to_ascii_lowercase()),
            Piece::Tag(tag) => {
                let attributes: Vec<String> = pieces
                    .attributes()
                    .iter()
                    .map(|own| format!("{}={}", own.name, own.value))
                    .collect();
                format!(
                    "{}({})",
                    tag.name.to_ascii_lowercase(),
                    attributes.join(" ")
                )
            }
        };
        words.push(word);
    }
    words
}

#[track_caller]
fn check(html: &str, expected: &str) {
    assert_eq!(words(html).join(" "), expected, "{html}");
}

#[test]
fn tags_end_where_they_end() {
    check("<p>a</p>", "p() \"a\" /p");
    check("<p title='a > b' x=\"<b>\">", "p(title=a > b x=<b>)");
    check("<a href=x/y>z</a >", "a(href=x/y) \"z\" /a");
    check("<br/><a b / c = d e>", "br() a(b= c=d e=)");
    check("<a b=''c==d =e>", "a(b= c==d =e=)");
    check("1 < 2 <3 <p", "\"1 < 2 <3 \"");
    check("a</", "\"a</\"");
    check("<p a='b>x", "");
    check("</p a='>'>x", "/p \"x\"");
}

#[test]
fn comments_and_the_like_are_no_pieces() {
    check(
        "a<!-- <b> -->c<!--><p><!---><p><!--x--!><p>",
        "\"a\" \"c\" p() p() p()",
    );
    check("<!doctype html><?x y?></ z></><p>", "p()");
    check("a<!-- <b>", "\"a\"");
}

#[test]
fn the_content_of_elements_of_text_is_text() {
    check(
        "<script>a</b><p>'</scriptx>'</SCRIPT ><p>",
        "script() \"a</b><p>'</scriptx>'\" /script p()",
    );
    check("<title>a<b></title><b>", "title() \"a<b>\" /title b()");
    check(
        "<style></style><textarea><p>",
        "style() /style textarea() \"<p>\"",
    );
    check(
        "<script><!--<script></script>--></script><p>",
        "script() \"<!--<script></script>-->\" /script p()",
    );
    check("<script><!--</script><p>", "script() \"<!--\" /script p()");
    check(
        "<script><!-->a<script></script><p>",
        "script() \"<!-->a<script>\" /script p()",
    );
}

#[test]
fn nothing_in_a_drawing_is_a_script() {
    check(
        "<svg><style/><title/><b x><style><i></style>",
        "svg() style() title() b(x=) style() \"<i>\" /style",
    );
    check(
        "<svg><style/></svg><style><i></style>",
        "svg() style() /svg style() \"<i>\" /style",
    );
    check(
        "<svg><![CDATA[ <p> ]]><g/></svg><![CDATA[ <p> ]]>",
        "svg() g() /svg \" ]]>\"",
    );
    check("<svg/><style><i>", "svg() style() \"<i>\"");
}

#[test]
fn numeric_references_are_resolved_where_values_are_compared() {
    for (value, expected) in [
        ("application/ld&#43;json", "application/ld+json"),
        ("a&#x2B;b&#X2b;", "a+b+"),
        ("a&#;&#xffffff;&#12&amp;", "a&#;&#xffffff;&#12&amp;"),
    ] {
        let attribute = Attribute {
            name: "a",
            value,
            start: 0,
            end: 0,
        };
        assert_eq!(attribute.plain(), expected);
    }
}

/// What html5ever's tokenizer says of the tags, in the form of [`words`]. It leaves it to a tree's builder
/// what holds text, so the same list is used for it.
struct Theirs(RefCell<Vec<String>>);

impl TokenSink for Theirs {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else {
            return TokenSinkResult::Continue;
        };
        self.0.borrow_mut().push(in_words(&tag));
        let name = &*tag.name;
        if tag.kind == TagKind::EndTag || !RAW.contains(&name) {
            return TokenSinkResult::Continue;
        }
        match name {
            "title" | "textarea" => TokenSinkResult::RawData(states::RawKind::Rcdata),
            "script" => TokenSinkResult::RawData(states::RawKind::ScriptData),
            "plaintext" => TokenSinkResult::Plaintext,
            _ => TokenSinkResult::RawData(states::RawKind::Rawtext),
        }
    }
}

fn in_words(tag: &TheirTag) -> String {
    if tag.kind == TagKind::EndTag {
        return format!("/{}", tag.name);
    }
    let names: Vec<&str> = tag.attrs.iter().map(|own| &*own.name.local).collect();
    format!("{}({})", tag.name, names.join(" "))
}

fn theirs(html: &str) -> Vec<String> {
    let tokenizer = Tokenizer::new(Theirs(RefCell::default()), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

fn ours(html: &str) -> Vec<String> {
    let mut pieces = Pieces::of(html);
    let mut words = Vec::new();
    while let Some(piece) = pieces.next() {
        let Piece::Tag(tag) = piece else { continue };
        let name = tag.name.to_ascii_lowercase();
        if tag.closes {
            words.push(format!("/{name}"));
            continue;
        }
        let mut names: Vec<String> = Vec::new();
        for own in pieces.attributes() {
            let own = own.name.to_ascii_lowercase();
            if !names.contains(&own) {
                names.push(own);
            }
        }
        words.push(format!("{name}({})", names.join(" ")));
    }
    words
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn tags_are_those_of_html5ever(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "<", "</", "<!", "<!-", "<!--", "-", "--", "-->", "--!>", ">", "/>", "/", "=", "\"", "'",
            " ", "\n", "a", "B", "é", "&#43;", "<?", "<!doctype html>", "<![CDATA[", "]]>",
            "script", "<script", "<script>", "</script", "</script>", "<!--<script>", "<title>",
            "</title>", "<style", "</style ", "<textarea>", "</textarea/", "<p a='", "id=x", "<P>",
            "<xmp>", "</xmp>", "<noscript>", "</noscript>",
        ]), 0..40)
    ) {
        let html = pieces.concat();
        prop_assert_eq!(ours(&html), theirs(&html), "{}", html);
    }
}
