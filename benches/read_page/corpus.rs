//! The pages, and the ways to read them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use pubwatch::book::StoreId;
use pubwatch::fetch::charset::decode;
use pubwatch::page::{Page, Wanted};
use pubwatch::stores::{self, Lessons};

/// The size to which our own fixtures are blown up, in bytes: about that of a product page.
const BLOWN_UP: usize = 1_600_000;

/// Every how many fixtures one is taken.
const EVERY: usize = 6;

/// A page to measure.
pub(crate) struct Sample {
    /// Its file, below the folder of the corpus.
    pub(crate) name: String,
    pub(crate) store: StoreId,
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Sample {
    fn page(&self) -> Page<'_> {
        Page {
            store: &self.store,
            address: None,
            status: self.status,
            headers: &[],
            body: &self.body,
        }
    }
}

/// What a round does with a page.
pub(crate) fn read(sample: &Sample) {
    let read = stores::read_closely(&sample.page(), &Wanted::default(), &Lessons::default());
    divan::black_box(read);
}

/// The tree of the whole page, and nothing else.
pub(crate) fn tree_alone(sample: &Sample) {
    divan::black_box(scraper::Html::parse_document(&sample.body));
}

/// The same reading from the tree of the whole page.
pub(crate) fn tree_and_read(sample: &Sample) {
    let page = sample.page();
    let reading = stores::read_without_sieve(&page, &Wanted::default(), &Lessons::default());
    divan::black_box(reading);
}

/// The tokenizer that looks for nothing.
pub(crate) fn tokenizer_alone(sample: &Sample) {
    let mut rewriter = lol_html::HtmlRewriter::new(lol_html::Settings::new(), |_: &[u8]| {});
    let written = rewriter.write(sample.body.as_bytes());
    divan::black_box(written.and_then(|()| rewriter.end()).is_ok());
}

/// The folder of saved pages; `None` where there is none.
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("PUBWATCH_PAGES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/pages"),
        PathBuf::from,
    );
    folder.join("labels.tsv").is_file().then_some(folder)
}

/// What the pages are, in words.
pub(crate) fn what() -> &'static str {
    if folder().is_some() {
        "saved pages"
    } else {
        "our own fixtures, blown up"
    }
}

/// The name, store and status of each page.
static PAGES: LazyLock<Vec<(String, String, u16)>> = LazyLock::new(|| match folder() {
    Some(folder) => fs::read_to_string(folder.join("labels.tsv"))
        .unwrap_or_default()
        .lines()
        .skip(1)
        .filter_map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let host = cells.get(2)?.split(' ').next()?;
            let host = if host.starts_with('(') {
                "bookshop.org"
            } else {
                host
            };
            let status = cells.get(6)?.parse().ok()?;
            Some(((*cells.first()?).to_owned(), host.to_owned(), status))
        })
        .collect(),
    None => fixtures(),
});

fn fixtures() -> Vec<(String, String, u16)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut found = Vec::new();
    for store in ["amazon", "barnesandnoble", "bookshop", "other"] {
        let cases = fs::read_dir(root.join(store)).into_iter().flatten();
        for path in cases.flatten().map(|entry| entry.path()) {
            let Ok(text) = fs::read_to_string(path.with_extension("toml")) else {
                continue;
            };
            let Ok(case) = toml::from_str::<stores::fixture::Case>(&text) else {
                continue;
            };
            if path.extension().is_some_and(|ending| ending == "html")
                && let Some(stem) = path.file_name().and_then(|name| name.to_str())
                && case.status.is_none()
            {
                found.push((format!("{store}/{stem}"), case.store, 200));
            }
        }
    }
    found.sort();
    found.into_iter().step_by(EVERY).collect()
}

/// The names of all pages.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(name, _, _)| name.as_str())
}

/// A page by its name; an empty one where it cannot be read.
pub(crate) fn sample(name: &str) -> Sample {
    let known = PAGES.iter().find(|(known, _, _)| known == name);
    let (store, status) = known.map_or(("amazon.com", 200), |(_, store, status)| (store, *status));
    let body = if let Some(folder) = folder() {
        let bytes = fs::read(folder.join(name)).unwrap_or_default();
        decode(&bytes, None).into_owned()
    } else {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        blown_up(&fs::read_to_string(root.join(name)).unwrap_or_default())
    };
    Sample {
        name: name.to_owned(),
        store: StoreId::new(store),
        status,
        body,
    }
}

/// A fixture with what product pages are full of behind it: scripts, styles, and tiles of other
/// books.
fn blown_up(fixture: &str) -> String {
    const SCRIPT: &str = "<script>P.when('A').execute(function (A) { A.state('x', {\"asin\": \
                          \"1944098119\", \"price\": 16.99, \"list\": [1, 2, 3]}); });</script>";
    const TILE: &str = "<li class=\"a-carousel-card\"><div class=\"tile\"><a class=\"a-link-normal\" \
                        href=\"/dp/1944098119/ref=x_1\"><img class=\"a-image\" alt=\"\" \
                        src=\"/images/I/41abcdefghL._SX120_.jpg\"></a><span class=\"a-offscreen\">\
                        $12.99</span> <b>In stock</b></div></li>\n";
    let (head, end) = fixture.split_at(fixture.rfind("</body>").unwrap_or(fixture.len()));
    let mut page = String::with_capacity(BLOWN_UP + 1024);
    page.push_str(head);
    page.push_str("<div id=\"rhf\"><ul>");
    while page.len() < BLOWN_UP {
        // Three bytes of four are scripts on a page of today.
        page.push_str(&SCRIPT.repeat(6));
        page.push_str(TILE);
    }
    page.push_str("</ul></div>");
    page.push_str(end);
    page
}
