### The text to Barnes & Noble's title desk. What the values hold is said in parts.ftl.

# G: the page shows it as not to be had. $is_ahead: the publication date is; $is_printed_to_order: by
# Ingram.
ready-barnes-noble-fault =
    .subject = { $number }: wrong availability on the product page
    .seen =
        Hello, this is about the { ready-book }. { $shown } It should show { $is_ahead ->
            [yes] a pre-order, for { $publication }
           *[no] an Add to Cart button
        }. { $is_printed_to_order ->
            [yes]
                It is a print-on-demand title from Ingram. Your help page on out-of-stock titles says
                that such titles should always show an Add to Cart button, and that titles with a
                future date are generally available for pre-order.
           *[no] {""}
        }
    .ask =
        ⟦only if true: I am the publisher.⟧ The imprint is { $has_imprint ->
            [yes] { $imprint }
           *[no] ⟦please complete: your imprint⟧
        }. ⟦please attach: the cover, and the data of the title⟧ Could you correct the page? Thank you.
