//! Drawings as PNG, for a post or a letter, with fonts that are always there.

use std::sync::Arc;

use anyhow::Context as _;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

/// The family that is built in.
const FAMILY: &str = "DejaVu Sans Condensed";

/// So many pixels for one of the drawing: sharp on a phone, and small.
const SCALE: f32 = 2.0;

/// The fonts of this machine, and two of our own beneath them: where none is installed, or the
/// installed ones are unknown to the drawing, Latin letters are still drawn.
#[must_use]
pub fn fonts_of_machine() -> Database {
    let mut fonts = built_in();
    fonts.load_system_fonts();
    fonts
}

/// The fonts that are built in, alone.
#[must_use]
pub fn built_in() -> Database {
    let mut fonts = Database::new();
    fonts.load_font_data(include_bytes!("font/DejaVuSansCondensed.ttf").to_vec());
    fonts.load_font_data(include_bytes!("font/DejaVuSansCondensed-Bold.ttf").to_vec());
    fonts.set_sans_serif_family(FAMILY);
    fonts
}

/// Draws an SVG as PNG. Its text names the families that it likes, and `sans-serif` last.
///
/// # Errors
///
/// When the SVG cannot be read, or is too large or too small to be drawn.
pub fn png(svg: &str, fonts: Database) -> anyhow::Result<Vec<u8>> {
    let options = Options {
        font_family: FAMILY.to_owned(),
        fontdb: Arc::new(fonts),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).context("reading the drawing")?;
    let size = tree
        .size()
        .to_int_size()
        .scale_by(SCALE)
        .context("the drawing has no size")?;
    let mut pixels =
        Pixmap::new(size.width(), size.height()).context("the drawing is too large")?;
    let scale = Transform::from_scale(SCALE, SCALE);
    resvg::render(&tree, scale, &mut pixels.as_mut());
    pixels.encode_png().context("writing the picture")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of a picture's pixels are dark.
    #[track_caller]
    fn ink(fonts: Database, words: &str) -> usize {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"200\" height=\"30\">\
             <path fill=\"#fff\" d=\"M0 0h200v30H0z\"/>\
             <text x=\"4\" y=\"20\" font-size=\"13\" \
             font-family=\"system-ui, Segoe UI, Arial, sans-serif\">{words}</text></svg>"
        );
        let picture = Pixmap::decode_png(&png(&svg, fonts).unwrap()).unwrap();
        assert_eq!((picture.width(), picture.height()), (400, 60));
        let dark = |pixel: &&resvg::tiny_skia::PremultipliedColorU8| pixel.red() < 128;
        picture.pixels().iter().filter(dark).count()
    }

    #[test]
    fn words_are_drawn_where_no_font_is_installed() {
        assert_eq!(ink(Database::new(), "Unavailable"), 0);
        let few = ink(built_in(), "Un");
        let many = ink(built_in(), "Unavailable since 4 May – “café”");
        assert!(100 < few && few * 4 < many, "{few}, {many}");
    }

    #[test]
    fn what_is_no_drawing_is_refused() {
        assert!(png("<p>", built_in()).is_err());
    }
}
